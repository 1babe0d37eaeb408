package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.Client;
import io.jnatsd.config.ServerOptions.Compat;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 10: the first PING of the server. */
class FirstPingTest {
    private static final String PING = "PING\r\n";
    private static final String MODERN = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void itComesTwoSecondsAfterTheFirstPongAndMeasuresTheRoundTrip() throws IOException {
        RawClient client = server.connect().send(MODERN);
        long start = System.nanoTime();
        client.roundTrip().expectText(PING);
        assertTrue(System.nanoTime() - start >= Duration.ofSeconds(2).toNanos(), "too early");
        Client known = server.clients().get(1);
        assertEquals(0, known.stats().roundTripNanos());
        client.send("PONG\r\n").roundTrip();
        assertTrue(known.stats().roundTripNanos() > 0);
        assertTrue(known.stats().roundTripNanos() <= System.nanoTime() - start);
    }

    @Test
    void clientsAreNotAllAskedAtTheSameTimeAndOldOnesNotAtAll() throws IOException {
        try (TestServer compat = TestServer.start(o -> o.compat = Compat.GNATSD_1_0)) {
            RawClient old = server.quiet(), silent = server.connect().roundTrip(), waiting = server.connect();
            waiting.send(MODERN);
            RawClient oldServers = compat.connect().send(MODERN).roundTrip();
            RawClient[] modern = new RawClient[8];
            for (int i = 0; i < modern.length; i++)
                modern[i] = server.connect().send(MODERN).roundTrip();
            for (RawClient client : modern)
                client.expectText(PING);
            for (RawClient client : new RawClient[] {old, silent, waiting, oldServers})
                client.roundTrip();
        }
    }

    @Test
    void aShorterIntervalComesFirst() throws IOException {
        try (TestServer quick = TestServer.start(o -> {
            o.pingInterval = Duration.ofMillis(50);
            o.pingMax = 100;
        })) {
            RawClient client = quick.connect().send(MODERN);
            client.send(PING).expect("(PING\r\n)*PONG\r\n(PING\r\n){3}");
            client.send("PONG\r\n");
            await().until(() -> quick.clients().get(1).stats().roundTripNanos() > 0);
        }
    }
}
