package io.jnatsd.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the opening handshake (RFC 6455, sections 1.3 and 4.2). */
class UpgradeTest {
    private static final String REQUEST = """
            GET /chat?x=y HTTP/1.1
            Host: server.example.com
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """.replace("\n", "\r\n");
    private static final String RESPONSE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static final Upgrade OPEN = new Upgrade(false, List.of(), false);

    private static String respond(Upgrade upgrade, String request) throws IOException, RefusedException {
        return new String(upgrade.respond(new ByteArrayInputStream(request.getBytes(ISO_8859_1))), ISO_8859_1);
    }

    private static RefusedException refused(Upgrade upgrade, String request) {
        return assertThrows(RefusedException.class, () -> respond(upgrade, request));
    }

    private static String with(String field) {
        return REQUEST.replace("Upgrade: websocket", field + "\r\nUpgrade: websocket");
    }

    @Test
    void theExampleOfTheStandardIsAnswered() throws Exception {
        assertEquals(RESPONSE, respond(OPEN, REQUEST));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Upgrade: websocket     | UPGRADE:WebSocket
            Upgrade: websocket     | Upgrade: h2c, WEBSOCKET
            Connection: Upgrade    | Connection: keep-alive, Upgrade
            Connection: Upgrade    | connection: keep-alive~connection: upgrade
            Host: server           | Origin: https://elsewhere.com~Host: server
            Host: server           | Sec-WebSocket-Extensions: permessage-deflate~Host: server
            Host: server           | Sec-WebSocket-Protocol: a, b~Host: server
            GET /chat?x=y          | GET /
            """)
    void whatMakesNoDifference(String part, String other) throws Exception {
        assertEquals(RESPONSE, respond(OPEN, REQUEST.replace(part, other.replace("~", "\r\n"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET /                  | POST /                | 405 Method Not Allowed | request method must be GET
            HTTP/1.1               | HTTP/1.0              | 400 Bad Request        | HTTP/1.1 needed
            HTTP/1.1               | HTTP/2.0              | 400 Bad Request        | malformed request line
            GET /chat              | GET  /chat            | 400 Bad Request        | malformed request line
            GET /chat              | get /chat             | 400 Bad Request        | not an HTTP request
            Host: server           | Hast: server          | 400 Bad Request        | 'Host' missing in request
            Host: server           | Host : server         | 400 Bad Request        | malformed header field
            Host: server           | a: b~ folded: x       | 400 Bad Request        | malformed header field
            Host: server           | nothing               | 400 Bad Request        | malformed header field
            Upgrade: websocket     | Upgrade: websockets   | 426 Upgrade Required   | invalid value for header 'Upgrade'
            Connection: Upgrade    | Connection: close     | 426 Upgrade Required   | invalid value for header 'Connection'
            Version: 13            | Version: 8            | 426 Upgrade Required   | invalid version
            Sec-WebSocket-Key:     | Sec-WebSocket-Cake:   | 400 Bad Request        | key missing
            """)
    void whatIsRefused(String part, String other, String status, String reason) {
        RefusedException e = refused(OPEN, REQUEST.replace(part, other.replace("~", "\r\n")));
        assertEquals(reason, e.getMessage());
        assertTrue(e.response().startsWith("HTTP/1.1 " + status + "\r\n"), e.response());
        String[] parts = e.response().split("\r\n\r\n");
        assertTrue(parts[0].contains("Sec-WebSocket-Version: 13\r\n"), parts[0]);
        assertTrue(parts[0].contains("Content-Length: " + parts[1].length() + "\r\n"), parts[0]);
        assertEquals("WebSocket handshake: " + reason + "\n", parts[1]);
    }

    @Test
    void requestsMayComeInPieces() throws Exception {
        byte[] bytes = REQUEST.getBytes(ISO_8859_1);
        for (int size : new int[] {1, 2, 3, 5, 64}) {
            InputStream slow = new ByteArrayInputStream(bytes) {
                @Override
                public int read(byte[] to, int offset, int length) {
                    return super.read(to, offset, Math.min(length, size));
                }
            };
            assertEquals(RESPONSE, new String(OPEN.respond(slow), ISO_8859_1));
        }
    }

