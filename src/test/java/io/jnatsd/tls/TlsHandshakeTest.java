package io.jnatsd.tls;

import static io.jnatsd.tls.TestCerts.IN_2030;
import static io.jnatsd.tls.TestCerts.context;
import static io.jnatsd.tls.TestCerts.route;
import static io.jnatsd.tls.TestCerts.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TlsHandshakeTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final String REFUSAL = "-ERR 'Secure Connection - TLS Required'\r\n";

    private static TlsEcho timedOut(Duration timeout) throws Exception {
        return new TlsEcho(context(server()), timeout, (raw, handshake) -> handshake.server(raw));
    }

    private static String rest(Socket raw) throws IOException {
        InputStream in = raw.getInputStream();
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aSilentClientIsTimedOutWithAPlainTextError() throws Exception {
        try (TlsEcho server = timedOut(SHORT); Socket raw = server.connect()) {
            assertEquals(REFUSAL, rest(raw));
            IOException failure = server.outcome().failure();
            assertTrue(failure instanceof SocketTimeoutException, failure.toString());
            assertEquals("TLS handshake timeout", failure.getMessage());
        }
    }

    @Test
    void aClientThatSendsSingleBytesIsTimedOutToo() throws Exception {
        ScheduledExecutorService dripping = Executors.newSingleThreadScheduledExecutor();
        try (TlsEcho server = timedOut(Duration.ofMillis(300));
                Socket raw = server.connect()) {
            // The header of a long record, then a byte every 20 ms, so no single read takes long.
            raw.getOutputStream().write(new byte[] {0x16, 3, 1, 0x10, 0, 1});
            AtomicInteger sent = new AtomicInteger();
            long start = System.nanoTime();
            dripping.scheduleAtFixedRate(() -> {
                try {
                    raw.getOutputStream().write(0);
                    sent.incrementAndGet();
                } catch (IOException e) {
                    throw new IllegalStateException("the server is done", e);
                }
            }, 0, 20, TimeUnit.MILLISECONDS);
            assertEquals("TLS handshake timeout", server.outcome().failure().getMessage());
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(sent.get() >= 2, "bytes came in all the time");
            assertTrue(millis < 3000, "took " + millis + " ms");
        } finally {
            dripping.shutdownNow();
        }
    }

    @Test
    void aPlainTextClientGetsAPlainTextError() throws Exception {
        try (TlsEcho server = new TlsEcho(context(server())); Socket raw = server.connect()) {
            raw.getOutputStream().write("CONNECT {}\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(REFUSAL, rest(raw));
            assertEquals("tls: first record does not look like a TLS handshake",
                    server.outcome().failure().getMessage());
        }
    }

    @Test
    void aClientThatLeavesIsToldNothing() throws Exception {
        try (TlsEcho server = new TlsEcho(context(server())); Socket raw = server.connect()) {
            raw.shutdownOutput();
            assertEquals("EOF", server.outcome().failure().getMessage());
        }
    }

    @Test
    void aDialledServerThatSendsNothingIsTimedOut() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket raw = new Socket(silent.getInetAddress(), silent.getLocalPort())) {
            TlsHandshake handshake = new TlsHandshake(TlsContext.forRoutes(route(), IN_2030), SHORT, timer);
            assertThrows(SocketTimeoutException.class, () -> handshake.client(raw, "localhost", 1, ""));
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void afterSuccessTheReadTimeoutIsWhatItWas() throws Exception {
        TlsContext context = TlsContext.forRoutes(route(), IN_2030);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (TlsEcho server = new TlsEcho(context); Socket raw = server.connect()) {
            raw.setSoTimeout(4321);
            SSLSocket tls = new TlsHandshake(context, SHORT.multipliedBy(50), timer).client(raw, "localhost",
                    server.port(), "");
            assertEquals(4321, raw.getSoTimeout());
            TlsEcho.talk(tls);
        } finally {
            timer.shutdownNow();
        }
    }

    /** A socket whose peer does not read: a write lasts until the socket is closed. */
    private static final class StuckSocket extends Socket {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    try {
                        closed.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    throw new IOException("closed");
                }
            };
        }

        @Override
        public void close() throws IOException {
            closed.countDown();
            super.close();
        }
    }

    @Test
    @Timeout(60)
    void aHandshakeWhoseOutputIsStuckIsTimedOutToo() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (StuckSocket accepted = new StuckSocket();
                ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()) {
                    @Override
                    public Socket accept() throws IOException {
                        implAccept(accepted);
                        return accepted;
                    }
                };
                Socket peer = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            listener.accept();
            // A record that is not a handshake causes an alert, which is also output.
            peer.getOutputStream().write(new byte[] {0x16, 3, 3, 0, 4, 99, 0, 0, 0});
            TlsHandshake handshake = new TlsHandshake(context(server()), SHORT, timer);
            IOException failure = assertThrows(SocketTimeoutException.class, () -> handshake.server(accepted));
            assertEquals("TLS handshake timeout", failure.getMessage());
        } finally {
            timer.shutdownNow();
        }
    }
}
