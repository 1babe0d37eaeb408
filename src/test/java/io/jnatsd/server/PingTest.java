package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, section 10. */
class PingTest {
    private static final String PING = "PING\r\n";
    private static final String STALE = "-ERR 'Stale Connection'\r\n";
    private static final Duration INTERVAL = Duration.ofMillis(150);

    @AutoClose
    private final TestServer server = TestServer.logging(o -> {
        o.pingInterval = INTERVAL;
        o.pingMax = 2;
    });

    @ParameterizedTest
    @ValueSource(strings = {"PING\r\n", "pInG\n", "PING  \r  \n", "PING \t x\r\n", "ping\r\n"})
    void pingIsAnsweredBeforeConnect(String line) throws IOException {
        try (TestServer calm = TestServer.start()) {
            calm.connect().send(line).expectText("PONG\r\n");
        }
    }

    @Test
    void clientThatDoesNotAnswerIsStaleAfterThreeIntervals() throws IOException {
        long start = System.nanoTime();
        server.connect().expectText(PING).expectText(PING).expectEnd(STALE);
        assertTrue(System.nanoTime() - start >= INTERVAL.toNanos() * 3);
        server.awaitLog("[DBG] cid:1 - Client Ping Timer");
        server.awaitLog("[DBG] cid:1 - Stale Client Connection - Closing");
        server.awaitClients(0);
    }

    @Test
    void onlyPongsCountAsAnswer() throws IOException {
        RawClient client = server.connect();
        client.expectText(PING).send("SUB foo 1\r\nPUB foo 0\r\n\r\nPING\r\n");
        assertEquals(PING + STALE, client.readToEnd().replace("+OK\r\n+OK\r\nMSG foo 1 0\r\n\r\nPONG\r\n", ""));
    }

    @Test
    void pongsInAdvanceGiveNoCredit() throws IOException {
        RawClient client = server.connect();
        client.send("PONG\r\n".repeat(10));
        client.expectText(PING).expectText(PING).expectEnd(STALE);
    }

    @Test
    void staleClientCannotWriteForLong() throws IOException {
        RawClient client = server.connect();
        client.expectText(PING).expectText(PING).expectText(STALE);
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThrows(IOException.class, () -> {
            while (true)
                client.send("PUB foo 0\r\n\r\n");
        }));
    }
}
