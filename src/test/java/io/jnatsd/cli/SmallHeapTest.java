package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The server never runs out of memory, even with a small heap and heavy load. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Isolated("a server in a process of its own is kept busy")
class SmallHeapTest {
    private static ServerProcess start(int megabytes) throws IOException {
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1");
        command.add(1, "-Xmx" + megabytes + "m");
        return ServerProcess.launch(command);
    }

    @Test
    void subscribersThatDoNotReadCostNobodyElseAMessage() throws Exception {
        int messages = 1000, size = 64 * 1024, window = 10;
        try (ServerProcess server = start(128);
                RawClient subscriber = RawClient.quiet(server.port());
                RawClient publisher = RawClient.quiet(server.port())) {
            List<RawClient> stuck = new ArrayList<>();
            for (int i = 0; i < 20; i++)
                stuck.add(RawClient.stuck(server.port(), "CONNECT {\"verbose\":false}\r\nSUB flood 1\r\n"));
            subscriber.send("SUB flood 1\r\n").roundTrip();
            Semaphore unread = new Semaphore(window);
            CompletableFuture<Void> read = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        subscriber.expectText(String.format("MSG flood 1 %d\r\n%08d", size, i)).skip(size - 8 + 2);
                        unread.release();
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            String padding = "x".repeat(size - 8);
            for (int i = 0; i < messages; i++) {
                assertTrue(unread.tryAcquire(30, TimeUnit.SECONDS), server::err);
                publisher.send(String.format("PUB flood %d\r\n%08d%s\r\n", size, i, padding));
            }
            read.get(60, TimeUnit.SECONDS);
            publisher.roundTrip();
            subscriber.roundTrip();
            assertFalse(server.err().contains("OutOfMemory"), server::err);
            assertTrue(server.err().contains(" - Slow Consumer Detected: MaxPendingTotal of "), server::err);
            for (RawClient each : stuck)
                each.close();
        }
    }

