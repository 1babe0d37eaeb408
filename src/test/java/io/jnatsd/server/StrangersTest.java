package io.jnatsd.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.tls.TestCerts;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.mindrot.jbcrypt.BCrypt;

/** Five thousand connections with random or damaged handshakes and CONNECTs do not harm the server. */
@Isolated("it measures the heap and counts threads")
@Timeout(120)
class StrangersTest {
    private static final int AT_ONCE = 16;
    private static final String CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":true,\"user\":\"joe\","
            + "\"pass\":\"secret\",\"auth_token\":null,\"nkey\":\"\",\"sig\":\"\",\"name\":\"caf\u00c3\u00a9 \\u00e9\","
            + "\"lang\":\"java\",\"version\":\"1.2.3\",\"protocol\":1,\"echo\":true,\"headers\":true,\"a\":[1,{\"b\":2}]}"
            + "\r\nSUB a 1\r\nPUB a 2\r\nhi\r\nPING\r\n";

    private interface Attempt {
        void pay(int port, Random random) throws Exception;
    }

    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private Thread.UncaughtExceptionHandler usual;

    @BeforeEach
    void watchThreads() {
        usual = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    }

    @AfterEach
    void unwatchThreads() {
        Thread.setDefaultUncaughtExceptionHandler(usual);
    }

    private static void logins(OptionsBuilder o) {
        o.users = List.of(new User("joe", BCrypt.hashpw("secret", BCrypt.gensalt(4)), "", null, 0));
    }

    private static void tls(OptionsBuilder o) {
        logins(o);
        // Some connections make the server wait for bytes that never come.
        o.authTimeout = Duration.ofSeconds(1);
        o.tls = new TlsOptions(TestCerts.file("server-ec-cert.pem"), TestCerts.file("server-ec-key.pem"), "", false,
                false, Duration.ofSeconds(1), List.of(), List.of(), false, false);
    }

