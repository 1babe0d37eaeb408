package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The server keeps working after any input, and releases everything that belongs to the connection. */
@Isolated("it counts threads and open files")
class HostileInputTest {
    private static final String SESSION = "CONNECT {\"verbose\":false,\"pedantic\":true,\"name\":\"x\"}\r\n"
            + "SUB foo.* 1\r\nSUB foo.> q 2\r\nPUB foo.bar re.ply 5\r\nhello\r\nPING\r\nUNSUB 1 10\r\nPONG\r\n+OK\r\n"
            + "PUB  foo.bar\t0\r\n\r\nINFO {}\r\nSUB a.b.c.d 33\r\nUNSUB 33\r\nPUB foo.bar 00012\r\nHello, World\r\n";

    @AutoClose
    private final TestServer server = TestServer.start(o -> o.writeDeadline = Duration.ofMillis(500));
    private RawClient healthy;
    private long filesBefore;
    private long threadsBefore;

    @BeforeEach
    void aGoodClientIsThere() throws IOException {
        healthy = server.quiet();
        healthy.send("SUB still.here 1\r\n").roundTrip();
        filesBefore = openFiles();
        threadsBefore = connectionThreads();
    }

    @AfterEach
    void andItIsTheOnlyOneLeft() throws IOException {
        healthy.send("PUB still.here 2\r\nok\r\n").expectText("MSG still.here 1 2\r\nok\r\n").roundTrip();
        server.awaitClients(1);
        await("subscriptions").until(() -> server.subscriptions() == 1);
        await("threads").until(() -> connectionThreads() <= Math.max(threadsBefore, 2));
        await("sockets").until(() -> openFiles() <= filesBefore);
    }

    /** Counts the readers and writers of connections. */
    private long connectionThreads() {
        return server.state().threads.virtual().stream().filter(thread -> thread.getName().startsWith("cid:")).count();
    }

    private static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Sends everything at once, reads the response, and closes. */
    private void attack(byte[] bytes) throws IOException {
        try (RawClient client = RawClient.open(server.port())) {
            try {
                client.send(bytes).socket().shutdownOutput();
            } catch (IOException e) {
                return; // disconnected already
            }
            client.readToEnd();
        }
    }

    @Test
    void randomBytes() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(5000)];
            random.nextBytes(bytes);
            attack(bytes);
        }
    }

    @Test
    void randomCommandsOfTheProtocolsOwnLetters() throws IOException {
        Random random = new Random(2);
        String[] words = {"PUB", "SUB", "UNSUB", "PING", "PONG", "CONNECT", "INFO", "MSG", "+OK", "-ERR", " ", " ", " ",
            "\t", "\r\n", "\r\n", "\n", "\r", "foo", "foo.*", "foo.>", "..", "_SYS.x", "{}", "{\"verbose\":false}",
            "{\"protocol\":1}", "0", "1", "5", "99999999999", "-1", "hello", "\u0000", "\u00ff"};
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--)
                text.append(words[random.nextInt(words.length)]);
            attack(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void sessionsWithSomeBytesChanged() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = SESSION.repeat(3).getBytes(StandardCharsets.ISO_8859_1);
            for (int n = random.nextInt(6); n > 0; n--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            attack(bytes);
        }
    }

    @Test
    void sessionsCutAnywhere() throws IOException {
        for (int cut = 0; cut <= SESSION.length(); cut++)
            attack(SESSION.substring(0, cut).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void sizesThatAreHugeOrNegative() throws IOException {
        for (String size : List.of("-1", "-9223372036854775808", "2147483647", "2147483648", "4294967295", "4294967296",
                "4294967297", "9223372036854775807", "9223372036854775808", "18446744073709551616", "9".repeat(1000),
                "0".repeat(1000) + "1", "1e3", "0x10", "\u0663")) {
            attack(("PUB foo " + size + "\r\nx\r\n").getBytes(StandardCharsets.UTF_8));
            attack(("PUB foo bar " + size + "\r\nx\r\n").getBytes(StandardCharsets.UTF_8));
            attack(("SUB foo 1\r\nUNSUB 1 " + size + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void endlessLinesCostNoMemory() throws IOException {
        long before = usedHeap();
        List<RawClient> clients = new ArrayList<>();
        for (String start : List.of("PUB foo ", "SUB ", "CONNECT {\"name\":\"", "PING", "UNSUB", "-ERR ", "INFO ", "")) {
            RawClient client = server.open();
            clients.add(client);
            try {
                for (int i = 0; i < 200; i++)
                    client.send((i == 0 ? start : "") + (start.equals("UNSUB") ? " " : "x").repeat(50_000));
            } catch (IOException e) {
                continue; // as expected
            }
        }
        assertTrue(usedHeap() - before < 20_000_000);
        for (RawClient client : clients)
            client.close();
    }

    @Test
    void announcedPayloadsCostNoMemory() throws IOException {
        long before = usedHeap();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 500; i++)
            clients.add(server.connect().send("PUB foo 1048576\r\nx").send("y"));
        for (RawClient client : clients)
            assertTrue(client.socket().isConnected());
        assertTrue(usedHeap() - before < 50_000_000);
        for (RawClient client : clients)
            client.close();
    }

    @Test
    void thousandsOfHalfOpenSockets() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Socket socket = new Socket("127.0.0.1", server.port());
            sockets.add(socket);
            if (i % 3 == 1)
                socket.getOutputStream().write("SUB foo.* 1\r\nSUB foo 2\r\nPUB foo.b".getBytes());
            else if (i % 3 == 2)
                socket.getOutputStream().write('P');
        }
        server.awaitClients(2001);
        healthy.roundTrip();
        for (Socket socket : sockets)
            socket.close();
    }

    @Test
    void clientsThatComeAndGoInAHurry() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++)
            threads.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < 200; i++) {
                    try (Socket socket = new Socket("127.0.0.1", server.port())) {
                        if (i % 2 == 0)
                            socket.setSoLinger(true, 0);
                        socket.getOutputStream().write(SESSION.getBytes(StandardCharsets.ISO_8859_1));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            }));
        for (Thread thread : threads)
            thread.join();
        await().until(() -> server.clients().totalAccepted() == 1601);
    }

    @Test
    void pingsFromAClientThatNeverReads() throws IOException {
        byte[] pings = "PING\r\n".repeat(10_000).getBytes();
        try (RawClient client = server.openNarrow()) {
            for (int i = 0; i < 1000; i++)
                client.send(pings);
        } catch (IOException e) {
            assertEquals(1, server.state().slowConsumers());
            return;
        }
        throw new AssertionError("it may go on for ever");
    }

    @Test
    void clientsThatHaveLeftHoldNoMemory() throws IOException {
        healthy.send("PUB warm.up 0\r\n\r\n").roundTrip();
        long before = usedHeap();
        String payload = "x".repeat(1_000_000);
        for (int i = 0; i < 100; i++) {
            try (RawClient client = RawClient.quiet(server.port())) {
                String subject = "inbox." + i;
                client.send("SUB " + subject + ".* 1\r\nPUB " + subject + ".a 1000000\r\n" + payload + "\r\n");
                client.expectText("MSG " + subject + ".a 1 1000000\r\n" + payload + "\r\n");
            }
        }
        server.awaitClients(1);
        long grown = usedHeap() - before;
        assertTrue(grown < 40_000_000, "grown by " + grown);
    }
}
