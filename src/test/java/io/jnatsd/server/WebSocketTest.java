package io.jnatsd.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.Client;
import io.jnatsd.monitor.TestMonitor;
import io.jnatsd.websocket.ClientFrames;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSocket clients, tested with the bytes on a socket. */
class WebSocketTest {
    @AutoClose
    private final TestServer server = TestServer.logging(o -> {
        o.webSocketHost = "127.0.0.1";
        o.webSocketPort = -1;
        o.maxPayload = 1000;
    });

    private RawWebSocket connect() throws IOException {
        return RawWebSocket.connect(server.server());
    }

    /** Returns a client with the settings of client libraries: neither verbose nor pedantic. */
    private RawWebSocket quiet() throws IOException {
        return connect().send("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n").roundTrip();
    }

    @Test
    void theHandshakeIsAnsweredAndInfoIsTheFirstFrame() throws IOException {
        try (RawWebSocket client = RawWebSocket.open(server.server()).request("")) {
            assertEquals("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", client.head());
            String info = client.frame(0x82);
            assertTrue(info.startsWith("INFO {\"server_id\":") && info.endsWith("} \r\n"), info);
            assertTrue(info.contains("\"tls_required\":false"), info);
        }
        String url = server.server().webSocketUrl();
        assertTrue(url.startsWith("ws://127.0.0.1:"), url);
        List<String> log = server.log();
        assertTrue(log.contains("[INF] Listening for websocket clients on " + url), log::toString);
        assertTrue(log.contains("[DBG] cid:1 - WebSocket handshake complete"), log::toString);
    }

    @Test
    void messagesGoBothWaysBetweenTheTwoPorts() throws IOException {
        RawClient tcp = server.quiet();
        try (RawWebSocket ws = quiet()) {
            ws.send("SUB to.ws 1\r\n").roundTrip();
            tcp.send("SUB to.tcp 1\r\nPUB to.ws 5\r\nhello\r\n").roundTrip();
            ws.expectText("MSG to.ws 1 5\r\nhello\r\n");
            ws.send("PUB to.tcp reply 2\r\nhi\r\n");
            tcp.expectText("MSG to.tcp 1 reply 2\r\nhi\r\n");
        }
    }

    @Test
    void commandsMayBeCutAnywhere() throws IOException {
        String commands = "SUB foo 1\r\nPUB foo 3\r\nabc\r\nPING\r\n", expected = "MSG foo 1 3\r\nabc\r\nPONG\r\n";
        for (int cut = 0; cut <= commands.length(); cut++) {
            try (RawWebSocket client = quiet()) {
                client.send(new ClientFrames().first(commands.substring(0, cut)).pong("?")
                        .last(commands.substring(cut))).expectText(expected);
            }
        }
    }

    @Test
    void framesMayBeCutAnywhere() throws IOException {
        byte[] frames = new ClientFrames().binary("PUB foo 3\r\nabc\r\n").text("PING\r\n").bytes();
        try (RawWebSocket client = quiet()) {
            client.send("SUB foo 1\r\n").roundTrip();
            for (int cut = 1; cut < frames.length; cut++) {
                client.raw(java.util.Arrays.copyOf(frames, cut));
                client.raw(java.util.Arrays.copyOfRange(frames, cut, frames.length));
                client.expectText("MSG foo 1 3\r\nabc\r\nPONG\r\n");
            }
        }
    }

    @Test
    void framesAreAnsweredInFrames() throws IOException {
        try (RawWebSocket client = quiet()) {
            client.send(new ClientFrames().ping("are you there?"));
            assertEquals("are you there?", client.frame(0x8A));
            client.send(new ClientFrames().pong("unasked").binary("PING\r\n")).expectText("PONG\r\n");
        }
    }

    @Test
    void whoSaysGoodbyeHearsTheSame() throws IOException {
        try (RawWebSocket client = quiet()) {
            client.send(new ClientFrames().binary("SUB foo 1\r\nPUB foo 1\r\nx\r\n").close(4711, "bye"));
            client.expectText("MSG foo 1 1\r\nx\r\n");
            client.expectCloseFrame(4711, "");
            assertEquals("", client.rest());
        }
        server.awaitClients(0);
        server.awaitLog("[DBG] cid:1 - Client connection closed: Client Closed");
    }