    /** The attempts are the same each time, but in a different order. */
    private static void receive(int port, int attempts, int seed, Attempt attempt) throws InterruptedException {
        try (ExecutorService strangers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofPlatform().factory())) {
            for (int i = 0; i < attempts; i++) {
                Random random = new Random(seed + i);
                strangers.submit(() -> {
                    attempt.pay(port, random);
                    return null;
                });
            }
            strangers.shutdown();
            assertTrue(strangers.awaitTermination(100, TimeUnit.SECONDS));
        }
    }

    private record Health(int threads, long heap) {
        static Health now() {
            System.gc();
            return new Health(ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }

    private void assertHealthy(TestServer server, Health before, int attempts) {
        server.awaitClients(0);
        Health after = Health.now();
        assertEquals(List.of(), List.copyOf(uncaught));
        assertEquals(0, server.subscriptions());
        assertTrue(after.threads <= before.threads + 3, () -> after.threads + " threads after " + before.threads);
        assertTrue(after.heap < before.heap + 20_000_000, () -> after.heap + " bytes after " + before.heap);
        assertTrue(server.clients().totalAccepted() >= attempts);
    }

    /** Sends, ends the output, and reads the response. */
    private static void say(Socket socket, byte[] bytes) throws IOException {
        socket.setSoTimeout(20_000);
        try (socket) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The server may close the connection.
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int edits = random.nextInt(1, 6), cut = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
        for (int i = 0; i < cut; i++) {
            if (edits > 0 && random.nextInt(bytes.length / 3) == 0) {
                edits--;
                switch (random.nextInt(4)) {
                    case 0 -> out.write(random.nextInt(256));
                    case 1 -> { }
                    case 2 -> out.write(bytes, i, random.nextInt(bytes.length - i));
                    default -> out.write(bytes[i] ^ 1 << random.nextInt(8));
                }
            } else {
                out.write(bytes[i]);
            }
        }
        return out.toByteArray();
    }

    private static byte[] noise(Random random, int first) {
        byte[] bytes = new byte[random.nextInt(1, 600)];
        random.nextBytes(bytes);
        bytes[0] = (byte) first;
        return bytes;
    }

    @Test
    void garbledConnects() throws Exception {
        byte[] connect = CONNECT.getBytes(ISO_8859_1);
        try (TestServer server = TestServer.start(StrangersTest::logins)) {
            receive(server.port(), 500, 0, (port, random) -> say(new Socket("127.0.0.1", port), connect));
            Health before = Health.now();
            receive(server.port(), 3500, 1000, (port, random) -> say(new Socket("127.0.0.1", port),
                    random.nextInt(10) == 0 ? noise(random, 'C') : mutated(connect, random)));
            assertHealthy(server, before, 4000);
            RawClient joe = server.connect();
            joe.send(CONNECT.getBytes(ISO_8859_1)).expectText("MSG a 1 2\r\nhi\r\nPONG\r\n");
        }
    }

    private static byte[] clientHello(SSLContext context, boolean old) throws Exception {
        SSLEngine engine = context.createSSLEngine("localhost", 4222);
        engine.setUseClientMode(true);
        if (old)
            engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] hello = new byte[out.position()];
        out.flip().get(hello);
        return hello;
    }

    @Test
    void garbledClientHellos() throws Exception {
        SSLContext trusting = TestCerts.client("ca.pem");
        byte[][] hellos = {clientHello(trusting, false), clientHello(trusting, true)};
        try (TestServer server = TestServer.start(StrangersTest::tls)) {
            receive(server.port(), 100, 0, (port, random) -> say(new Socket("127.0.0.1", port), hellos[0]));
            Health before = Health.now();
            receive(server.port(), 1250, 1000, (port, random) -> say(new Socket("127.0.0.1", port),
                    random.nextInt(5) == 0 ? noise(random, 0x16) : mutated(hellos[random.nextInt(2)], random)));
            assertHealthy(server, before, 1350);
            assertTlsWorks(server, trusting);
        }
    }

    private static void assertTlsWorks(TestServer server, SSLContext trusting) throws Exception {
        try (RawClient joe = new RawClient(SecuredServer.upgrade(server.connect().socket(), trusting))) {
            joe.send(CONNECT.getBytes(ISO_8859_1)).expectText("MSG a 1 2\r\nhi\r\nPONG\r\n");
        }
    }

    /** Flips one bit of the data sent. */
    private static final class Garbled extends FilterOutputStream {
        private int before;
        private final int bit;

        Garbled(OutputStream out, int before, int bit) {
            super(out);
            this.before = before;
            this.bit = bit;
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws IOException {
            byte[] copy = java.util.Arrays.copyOfRange(bytes, start, start + length);
            if (before >= 0 && before < length)
                copy[before] ^= (byte) (1 << bit);
            before -= length;
            out.write(copy);
        }
    }

    @Test
    void handshakesWithOneWrongBit() throws Exception {
        SSLContext trusting = TestCerts.client("ca.pem");
        try (TestServer server = TestServer.start(StrangersTest::tls)) {
            Attempt attempt = (port, random) -> {
                try (Socket raw = new Socket("127.0.0.1", port) {
                    @Override
                    public OutputStream getOutputStream() throws IOException {
                        return new Garbled(super.getOutputStream(), random.nextInt(1000), random.nextInt(8));
                    }
                }) {
                    while (raw.getInputStream().read() != '\n')
                        continue;
                    SSLSocket tls = SecuredServer.upgrade(raw, trusting,
                            random.nextBoolean() ? "TLSv1.2" : "TLSv1.3");
                    tls.getOutputStream().write(CONNECT.getBytes(ISO_8859_1));
                    tls.getInputStream().read();
                } catch (IOException e) {
                    // As expected.
                }
            };
            receive(server.port(), 50, 0, attempt);
            Health before = Health.now();
            receive(server.port(), 250, 1000, attempt);
            assertHealthy(server, before, 300);
            assertTlsWorks(server, trusting);
        }
    }
}
