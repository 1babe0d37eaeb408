package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** protocol.md, section 10: the first PING of the server. */
class FirstPingTest {
    private static final String PING = "PING\r\n";
    private static final String MODERN = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";

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
