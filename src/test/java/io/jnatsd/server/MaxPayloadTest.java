package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 3: the maximum payload. */
class MaxPayloadTest {
    private static final String VIOLATION = "-ERR 'Maximum Payload Violation'\r\n";

    @AutoClose
    private final TestServer server = TestServer.logging(o -> o.maxPayload = 1000);

    @Test
    void largestPayloadIsTaken() throws IOException {
        String message = " 1000\r\n" + "x".repeat(1000) + "\r\n";
        server.quiet().send("SUB foo 1\r\nPUB foo" + message).expectText("MSG foo 1" + message);
    }

    @Test
    void largerPayloadIsRefusedBeforeItComes() throws IOException {
        assertEquals(34, VIOLATION.length());
        server.quiet().send("PUB foo 1001\r\n").expectEnd(VIOLATION);
        server.awaitLog("[ERR] cid:1 - Maximum Payload Exceeded: 1001 vs 1000");
    }

    @Test
    void everyFormOfThePublishLineIsChecked() throws IOException {
        server.quiet().send("pub  foo\treply  001001\n").expectEnd(VIOLATION);
        server.quiet().send("PUB foo 2222222222222222\r\n").expectEnd(VIOLATION);
        server.quiet().send("PUB foo 4294967297\r\nx\r\n").expectEnd(VIOLATION);
        server.quiet().send("PUB foo 999999999999999999\r\n").expectEnd(VIOLATION);
        server.quiet().send("PUB foo 9223372036854775807\r\n").expectEnd(VIOLATION);
        server.quiet().send("PUB foo 00009223372036854775807\r\n").expectEnd(VIOLATION);
        for (String sizes : List.of("4 9223372036854775807", "9223372036854775807 4", "1001 1001"))
            server.connect().send("CONNECT {\"verbose\":false,\"headers\":true}\r\nHPUB foo " + sizes + "\r\n")
                    .expectEnd(VIOLATION);
    }

    @Test
    void aSizeThat63BitsDoNotHoldIsNoSize() throws IOException {
        server.quiet().send("PUB foo 9223372036854775808\r\n").expectEnd("-ERR 'Parser Error'\r\n");
        server.quiet().send("PUB foo 92233720368547758070\r\n").expectEnd("-ERR 'Parser Error'\r\n");
    }

    @Test
    void earlierMessagesOfTheBatchAreDelivered() throws IOException {
        RawClient other = server.quiet();
        other.send("SUB foo 1\r\n").roundTrip();
        server.quiet().send("PUB foo 2\r\nok\r\nPUB foo 1001\r\n").expectEnd(VIOLATION);
        other.expectText("MSG foo 1 2\r\nok\r\n").roundTrip();
    }

    @Test
    void clientThatWritesOnIsCutOff() throws IOException {
        RawClient client = server.quiet();
        client.send("PUB foo 100000000\r\n");
        byte[] more = new byte[16 * 1024];
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThrows(IOException.class, () -> {
            while (true)
                client.send(more);
        }));
    }

    @Test
    void unlimitedPayloadsMayBeConfigured() throws IOException {
        try (TestServer unlimited = TestServer.start(o -> o.maxPayload = -1)) {
            String message = " 3000000\r\n" + "x".repeat(3_000_000) + "\r\n";
            RawClient client = unlimited.quiet();
            client.send("SUB foo 1\r\nPUB foo" + message).expectText("MSG foo 1" + message);
        }
    }

    @Test
    void theMegabyteOfTheDefaultIsTaken() throws IOException {
        try (TestServer defaults = TestServer.start()) {
            String message = " 1048576\r\n" + "x".repeat(1024 * 1024) + "\r\n";
            defaults.quiet().send("SUB foo 1\r\nPUB foo" + message).expectText("MSG foo 1" + message);
            defaults.quiet().send("PUB foo 1048577\r\n").expectEnd(VIOLATION);
        }
    }
}