    @Test
    void requestsMayHaveManyCookiesButNotTooMany() throws Exception {
        assertEquals(RESPONSE, respond(OPEN, with("Cookie: " + "x".repeat(15_000))));
        RefusedException e = refused(OPEN, with("Cookie: " + "x".repeat(17_000)));
        assertTrue(e.response().startsWith("HTTP/1.1 431 "), e.response());
        assertTrue(refused(OPEN, "G".repeat(20_000)).response().startsWith("HTTP/1.1 431 "));
    }

    @Test
    void framesMustWaitForTheResponse() {
        assertEquals("client sent data before handshake is complete", refused(OPEN, REQUEST + "\u0082").getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0016\u0003\u0001", "\r\n", "\u0000"})
    void inputThatIsNotHttpIsRefusedAtOnce(String bytes) {
        assertEquals("not an HTTP request", refused(OPEN, bytes).getMessage());
    }

    @Test
    void aPeerThatClosesEarlyIsNotRefused() {
        assertThrows(EOFException.class, () -> respond(OPEN, ""));
        assertThrows(EOFException.class, () -> respond(OPEN, REQUEST.substring(0, 100)));
    }

    @ParameterizedTest
    @CsvSource({"http://server.example.com, false", "HTTP://Server.Example.COM:80, false",
            "http://server.example.com:80/, false", "https://server.example.com, true",
            "https://server.example.com:443, true"})
    void pagesOfTheSameOriginMayConnect(String origin, boolean tls) throws Exception {
        assertEquals(RESPONSE, respond(new Upgrade(true, List.of(), tls), with("Origin: " + origin)));
    }

    @ParameterizedTest
    @CsvSource({"http://server.example.com:8080", "https://server.example.com", "http://example.com", "null",
            "http://", "http://server.example.com:x", "file://"})
    void otherPagesMayNot(String origin) {
        RefusedException e = refused(new Upgrade(true, List.of(), false), with("Origin: " + origin));
        assertTrue(e.getMessage().startsWith("origin not allowed: "), e.getMessage());
        assertTrue(e.response().startsWith("HTTP/1.1 403 Forbidden\r\n"), e.response());
    }

    @Test
    void thePortOfTheSameOriginIsThatOfTheHost() throws Exception {
        Upgrade same = new Upgrade(true, List.of(), false);
        String request = with("Origin: http://[::1]:8080").replace("Host: server.example.com", "Host: [::1]:8080");
        assertEquals(RESPONSE, respond(same, request));
        assertEquals("origin not allowed: not same origin",
                refused(same, request.replace("[::1]:8080\r\nUp", "[::1]:8081\r\nUp")).getMessage());
    }

    @Test
    void listedPagesMayConnect() throws Exception {
        Upgrade listed = new Upgrade(false, List.of("https://a.com", "http://a.com:3000", "http://b.com/"), false);
        for (String origin : List.of("https://a.com", "https://a.com:443", "http://a.com:3000", "http://B.com"))
            assertEquals(RESPONSE, respond(listed, with("Origin: " + origin)));
        for (String origin : List.of("http://a.com", "https://b.com", "https://a.com.evil", "http://server.example.com"))
            assertEquals("origin not allowed: not in the allowed list",
                    refused(listed, with("Origin: " + origin)).getMessage());
    }

    @Test
    void bothRulesCanHoldTogether() throws Exception {
        String own = "http://server.example.com";
        assertEquals(RESPONSE, respond(new Upgrade(true, List.of(own), false), with("Origin: " + own)));
        assertEquals("origin not allowed: not in the allowed list",
                refused(new Upgrade(true, List.of("http://b.com"), false), with("Origin: " + own)).getMessage());
    }

    @Test
    void aRequestWithoutOriginIsAccepted() throws Exception {
        assertEquals(RESPONSE, respond(new Upgrade(true, List.of("http://b.com"), true), REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.com", "://a.com", "https://", "https://a.com:port"})
    void mistakenOriginsAreNoticed(String origin) {
        assertThrows(IllegalArgumentException.class, () -> new Upgrade(false, List.of(origin), false));
    }
}
