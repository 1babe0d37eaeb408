package io.jnatsd.jetstream.api;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams keep and deliver whatever a client sends as headers, which no server checks. */
@Timeout(60)
class StrangeHeadersTest {
    private TestServer server;
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        server = TestServer.start(o -> o.jetStream = true);
        client = RawClient.connect(server.port());
        client.send("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB inbox.> 1\r\nSUB copies.> 2\r\n").roundTrip();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    private void request(String subject, String body, String answer) throws IOException {
        client.send("PUB " + subject + " inbox.r " + body.length() + "\r\n" + body + "\r\n");
        client.expect("MSG inbox\\.r 1 \\d+\r\n[^\r]*" + answer + "[^\r]*\r\n");
    }

    private void publish(String headers, String payload, String answer) throws IOException {
        int length = headers.length();
        client.send("HPUB s.a inbox.r " + length + " " + (length + payload.length()) + "\r\n" + headers + payload + "\r\n");
        client.expect(answer);
    }

    private static String message(String subject, String sid, String reply, String headers, String payload) {
        int length = headers.length();
        String sizes = length == 0 ? " " + payload.length() : " " + length + " " + (length + payload.length());
        return (length == 0 ? "MSG " : "HMSG ") + subject + " " + sid + reply + sizes + "\r\n" + Pattern.quote(headers + payload)
                + "\r\n";
    }

    private static String withSize(String headers) {
        String lines = headers.isEmpty() ? "NATS/1.0\r\n" : headers;
        if (lines.endsWith("\r\n\r\n"))
            lines = lines.substring(0, lines.length() - 2);
        else if (!lines.endsWith("\r\n"))
            lines += "\r\n";
        return lines + "Nats-Msg-Size: 2\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "\r\n", "junk", "NATS/1.0\r\n", "NATS/1.0\r\n\r\n", "NATS/1.0\r\nA: b\r\n\r\n",
        "NATS/1.0 503 No\r\n\r\n"})
    void strangeHeadersAreDeliveredAsTheyCame(String headers) throws Exception {
        request("$JS.API.STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.*\"],\"storage\":\"memory\"}", "\"did_create\":true");
        for (String name : new String[] {"plain", "sized"})
            request("$JS.API.CONSUMER.DURABLE.CREATE.S." + name, "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"" + name
                    + "\",\"ack_policy\":\"explicit\",\"headers_only\":" + name.equals("sized") + "}}", "\"num_pending\":0");
        publish(headers, "hi", "MSG inbox\\.r 1 \\d+\r\n.*\"seq\":1.*\r\n");
        client.send("PUB $JS.API.CONSUMER.MSG.NEXT.S.plain inbox.m 0\r\n\r\n");
        client.expect(message("s\\.a", "1", " [^ ]+", headers, "hi"));
        client.send("PUB $JS.API.CONSUMER.MSG.NEXT.S.sized inbox.m 0\r\n\r\n");
        client.expect(message("s\\.a", "1", " [^ ]+", withSize(headers), ""));
        request("$JS.API.STREAM.MSG.GET.S", "{\"seq\":1}", "\"data\":\"aGk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "NATS/1.0\r\nA: b\r\n"})
    void strangeHeadersAreRepublishedWithThoseOfTheServer(String headers) throws Exception {
        request("$JS.API.STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.*\"],\"storage\":\"memory\","
                + "\"republish\":{\"src\":\">\",\"dest\":\"copies.>\"}}", "\"did_create\":true");
        String start = headers.isEmpty() ? "NATS/1.0\r\n" : headers.endsWith("\r\n") ? headers : headers + "\r\n";
        publish(headers, "hi", "HMSG copies\\.s\\.a 2 \\d+ \\d+\r\n" + Pattern.quote(start) + "Nats-Stream: S\r\n");
        client.expect("Nats-Subject: s\\.a\r\n.*Nats-Last-Sequence: 0\r\n\r\nhi\r\n");
    }
}
