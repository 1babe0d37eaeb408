package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for single messages that are answered with the message itself. */
class DirectGetTest {
    private static NatsServer server;
    private static Connection nats;
    /** The time of the second of four messages: a, b, a, b. */
    private static String second;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.builder().jetStream().start();
        nats = Nats.connect(server.url());
        request("$JS.API.STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":[\"s.*\"],\"storage\":\"memory\",\"allow_direct\":true}");
        for (String subject : new String[] {"s.a", "s.b", "s.a", "s.b"})
            request(subject, "");
        second = get("{\"seq\":2}").getHeaders().getFirst("Nats-Time-Stamp");
    }

    @AfterAll
    static void stop() throws Exception {
        nats.close();
        server.close();
    }

    private static Message request(String subject, String body) throws Exception {
        return nats.request(subject, body.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(30));
    }

    private static Message get(String body) throws Exception {
        return request("$JS.API.DIRECT.GET.S", body);
    }

    /** The sequence of the answer, or its status. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'seq':3} | 3
            {'seq':9} | 404 Message Not Found
            {'last_by_subj':'s.a'} | 3
            {'last_by_subj':'s.*'} | 4
            {'next_by_subj':'s.b'} | 2
            {'next_by_subj':'s.b','seq':3} | 4
            {'last_by_subj':'s.'} | 404 Message Not Found
            {'next_by_subj':'s..a'} | 404 Message Not Found
            {'start_time':'TIME'} | 2
            {'start_time':'TIME','next_by_subj':'s.a'} | 3
            {'start_time':'2020-01-01T00:00:00+01:00'} | 1
            {'start_time':'9999-01-01T00:00:00Z'} | 404 Message Not Found
            {'start_time':'TIME','seq':1} | 408 Bad Request
            {'start_time':'TIME','last_by_subj':'s.a'} | 408 Bad Request
            {'start_time':'yesterday'} | 408 Malformed Request
            {'seq':1,'last_by_subj':'s.a'} | 408 Bad Request
            {'seq':1 | 408 Malformed Request
            null | 408 Empty Request
            {} | 408 Empty Request
            """)
    void aMessageIsFoundBySequenceSubjectOrTime(String body, String expected) throws Exception {
        Message answer = get(body.replace('\'', '"').replace("TIME", second));
        assertEquals(expected, answer.isStatusMessage() ? answer.getStatus().getCode() + " " + answer.getStatus().getMessage()
                : answer.getHeaders().getFirst("Nats-Sequence"));
    }
}