    @Test
    void whoHangsUpIsGone() throws IOException {
        quiet().close();
        server.awaitClients(0);
    }

    @Test
    void mistakesInFramesEndTheConnectionBehindWhatWasGood() throws IOException {
        RawClient other = server.quiet();
        other.send("SUB foo 1\r\n").roundTrip();
        try (RawWebSocket client = quiet()) {
            client.send(new ClientFrames().binary("PUB foo 2\r\nok\r\n").raw(0x82, 3, 'A', 'B', 'C')
                    .binary("PUB foo 3\r\nbad\r\n"));
            client.expectClose(1002, "mask bit missing");
        }
        other.expectText("MSG foo 1 2\r\nok\r\n").roundTrip();
        server.awaitLog("[ERR] cid:2 - websocket error: mask bit missing");
        server.awaitLog("[DBG] cid:2 - Client connection closed: Protocol Violation");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PUB foo 1001  | -ERR 'Maximum Payload Violation'  | 1009 | Maximum Message Payload Exceeded
            FOO           | -ERR 'Unknown Protocol Operation'~-ERR 'Parser Error' | 1002 | Parse Error
            CONNECT {"protocol":9} | -ERR 'Invalid Client Protocol' | 1002 | Bad Client Protocol Version
            """)
    void theErrorTextArrivesBeforeTheCloseFrame(String command, String error, int code, String reason)
            throws IOException {
        try (RawWebSocket client = quiet()) {
            client.send(command + "\r\n").expectText(error.replace("~", "\r\n") + "\r\n").expectClose(code, reason);
        }
    }

    @Test
    void aLineThatIsTooLongIsRefused() throws IOException {
        try (RawWebSocket client = quiet()) {
            client.send("SUB " + "x".repeat(5000) + " 1\r\n");
            client.expectText("-ERR 'Maximum Control Line Exceeded'\r\n")
                    .expectClose(1008, "Maximum Control Line Exceeded");
        }
    }

    @Test
    void theOutputEndsWithTheCloseFrame() throws IOException {
        try (RawWebSocket client = quiet()) {
            client.send("PUB foo 1001\r\n").expectText("-ERR 'Maximum Payload Violation'\r\n");
            client.expectCloseFrame(1009, "Maximum Message Payload Exceeded");
            assertEquals("", client.rest());
            server.awaitClients(0);
        }
    }

    @Test
    void aServerThatStopsIsGoingAway() throws IOException {
        try (RawWebSocket client = quiet()) {
            Thread closing = Thread.ofPlatform().start(server.server()::close);
            client.expectClose(1001, "Server Shutdown");
            await().until(() -> !closing.isAlive());
        }
    }

    @Test
    void aRequestThatIsNoneIsRefused() throws IOException {
        try (RawWebSocket client = RawWebSocket.open(server.server())) {
            client.raw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1));
            String response = client.rest();
            assertTrue(response.startsWith("HTTP/1.1 426 Upgrade Required\r\n"), response);
            assertTrue(response.endsWith("\r\n\r\nWebSocket handshake: invalid value for header 'Upgrade'\n"),
                    response);
        }
        server.awaitLog("[ERR] cid:1 - websocket handshake error: invalid value for header 'Upgrade'");
        assertEquals(0, server.clients().count());
    }

    @Test
    void pagesFromElsewhereAreRefusedIfAsked() throws IOException {
        try (TestServer strict = TestServer.start(o -> {
            o.webSocketPort = -1;
            o.webSocketSameOrigin = true;
            o.webSocketOrigins = List.of("http://localhost");
        })) {
            try (RawWebSocket client = RawWebSocket.open(strict.server()).request("Origin: http://evil.com\r\n")) {
                String response = client.rest();
                assertTrue(response.startsWith("HTTP/1.1 403 Forbidden\r\n"), response);
            }
            try (RawWebSocket client = RawWebSocket.open(strict.server()).request("Origin: http://localhost\r\n")) {
                assertTrue(client.head().startsWith("HTTP/1.1 101 "));
            }
        }
    }

    @Test
    void aRequestHasToComeInTime() throws IOException {
        try (TestServer hasty = TestServer.start(o -> {
            o.webSocketPort = -1;
            o.webSocketTimeout = Duration.ofMillis(50);
        })) {
            try (RawWebSocket client = RawWebSocket.open(hasty.server())) {
                client.raw("GET / HTTP/1.1\r\nHost:".getBytes(ISO_8859_1));
                String response = client.rest();
                assertTrue(response.startsWith("HTTP/1.1 408 Request Timeout\r\n"), response);
            }
            try (RawWebSocket client = RawWebSocket.connect(hasty.server())) {
                client.roundTrip();
            }
        }
    }

    @Test
    void aPlaceHasToBeFree() throws IOException {
        try (TestServer small = TestServer.start(o -> {
            o.webSocketPort = -1;
            o.maxConnections = 1;
        })) {
            small.quiet();
            try (RawWebSocket client = RawWebSocket.connect(small.server())) {
                client.expectText("-ERR 'Maximum Connections Exceeded'\r\n")
                        .expectClose(1008, "Maximum Connections Exceeded");
            }
        }
    }

    @Test
    void usersLogInAsOverTcp() throws IOException {
        try (TestServer closed = TestServer.start(o -> {
            o.webSocketPort = -1;
            o.token = "secret";
        })) {
            try (RawWebSocket client = RawWebSocket.connect(closed.server())) {
                client.send("CONNECT {\"verbose\":false,\"auth_token\":\"secret\"}\r\n").roundTrip();
            }
            try (RawWebSocket client = RawWebSocket.connect(closed.server())) {
                client.send("CONNECT {\"verbose\":false,\"auth_token\":\"guess\"}\r\n")
                        .expectText("-ERR 'Authorization Violation'\r\n").expectClose(1008, "Authentication Failure");
            }
        }
    }

    @Test
    void whoReadsNothingIsCutOff() throws IOException {
        try (TestServer impatient = TestServer.logging(o -> {
            o.webSocketPort = -1;
            o.maxPending = 2_000_000;
        }); RawWebSocket slow = RawWebSocket.connect(impatient.server())) {
            slow.socket().setReceiveBufferSize(4096);
            slow.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\n").roundTrip();
            RawClient publisher = impatient.quiet();
            byte[] message = ("PUB foo 100000\r\n" + "x".repeat(100_000) + "\r\n").getBytes(ISO_8859_1);
            for (int i = 0; i < 200 && impatient.clients().count() == 2; i++)
                publisher.send(message).roundTrip();
            impatient.awaitClients(1);
            impatient.awaitLog("[INF] cid:1 - Slow Consumer Detected: MaxPending of 2000000 Exceeded, subject foo");
        }
    }

    @Test
    void largeMessagesPass() throws IOException {
        try (TestServer large = TestServer.start(o -> o.webSocketPort = -1);
                RawWebSocket client = RawWebSocket.connect(large.server())) {
            client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\n").roundTrip();
            for (int size : new int[] {100, 1000, 10_000, 100_000, 131_072, 1_048_576}) {
                String message = " " + size + "\r\n" + "x".repeat(size) + "\r\n";
                client.send("PUB foo" + message).expectText("MSG foo 1" + message);
            }
        }
    }

    @Test
    void monitoringCanTellTheKind() throws IOException {
        server.quiet();
        try (RawWebSocket client = quiet()) {
            Client tcp = server.clients().get(1), ws = server.clients().get(2);
            assertFalse(tcp.isWebSocket());
            assertTrue(ws.isWebSocket());
            assertEquals("127.0.0.1", ws.ip());
        }
    }

    @Test
    void connzNamesTheKindWhetherItIsThereOrHasGone() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.webSocketPort = -1)) {
            try (RawWebSocket ws = RawWebSocket.connect(monitored.server());
                    RawClient tcp = RawClient.quiet(monitored.server().port())) {
                assertEquals(List.of("websocket", "nats"), types(monitored, "open"));
            }
            await().until(() -> types(monitored, "closed").size() == 2);
            assertEquals(List.of("websocket", "nats"), types(monitored, "closed"));
        }
    }

    private static List<String> types(TestMonitor monitored, String state) throws IOException {
        return monitored.json("/connz?sort=cid&state=" + state).getAsJsonArray("connections").asList().stream()
                .map(c -> c.getAsJsonObject().get("type").getAsString()).toList();
    }

    @Test
    void thereIsNoPortUnlessAskedFor() throws IOException {
        try (TestServer none = TestServer.start()) {
            assertNull(none.server().webSocketUrl());
        }
    }
}