    /** Publishes, waits until the server has handled the messages, and closes the connection. */
    private static void publishInTime(RawClient publisher, byte[] message, int count) {
        try (publisher) {
            OutputStream out = publisher.socket().getOutputStream();
            for (int i = 0; i < count; i++)
                out.write(message);
            out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            publisher.socket().setSoTimeout(90_000);
            byte[] answer = publisher.socket().getInputStream().readNBytes(6);
            assertEquals("PONG\r\n", new String(answer, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends half of a message. */
    private static void stall(RawClient publisher, byte[] message) {
        try {
            publisher.socket().getOutputStream().write(message, 0, message.length / 2);
        } catch (IOException e) {
            // The server has closed the connection.
        }
    }

    @Test
    void largeMessagesThatAreHalfThereCostNobodyElseAMessage() throws Exception {
        int size = 1024 * 1024, each = 30, few = 2;
        byte[] message = ("PUB large " + size + "\r\n" + "x".repeat(size) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        List<RawClient> stalled = new ArrayList<>();
        List<CompletableFuture<Void>> published = new ArrayList<>();
        try (ServerProcess server = start(64); RawClient subscriber = RawClient.quiet(server.port());
                RawClient publisher = RawClient.quiet(server.port());
                ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            subscriber.send("SUB small 1\r\n").roundTrip();
            for (int i = 0; i < each; i++) {
                RawClient one = RawClient.quiet(server.port()), other = RawClient.quiet(server.port());
                stalled.add(one);
                tasks.execute(() -> stall(one, message));
                published.add(CompletableFuture.runAsync(() -> publishInTime(other, message, few), tasks));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(published.toArray(CompletableFuture[]::new));
            for (int i = 0; i < 100 || !all.isDone(); i++) {
                String text = String.format("%08d", i);
                publisher.send("PUB small 8\r\n" + text + "\r\n");
                subscriber.expectText("MSG small 1 8\r\n" + text + "\r\n");
                LockSupport.parkNanos(1_000_000);
            }
            try {
                all.get();
            } catch (ExecutionException e) {
                throw new AssertionError(server.err(), e);
            }
            assertTrue(server.err().contains(" - Stale Connection: no more than 5"), server::err);
            assertFalse(server.err().contains("OutOfMemory"), server::err);
        } finally {
            for (RawClient client : stalled)
                client.close();
        }
    }

    /** Returns a subject of this length that is different for each number. */
    private static String subject(int number, int length) {
        String digits = String.format("%08d.", number);
        return digits + "x".repeat(length - digits.length());
    }

    /** Publishes to new subjects. */
    private static void publish(RawClient publisher, int from, int to, int length) throws IOException {
        StringBuilder batch = new StringBuilder();
        for (int i = from; i < to; i++) {
            batch.append("PUB ").append(subject(i, length)).append(" 1\r\nx\r\n");
            if (i % 100 == 99 || i == to - 1) {
                publisher.send(batch.toString());
                batch.setLength(0);
            }
        }
        publisher.roundTrip();
    }

    /** Asserts that old clients and new ones are served. */
    private static void assertServed(ServerProcess server, RawClient publisher) throws IOException {
        try (RawClient subscriber = RawClient.quiet(server.port())) {
            subscriber.send("SUB news.* 1\r\n").roundTrip();
            publisher.send("PUB news.x 2\r\nhi\r\n").roundTrip();
            subscriber.expectText("MSG news.x 1 2\r\nhi\r\n");
        }
        assertFalse(server.err().contains("OutOfMemory"), server::err);
    }

    /** Asserts that clients are served and the log contains no error. */
    private static void assertWell(ServerProcess server, RawClient publisher) throws IOException {
        assertServed(server, publisher);
        assertFalse(server.err().contains("[ERR]"), server::err);
    }

    @Test
    void manyLongSubjectsDoNotFillTheMemory() throws Exception {
        try (ServerProcess server = start(64); RawClient publisher = RawClient.quiet(server.port())) {
            for (int i = 0; i < 300_000; i += 10_000)
                publish(publisher, i, i + 10_000, 4000);
            assertWell(server, publisher);
        }
    }

    @Test
    void manyLongSubjectsOfManyPublishersDoNotFillTheMemory() throws Exception {
        try (ServerProcess server = start(64)) {
            List<RawClient> publishers = new ArrayList<>();
            for (int i = 0; i < 50; i++)
                publishers.add(RawClient.quiet(server.port()));
            for (int i = 0; i < 60_000; i += 200)
                publish(publishers.get(i / 200 % publishers.size()), i, i + 200, 3900);
            assertWell(server, publishers.getFirst());
            for (RawClient each : publishers)
                each.close();
        }
    }

    @Test
    void idleConnectionsDoNotFillTheMemory() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try (ServerProcess server = start(32); RawClient publisher = RawClient.quiet(server.port())) {
            for (int i = 0; i < 4000; i++) {
                idle.add(new Socket("127.0.0.1", server.port()));
                idle.getLast().getOutputStream().write("CONNECT {\"verbose\":false}\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            server.awaitLine("Too little memory is left: Client connections wait");
            publisher.send("SUB own 1\r\nPUB own 2\r\nhi\r\n").expectText("MSG own 1 2\r\nhi\r\n").roundTrip();
            for (Socket socket : idle)
                socket.close();
            assertWell(server, publisher);
        } finally {
            for (Socket socket : idle)
                socket.close();
        }
    }

    private static void subscribeWithoutEnd(ServerProcess server, String padding) throws IOException {
        String pongs = "(-ERR 'maximum subscriptions exceeded'\r\n)*PONG\r\n";
        try (RawClient greedy = RawClient.quiet(server.port())) {
            for (int i = 0; i < 20_000;) {
                StringBuilder batch = new StringBuilder();
                for (int end = i + 100; i < end; i++)
                    batch.append("SUB ").append(i).append('.').append(padding).append(' ').append(i).append("\r\n");
                greedy.send(batch + "PING\r\n").expect(pongs);
            }
            greedy.send("SUB one.more 20000\r\n").expectText("-ERR 'maximum subscriptions exceeded'\r\n").roundTrip();
            try (RawClient publisher = RawClient.quiet(server.port())) {
                assertServed(server, publisher);
            }
        }
    }

    @Test
    void manyLongSubscriptionsDoNotFillTheMemory() throws Exception {
        try (ServerProcess server = start(40)) {
            subscribeWithoutEnd(server, "x".repeat(4000));
            subscribeWithoutEnd(server, "x".repeat(4000) + ".*");
            subscribeWithoutEnd(server, "x.".repeat(2000) + "*");
        }
    }

    /** The data kept of a closed client includes names that the client has chosen. */
    @Test
    void clientsWithLongNamesDoNotFillTheMemoryWhenTheyHaveGone() throws Exception {
        String name = "n".repeat(1200), connect = "CONNECT {\"verbose\":false,\"name\":\"" + name + "\",\"lang\":\"" + name
                + "\",\"version\":\"" + name + "\"}\r\n";
        try (ServerProcess server = start(32); RawClient publisher = RawClient.quiet(server.port())) {
            for (int i = 0; i < 7_000; i++)
                try (RawClient client = RawClient.connect(server.port())) {
                    client.send(connect).roundTrip();
                }
            assertWell(server, publisher);
        }
    }
}
