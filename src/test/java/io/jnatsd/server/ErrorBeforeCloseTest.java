package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.jnatsd.websocket.ClientFrames;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** protocol.md, section 12: a client that is disconnected can read the reason, even while it is still writing. */
class ErrorBeforeCloseTest {
    @AutoClose
    private final TestServer server = TestServer.start(o -> {
        o.maxConnections = 3;
        o.webSocketHost = "127.0.0.1";
        o.webSocketPort = -1;
    });

    @ParameterizedTest
    @CsvSource({
        "'PUB foo 9999999\r\n', Maximum Payload Violation", "'SUB\r\n', Unknown Protocol Operation",
        "'SUB foo\r\n', Parser Error", "'CONNECT {\"protocol\":5}\r\n', Invalid Client Protocol",
    })
    void clientThatIsStillWritingReadsTheError(String mistake, String text) throws Exception {
        for (int round = 0; round < 5; round++) {
            RawClient client = server.connect();
            client.send(mistake);
            Thread writer = Thread.startVirtualThread(() -> writeUntilItFails(client));
            String all = client.readToEnd();
            assertTrue(all.startsWith("-ERR '" + text + "'\r\n"), all);
            client.close();
            writer.join();
        }
        server.awaitClients(0);
    }

    private static void writeUntilItFails(RawClient client) {
        byte[] more = "PUB foo 5\r\nhello\r\n".repeat(1000).getBytes();
        try {
            while (true)
                client.send(more);
        } catch (IOException e) {
            return;
        }
    }

    @Test
    void clientThatHasWrittenMuchBeforehandReadsTheError() throws IOException {
        RawClient client = server.connect();
        try {
            client.send("ZZZ" + "x".repeat(500_000));
        } catch (IOException e) {
            // The server does not read all of it, and may already have closed the connection.
        }
        assertEquals("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n", client.readToEnd());
    }

    @Test
    void clientThatKeepsWritingAfterTheErrorIsCutOffAtOnce() throws IOException {
        RawClient client = server.quiet();
        client.send("PUB foo 9999999\r\n").expect("-ERR 'Maximum Payload Violation'\r\n");
        assertCutOff(client::send, new byte[1024]);
    }

    @Test
    void webSocketThatKeepsWritingAfterTheErrorIsCutOffAtOnce() throws IOException {
        try (RawWebSocket client = RawWebSocket.connect(server.server())) {
            client.send("PUB foo 9999999\r\n").expectText("-ERR 'Maximum Payload Violation'\r\n");
            assertCutOff(client::raw, new ClientFrames().binary("x".repeat(1000)).bytes());
        }
    }

    @Test
    void webSocketThatKeepsPingingAfterTheErrorIsCutOffAtOnce() throws IOException {
        ClientFrames pings = new ClientFrames();
        for (int i = 0; i < 50; i++)
            pings.ping("are you there?");
        try (RawWebSocket client = RawWebSocket.connect(server.server())) {
            client.send("PUB foo 9999999\r\n").expectText("-ERR 'Maximum Payload Violation'\r\n");
            assertCutOff(client::raw, pings.bytes());
        }
    }

    @Test
    void webSocketThatKeepsWritingAfterAWrongFrameIsCutOffAtOnce() throws IOException {
        try (RawWebSocket client = RawWebSocket.connect(server.server())) {
            client.send(new ClientFrames().raw(0xF2, 0x80)).expectCloseFrame(1002, "reserved bit set");
            assertCutOff(client::raw, new byte[1024]);
        }
    }

    @Test
    void refusedWebSocketRequestThatKeepsWritingIsCutOffAtOnce() throws IOException {
        try (RawWebSocket client = RawWebSocket.open(server.server())) {
            client.raw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
            assertTrue(client.head().startsWith("HTTP/1.1 4"));
            assertCutOff(client::raw, new byte[1024]);
        }
    }

    private interface Writing {
        void write(byte[] bytes) throws IOException;
    }

    /** Round trips of a second client pace this one, so that the server can read what was written. */
    private void assertCutOff(Writing client, byte[] piece) throws IOException {
        RawClient other = server.quiet();
        int written = 0;
        try {
            for (; written < 1_000_000; written += piece.length) {
                client.write(piece);
                other.roundTrip();
            }
        } catch (SocketException e) {
            return;
        }
        fail(written + " bytes were taken after the error");
    }

    @Test
    void messagesOnTheirWayComeBeforeTheError() throws IOException {
        RawClient client = server.openNarrow();
        client.expect("INFO.*\r\n");
        String message = " 1000000\r\n" + "x".repeat(1_000_000) + "\r\n";
        client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nPUB foo" + message + "ZZZ");
        client.expectEnd("MSG foo 1" + message + "-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
    }

    @Test
    void clientThatStaysIsCutOffAllTheSame() throws IOException {
        RawClient client = server.connect();
        client.send("ZZZ").expect("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
        client.expectClosed();
        server.awaitClients(0);
        await().until(() -> isCutOff(client));
    }

    private static boolean isCutOff(RawClient client) {
        try {
            client.send("PING\r\n");
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
