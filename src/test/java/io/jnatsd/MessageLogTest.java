package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServerException.Reason;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A program counts the messages of its server and reads them. */
class MessageLogTest {
    private static final Duration LATE = Duration.ofSeconds(60);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void flush(Connection nats) throws Exception {
        nats.flush(LATE);
    }

    @Test
    void messagesAreCountedAndKeptAsTheyWerePublished() throws Exception {
        try (NatsServer server = NatsServer.start();
                MessageLog orders = server.record("orders.>");
                Connection nats = Nats.connect(server.url())) {
            nats.publish("orders.größe", bytes("ü"));
            nats.publish("other", bytes("not recorded"));
            nats.publish("orders.ask", "answers.7", bytes("question"));
            nats.publish(NatsMessage.builder().subject("orders.new").headers(new Headers().add("Trace", "a", "b").add("Kind", "c"))
                    .data("with headers").build());
            nats.publish("orders.empty", new byte[0]);
            orders.awaitCount(4, LATE);
            List<RecordedMessage> messages = orders.messages();
            assertEquals(List.of("orders.größe", "orders.ask", "orders.new", "orders.empty"),
                    messages.stream().map(RecordedMessage::subject).toList());
            assertEquals(List.of("ü", "question", "with headers", ""), messages.stream().map(RecordedMessage::text).toList());
            assertArrayEquals(bytes("ü"), messages.getFirst().payload());
            assertEquals(List.of("", "answers.7", "", ""), messages.stream().map(RecordedMessage::replyTo).toList());
            assertEquals(Map.of("Trace", List.of("a", "b"), "Kind", List.of("c")), messages.get(2).headers());
            assertEquals("a", messages.get(2).header("Trace"));
            assertNull(messages.getFirst().header("Trace"));
            assertEquals("orders.new (12 bytes)", messages.get(2).toString());
            assertEquals(0, orders.dropped());
            assertEquals("MessageLog[orders.>, 4 messages]", orders.toString());
            orders.clear();
            assertEquals(0, orders.count());
            assertEquals(List.of(), orders.messages());
        }
    }

    @Test
    void manyMessagesOfOneBatchKeepTheirOrder() throws Exception {
        try (NatsServer server = NatsServer.start();
                MessageLog all = server.record("a");
                Socket plain = new Socket("127.0.0.1", server.port())) {
            StringBuilder batch = new StringBuilder();
            for (int i = 0; i < 1000; i++)
                batch.append("PUB a ").append(String.valueOf(i).length()).append("\r\n").append(i).append("\r\n");
            plain.getOutputStream().write(bytes(batch.toString()));
            all.awaitCount(1000, LATE);
            assertEquals(IntStream.range(0, 1000).mapToObj(String::valueOf).toList(),
                    all.messages().stream().map(RecordedMessage::text).toList());
        }
    }

    @Test
    void itIsNoSubscriptionForOthers() throws Exception {
        try (NatsServer server = NatsServer.start();
                MessageLog all = server.record("ask");
                Connection nats = Nats.connect(server.url())) {
            // The client library cancels a request that has no responders.
            assertThrows(CancellationException.class, () -> nats.request("ask", bytes("anybody?")).get(60, TimeUnit.SECONDS));
            all.awaitCount(1, LATE);
            flush(nats);
            // The answer with status 503 is the only message that was delivered to somebody.
            assertEquals(1, server.traffic().messagesOut());
            NatsServerException e = assertThrows(NatsServerException.class,
                    () -> server.awaitSubscription("ask", Duration.ZERO));
            assertEquals(Reason.TIMEOUT, e.reason());
        }
    }

    @Test
    void theOldestMessagesAreDroppedWhenMemoryIsUsedUp() throws Exception {
        int big = 500_000, most = MessageLog.MOST_BYTES / big;
        try (NatsServer server = NatsServer.start();
                MessageLog all = server.record(">");
                Connection nats = Nats.connect(server.url())) {
            for (int i = 0; i < most + 5; i++)
                nats.publish("big." + i, new byte[big]);
            all.awaitCount(most + 5, LATE);
            int kept = all.messages().size();
            assertTrue(kept <= most && kept >= most - 1, () -> kept + " are kept");
            assertEquals(most + 5 - kept, all.dropped());
            assertEquals("big." + (most + 4), all.messages().getLast().subject());
        }
    }

    @Test
    void aTimeoutSaysHowManyThereWere() throws Exception {
        try (NatsServer server = NatsServer.start();
                MessageLog all = server.record("a.*");
                Connection nats = Nats.connect(server.url())) {
            assertEquals("expected 1 message on a.* within 0s, but there was none",
                    assertThrows(NatsServerException.class, () -> all.awaitCount(1, Duration.ZERO)).getMessage());
            nats.publish("a.b", bytes("x"));
            flush(nats);
            assertEquals("expected 2 messages on a.* within 20ms, but there was 1",
                    assertThrows(NatsServerException.class, () -> all.awaitCount(2, Duration.ofMillis(20))).getMessage());
        }
    }

    @Test
    void itGoesOnAfterARestartAndEndsWhenItIsClosed() throws Exception {
        try (NatsServer server = NatsServer.start(); MessageLog all = server.record("a.*")) {
            try (Connection nats = Nats.connect(server.url())) {
                nats.publish("a.one", bytes("x"));
                all.awaitCount(1, LATE);
            }
            server.restart();
            try (Connection nats = Nats.connect(server.url())) {
                nats.publish("a.two", bytes("x"));
                all.awaitCount(2, LATE);
                all.close();
                nats.publish("a.three", bytes("x"));
                flush(nats);
                assertEquals(List.of("a.one", "a.two"), all.messages().stream().map(RecordedMessage::subject).toList());
                assertThrows(IllegalStateException.class, () -> all.awaitCount(3));
                all.awaitCount(2);
            }
        }
    }

    @Test
    void itSeesWhatOtherServersPassOn() throws Exception {
        try (NatsServer one = NatsServer.builder().cluster("test").start();
                NatsServer two = NatsServer.builder().cluster("test").route(one).start();
                Connection subscriber = Nats.connect(one.url());
                Connection publisher = Nats.connect(two.url());
                MessageLog all = one.record("a.*")) {
            one.awaitClusterOf(2);
            var subscription = subscriber.subscribe("a.b");
            two.awaitSubscription("a.b");
            publisher.publish("a.b", bytes("passed on"));
            publisher.publish("a.c", bytes("nobody subscribes to it on the other server"));
            publisher.publish("a.b", bytes("last"));
            all.awaitCount(2, LATE);
            assertNotNull(subscription.nextMessage(LATE));
            assertEquals(List.of("passed on", "last"), all.messages().stream().map(RecordedMessage::text).toList());
        }
    }

    @Test
    void onlyValidSubjectsAreRecorded() {
        try (NatsServer server = NatsServer.start()) {
            for (String wrong : List.of("", "a..b", ".a", "a.", "a b", "a.>.b"))
                assertThrows(IllegalArgumentException.class, () -> server.record(wrong), wrong);
            server.close();
            assertThrows(IllegalStateException.class, () -> server.record("a"));
        }
    }

    @Test
    void theTotalsCountEachDelivery() throws Exception {
        try (NatsServer server = NatsServer.start();
                Connection one = Nats.connect(server.url());
                Connection two = Nats.connect(server.url())) {
            one.subscribe("a");
            two.subscribe("a");
            flush(one);
            flush(two);
            one.publish("a", bytes("hello"));
            flush(one);
            assertEquals(new Traffic(1, 5, 2, 10, 0, 2), server.traffic());
        }
    }
}
