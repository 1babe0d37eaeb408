package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.protocol.Dialect;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 18. */
class ShutdownTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    private void stopWithin(int seconds) {
        assertTimeoutPreemptively(Duration.ofSeconds(seconds), server.server()::close);
    }

    @Test
    void clientsAreClosedWithoutFarewell() throws IOException {
        RawClient quiet = server.quiet(), silent = server.connect(), unread = server.open();
        unread.expect("INFO.*\r\n");
        stopWithin(5);
        quiet.expectClosed();
        silent.expectClosed();
        unread.expectClosed();
    }

    @Test
    void whatWaitsIsWrittenBefore() throws IOException {
        RawClient client = server.openNarrow();
        client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\n").expect("INFO.*\r\n");
        client.roundTrip();
        String payload = "x".repeat(1_000_000);
        server.quiet().send("PUB foo 1000000\r\n" + payload + "\r\n").roundTrip();
        Thread stopping = Thread.startVirtualThread(server.server()::close);
        client.expectEnd("MSG foo 1 1000000\r\n" + payload + "\r\n");
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> stopping.join());
    }

    @Test
    void clientThatDoesNotReadHoldsNobodyUpForLong() throws IOException {
        RawClient client = server.openNarrow();
        client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nPING\r\n").expect("INFO.*PONG\r\n");
        RawClient publisher = server.quiet();
        for (int i = 0; i < 10; i++)
            publisher.send("PUB foo 1000000\r\n" + "x".repeat(1_000_000) + "\r\n").roundTrip();
        stopWithin(8);
        assertEquals(0, server.clients().count());
        assertEquals(0, server.subscriptions());
    }

    /** The deadline, two seconds for a server, is for clients that still read their pending data. */
    @Test
    void aClientThatHasTakenNothingForASecondIsNotWaitedFor() throws Exception {
        RawClient client = server.openNarrow();
        client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nPING\r\n").expect("INFO.*PONG\r\n");
        RawClient publisher = server.quiet();
        for (int i = 0; i < 10; i++)
            publisher.send("PUB foo 1000000\r\n" + "x".repeat(1_000_000) + "\r\n").roundTrip();
        AtomicLong held = new AtomicLong();
        await().during(Duration.ofMillis(1200)).atMost(Duration.ofSeconds(20)).until(() -> {
            long now = server.state().pendingBudget.held();
            return held.getAndSet(now) == now && now > 0;
        });
        long begun = System.nanoTime(), deadline = Duration.ofSeconds(60).toNanos();
        server.state().close(Dialect.CLIENT, begun + deadline);
        assertTrue(System.nanoTime() - begun < deadline / 2);
        server.awaitClients(0);
    }

    @Test
    void everythingIsGoneAfterwards() throws IOException {
        for (int i = 0; i < 20; i++)
            server.quiet().send("SUB foo 1\r\nSUB foo.> 2\r\n").roundTrip();
        stopWithin(5);
        assertEquals(0, server.clients().count());
        assertEquals(0, server.subscriptions());
        assertThrows(ConnectException.class, server::open);
    }

    @Test
    void secondCloseDoesNothing() {
        stopWithin(5);
        stopWithin(1);
    }

    @Test
    void awaitCloseReturnsWhenItIsDone() throws InterruptedException {
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                server.server().awaitClose();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        stopWithin(5);
        assertTrue(waiting.join(Duration.ofSeconds(5)));
    }

    @Test
    void portCanBeUsedAgainAtOnce() throws IOException {
        server.quiet().send("SUB foo 1\r\n").roundTrip();
        stopWithin(5);
        ServerOptions samePort = ServerOptions.defaults().withHost("127.0.0.1").withPort(server.port());
        for (int i = 0; i < 5; i++) {
            try (Server next = Server.start(samePort); RawClient client = RawClient.quiet(next.port())) {
                client.send("SUB foo 1\r\n").roundTrip();
            }
        }
    }

    @Test
    void portInUseIsToldInOneLine() {
        ServerOptions samePort = ServerOptions.defaults().withHost("127.0.0.1").withPort(server.port());
        IOException e = assertThrows(IOException.class, () -> Server.start(samePort));
        assertEquals("Error listening on port: 127.0.0.1:" + server.port() + ", \"listen tcp 127.0.0.1:"
                + server.port() + ": bind: address already in use\"", e.getMessage());
    }
}
