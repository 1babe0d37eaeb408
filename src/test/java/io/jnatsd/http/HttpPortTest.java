package io.jnatsd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.log.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpPortTest {
    private static final int PLACES = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<Socket> clients = new ArrayList<>();
    private HttpPort port;

    @AfterEach
    void close() throws IOException {
        port.close();
        for (Socket client : clients)
            client.close();
    }

    private void start(Duration patience) throws IOException {
        port = new HttpPort(null, new HttpPort.Limits(PLACES, patience), HttpPortTest::echo, Log.silent());
        port.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port.serve();
    }

    private static void echo(HttpExchange exchange) throws IOException {
        String path = exchange.request().path();
        if (path.equals("/error"))
            throw new NoClassDefFoundError("no such class");
        if (!path.equals("/parts")) {
            exchange.line(200, exchange.request().method() + " " + path + " " + exchange.request().query());
            return;
        }
        exchange.begin(200, HttpExchange.UNKNOWN);
        for (String part : new String[] {"one", "", "two"})
            exchange.write(part.getBytes(StandardCharsets.US_ASCII), 0, part.length());
        exchange.end();
    }

    private Socket send(String text) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port.port());
        clients.add(client);
        client.setSoTimeout(30_000);
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return client;
    }

    /** All that comes until the server hangs up. */
    private String answer(String text) throws IOException {
        return new String(send(text).getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String request(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/varz | /varz", "//varz | /varz", "///a//b | /a/b", "/ | /", "//// | /",
        "/a?b=//c | /a b=//c", "/%76arz | /varz", "/a+b | /a+b", "http://host:1/varz?x | /varz x", "http://host | /",
        "* | *"})
    void targetsBecomePaths(String target, String expected) throws IOException {
        start(PATIENCE);
        String answer = answer(request(target));
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertEquals("GET " + expected, body(answer).strip());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"GET\\r\\n\\r\\n | 400", "GET / HTTP/2.0\\r\\n\\r\\n | 505",
        "GET /%zz HTTP/1.1\\r\\n\\r\\n | 400", "GET mailto:x HTTP/1.1\\r\\n\\r\\n | 400", "get / HTTP/1.1\\r\\n\\r\\n | 400",
        "GET / HTTP/1.1\\r\\nno colon\\r\\n\\r\\n | 400", "GET / HTTP/1.1\\r\\nA : b\\r\\n\\r\\n | 400",
        "GET / HTTP/1.1\\r\\nA: b\\r\\n folded\\r\\n\\r\\n | 400", "GET  / HTTP/1.1\\r\\n\\r\\n | 400",
        "INFO {}\\r\\n\\r\\n | 400", "\\r\\n | 400"})
    void whatIsNoRequestIsAnsweredInPlainText(String input, int status) throws IOException {
        start(PATIENCE);
        String answer = answer(input.replace("\\r\\n", "\r\n"));
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"), answer);
        assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);
        assertEquals(1, body(answer).lines().count());
    }

    @Test
    void headersHaveALimit() throws IOException {
        start(PATIENCE);
        String field = "X: " + "y".repeat(1000) + "\r\n";
        assertTrue(answer("GET / HTTP/1.1\r\nConnection: close\r\n" + field.repeat(30) + "\r\n").contains(" 200 "));
        assertTrue(answer("GET / HTTP/1.1\r\n" + field.repeat(33)).startsWith("HTTP/1.1 431 "));
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInOrder() throws IOException {
        start(PATIENCE);
        String answers = answer("GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /parts HTTP/1.1\r\n\r\n"
                + request("/4") + "GET /5 HTTP/1.1\r\n\r\n");
        assertEquals(4, answers.split("HTTP/1.1 200 OK").length - 1, answers);
        assertTrue(answers.contains("GET /1 \nHTTP/1.1") && answers.contains("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\nHTTP")
                && answers.endsWith("GET /4 \n"), answers);
        assertFalse(answers.contains("HEAD /2"), answers);
    }

    @Test
    void aClientOfHttp10FindsTheEndOfTheBodyWhereTheConnectionEnds() throws IOException {
        start(PATIENCE);
        assertEquals("onetwo", body(answer("GET /parts HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")));
        assertEquals("GET / ", body(answer("GET / HTTP/1.0\r\n\r\n")).stripTrailing() + " ");
        String kept = answer("GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
        assertTrue(kept.contains("GET /1") && kept.contains("\r\nConnection: keep-alive\r\n") && kept.contains("GET /2"),
                kept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 40000", "Content-Length: -1", "Content-Length: x",
        "Transfer-Encoding: chunked"})
    void aBodyIsNotTakenForARequest(String field) throws IOException {
        start(PATIENCE);
        Socket client = send("POST /a HTTP/1.1\r\n" + field + "\r\n\r\nGET /b HTTP/1.1\r\n\r\n" + "x".repeat(40_000));
        String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals("POST /a ", body(answer).stripTrailing() + " ");
    }

    @Test
    void aPageThatFailsCostsItsAnswerOnly() throws IOException {
        start(PATIENCE);
        String answers = answer("GET /error HTTP/1.1\r\n\r\n" + request("/next"));
        assertTrue(answers.startsWith("HTTP/1.1 500 ") && answers.contains("\r\n\r\nInternal server error\nHTTP/1.1 200 OK"),
                answers);
        assertTrue(answers.endsWith("GET /next \n"), answers);
    }

    @Test
    void aFullPortHangsUpOnTheOneThatItHasBeenWaitingForLongest() throws IOException {
        start(Duration.ofMinutes(1));
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 3 * PLACES; i++) {
            slow.add(send(i % 2 == 0 ? "" : "GET /varz HTTP/1.1\r\nX: "));
            assertEquals("GET /varz ", body(answer(request("/varz"))).stripTrailing() + " ");
        }
        assertEquals(-1, endOf(slow.getFirst()));
        for (Socket client : slow.subList(0, 2 * PLACES))
            assertEquals(-1, endOf(client));
        slow.getLast().getOutputStream().write("y\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(new String(slow.getLast().getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .contains(" 200 OK"), "the newest is still served");
    }

    @Test
    void aClientThatIsWaitedForTooLongIsHungUpOn() throws IOException {
        start(Duration.ofMillis(500));
        assertEquals(-1, endOf(send("")));
        assertEquals(-1, endOf(send("GET / HTTP/1.1\r\n")));
        Socket idle = send("GET / HTTP/1.1\r\n\r\n");
        assertTrue(new String(idle.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).endsWith("GET / \n"));
    }

    /** The last byte before the server hangs up, by an end or by a reset. */
    private static int endOf(Socket client) throws IOException {
        try {
            return client.getInputStream().read();
        } catch (SocketException e) {
            return -1;
        }
    }
}
