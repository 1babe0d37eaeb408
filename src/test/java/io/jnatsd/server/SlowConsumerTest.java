package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** protocol.md, section 17: a client that does not read does not affect others. */
class SlowConsumerTest {
    private static final String MEGABYTE = "PUB foo 1000000\r\n" + "x".repeat(1_000_000) + "\r\n";

    /** Returns a client that subscribes and reads nothing. */
    private static RawClient sleeper(TestServer server) throws IOException {
        RawClient client = server.openNarrow();
        client.send("CONNECT {\"verbose\":false}\r\nPING\r\nSUB foo 1\r\n");
        await().until(() -> server.subscriptions() == 1);
        return client;
    }

    private static Thread publishing(RawClient publisher, List<String> messages) {
        return Thread.startVirtualThread(() -> {
            try {
                for (String message : messages)
                    publisher.send(message);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void writeDeadlineEndsAConsumerThatDoesNotRead() throws IOException {
        try (TestServer server = TestServer.logging(o -> o.writeDeadline = Duration.ofMillis(200))) {
            RawClient sleeper = sleeper(server), publisher = server.quiet();
            for (int i = 0; i < 10; i++)
                publisher.send(MEGABYTE);
            publisher.roundTrip();
            server.awaitClients(1);
            assertEquals(1, server.state().slowConsumers());
            assertTrue(server.log().stream().anyMatch(line -> line.matches("\\[INF] cid:1 - Slow Consumer Detected: "
                    + "WriteDeadline of 200ms exceeded with \\d+ bytes pending, subject foo")));
            assertTrue(sleeper.readToEnd().matches("(?s)INFO .*?\r\nPONG\r\n(MSG foo 1 1000000\r\nx*(\r\n)?)*"));
            assertEquals(0, server.subscriptions());
        }
    }

    @Test
    void pendingBytesEndAConsumerThatDoesNotRead() throws IOException {
        try (TestServer server = TestServer.logging(o -> o.maxPending = 2_000_000)) {
            RawClient sleeper = sleeper(server), publisher = server.quiet();
            for (int i = 0; i < 15; i++)
                publisher.send(MEGABYTE).roundTrip();
            server.awaitClients(1);
            assertEquals(1, server.state().slowConsumers());
            server.awaitLog("[INF] cid:1 - Slow Consumer Detected: MaxPending of 2000000 Exceeded, subject foo");
            assertTrue(sleeper.readToEnd().startsWith("INFO "));
            publisher.send("SUB bar 1\r\nPUB bar 1\r\nx\r\n").expectText("MSG bar 1 1\r\nx\r\n");
        }
    }

    @Test
    void theLargestIsCutOffWhenAllPendingOutputTakesTooMuchMemory() throws IOException {
        try (TestServer server = TestServer.logging(o -> o.maxPendingTotal = 12_000_000)) {
            RawClient large = sleeper(server), publisher = server.quiet();
            for (int i = 0; i < 10; i++)
                publisher.send(MEGABYTE).roundTrip();
            RawClient small = server.openNarrow();
            small.send("CONNECT {\"verbose\":false}\r\nPING\r\nSUB foo 2\r\n");
            await().until(() -> server.subscriptions() == 2);
            int sent = 0;
            for (; server.state().slowConsumers() == 0 && sent < 10; sent++)
                publisher.send(MEGABYTE).roundTrip();
            server.awaitClients(2);
            assertTrue(server.log().stream().anyMatch(line -> line.matches("\\[INF] cid:1 - Slow Consumer Detected: "
                    + "MaxPendingTotal of 12000000 exceeded with \\d+ bytes pending, subject foo")));
            assertTrue(large.readToEnd().startsWith("INFO "));
            small.expect("INFO.*?PONG\r\n");
            for (int i = 0; i < sent; i++)
                small.expectText(MEGABYTE.replace("PUB foo", "MSG foo 2"));
            publisher.send("SUB bar 1\r\nPUB bar 1\r\nx\r\n").expectText("MSG bar 1 1\r\nx\r\n");
            await().until(() -> server.state().pendingBudget.held() < 1_000_000);
        }
    }

    @Test
    void pendingBytesMayBeUnlimited() throws IOException {
        try (TestServer server = TestServer.start(o -> o.maxPending = -1)) {
            RawClient sleeper = sleeper(server), publisher = server.quiet();
            for (int i = 0; i < 20; i++)
                publisher.send(MEGABYTE).roundTrip();
            sleeper.expect("INFO.*?PONG\r\n");
            for (int i = 0; i < 20; i++)
                sleeper.expectText(MEGABYTE.replace("PUB foo", "MSG foo 1"));
        }
    }

    @Test
    void pendingNeverExceedsItsLimitByMoreThanAMessage() throws IOException {
        try (TestServer server = TestServer.start(o -> o.maxPending = 2_000_000)) {
            sleeper(server);
            RawClient publisher = server.quiet();
            var outbound = server.clients().get(1).outbound();
            long most = 0;
            for (int i = 0; i < 3000 && server.clients().count() == 2; i++) {
                publisher.send("PUB foo 10000\r\n" + "x".repeat(10_000) + "\r\n").roundTrip();
                most = Math.max(most, outbound.stats().pending());
            }
            assertTrue(most > 1_000_000 && most <= 2_010_100, "pending " + most);
            assertEquals(0, outbound.stats().pending());
        }
    }

    /** As in gnatsd's tests, the slow consumer is closed when the publisher receives the PONG, or soon after. */
    @Test
    void publisherIsNotHeldUp() throws IOException {
        try (TestServer server = TestServer.start(o -> o.writeDeadline = Duration.ofMillis(20))) {
            RawClient sleeper = sleeper(server), publisher = server.quiet();
            long start = System.nanoTime();
            for (int i = 0; i < 10; i++)
                publisher.send(MEGABYTE);
            publisher.roundTrip();
            assertTrue(System.nanoTime() - start < 2_000_000_000L);
            server.awaitClients(1);
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 100; i++)
                    sleeper.send("PING\r\n");
            });
        }
    }

    @Test
    void otherSubscribersGetEverythingInTheMeantime() throws Exception {
        try (TestServer server = TestServer.start(o -> o.writeDeadline = Duration.ofMillis(500))) {
            sleeper(server);
            RawClient reader = server.quiet(), publisher = server.quiet();
            reader.send("SUB foo 2\r\n").roundTrip();
            List<String> bodies = new ArrayList<>();
            for (int i = 0; i < 2000; i++)
                bodies.add(" 10000\r\n" + "%010d".formatted(i) + "y".repeat(9990) + "\r\n");
            Thread publishing = publishing(publisher, bodies.stream().map("PUB foo"::concat).toList());
            for (String body : bodies)
                reader.expectText("MSG foo 2" + body);
            publishing.join();
            publisher.roundTrip();
            server.awaitClients(2);
        }
    }

    @Test
    void clientsThatPublishToEachOtherAndReadLateDoNotDeadlock() throws Exception {
        try (TestServer server = TestServer.start()) {
            RawClient first = server.openNarrow(), second = server.openNarrow();
            first.send("CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPING\r\n").expect("INFO.*PONG\r\n");
            second.send("CONNECT {\"verbose\":false}\r\nSUB b 1\r\nPING\r\n").expect("INFO.*PONG\r\n");
            List<Thread> writers = List.of(
                    publishing(first, Collections.nCopies(30, MEGABYTE.replace("foo", "b"))),
                    publishing(second, Collections.nCopies(30, MEGABYTE.replace("foo", "a"))));
            for (Thread writer : writers)
                assertTrue(writer.join(Duration.ofSeconds(9)), "dead-lock");
            for (int i = 0; i < 30; i++) {
                first.expectText(MEGABYTE.replace("PUB foo", "MSG a 1"));
                second.expectText(MEGABYTE.replace("PUB foo", "MSG b 1"));
            }
            assertEquals(0, server.state().slowConsumers());
        }
    }

    @Test
    void clientThatFloodsItselfIsTheOnlyOneToGo() throws IOException {
        try (TestServer server = TestServer.start(o -> o.maxPending = 500_000)) {
            RawClient client = sleeper(server), other = server.quiet();
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 100; i++)
                    client.send(MEGABYTE);
            });
            server.awaitClients(1);
            assertEquals(1, server.state().slowConsumers());
            other.roundTrip();
        }
    }
}
