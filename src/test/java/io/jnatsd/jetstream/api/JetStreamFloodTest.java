package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServer;
import io.jnatsd.server.RawClient;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send more than JetStream can handle, or that have answers sent where they should not go. */
@Timeout(120)
class JetStreamFloodTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int FLOOD = 60_000;
    /** What is answered is longer than what is published, so that answers could fill what waits for a stream. */
    private static final String LONG = "x".repeat(200);

    private NatsServer server;
    private Connection nats;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.builder().jetStream(256 * 1024 * 1024).start();
        nats = Nats.connect(server.url());
        for (String name : new String[] {"S", "T"})
            assertTrue(ask("$JS.API.STREAM.CREATE." + name, "{\"name\":\"" + name + "\",\"subjects\":[\"" + name
                    + ".>\"],\"storage\":\"memory\"}").contains("did_create"));
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        server.close();
    }

    private String ask(String subject, String body) throws Exception {
        Message answer = nats.request(subject, body.getBytes(StandardCharsets.UTF_8), SOON);
        return answer == null ? "no answer" : new String(answer.getData(), StandardCharsets.UTF_8);
    }

    /** Sends the same lines again and again, and returns when the server has read them. */
    private void flood(int times, String... lines) throws Exception {
        try (RawClient client = RawClient.quiet(server.port())) {
            client.socket().setSoTimeout((int) SOON.toMillis());
            String all = String.join("", lines);
            int batch = 1000;
            for (int i = 0; i < times; i += batch)
                client.send(all.repeat(batch));
            client.send("PING\r\n").expect("(?s).*PONG\r\n");
        }
    }

    private void assertWorks() throws Exception {
        for (String name : new String[] {"S", "T"}) {
            assertTrue(ask("$JS.API.STREAM.INFO." + name, "").contains("state"));
            assertTrue(ask(name + ".last", "x").contains("\"seq\""));
        }
    }

    @Test
    void answersThatAStreamStoresItselfDoNotStopIt() throws Exception {
        flood(FLOOD, "PUB S.a S." + LONG + " 1\r\nx\r\n");
        assertWorks();
    }

    @Test
    void answersThatTwoStreamsStoreOfEachOtherDoNotStopThem() throws Exception {
        flood(FLOOD, "PUB S.a T." + LONG + " 1\r\nx\r\n", "PUB T.a S." + LONG + " 1\r\nx\r\n");
        assertWorks();
    }

    @Test
    void answersThatAreRequestsThemselvesDoNotStopTheApi() throws Exception {
        flood(FLOOD / 30, "PUB S.a $JS.API.STREAM.INFO.T 1\r\nx\r\n", "PUB $JS.API.STREAM.INFO.S S.info 0\r\n\r\n",
                "PUB $JS.API.STREAM.INFO.T $JS.API.STREAM.INFO.S 0\r\n\r\n");
        assertWorks();
    }

    @Test
    void everyMessageOfAFloodIsStored() throws Exception {
        flood(FLOOD, "PUB S.a 10\r\n0123456789\r\n");
        assertEquals("{\"stream\":\"S\", \"seq\":" + (FLOOD + 1) + "}", ask("S.b", ""));
    }

    /** Each pair finds the stream in any state: not there, being created, there, being deleted. */
    @Test
    void requestsToStreamsThatComeAndGoAreAnsweredOnce() throws Exception {
        int rounds = 200, each = 6;
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < rounds; i++) {
            String get = "PUB $JS.API.DIRECT.GET.N" + i + ".n i.%d 0\r\n\r\n", pull = "PUB $JS.API.CONSUMER.MSG.NEXT.N" + i + ".c i.%d 0\r\n\r\n";
            String config = "{\"name\":\"N" + i + "\",\"storage\":\"memory\",\"allow_direct\":true}";
            String lines = "PUB $JS.API.STREAM.CREATE.N" + i + " i.%d " + config.length() + "\r\n" + config + "\r\n" + get + pull
                    + "PUB $JS.API.STREAM.DELETE.N" + i + " i.%d 0\r\n\r\n" + get + pull;
            all.append(String.format(lines, each * i, each * i + 1, each * i + 2, each * i + 3, each * i + 4, each * i + 5));
        }
        Set<String> answered = new HashSet<>();
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB i.* 1\r\n" + all);
            for (int i = 0; i < rounds * each; i++) {
                Matcher line = client.expect("H?MSG (\\S+) 1 (?:\\d+ )?(\\d+)\r\n");
                client.skip(Integer.parseInt(line.group(2)) + 2);
                assertTrue(answered.add(line.group(1)), line.group(1) + " was answered twice");
            }
            client.expectNothing();
        }
    }

    @Test
    void farTimesNeverCome() throws Exception {
        String never = String.valueOf(Long.MAX_VALUE);
        assertTrue(ask("$JS.API.CONSUMER.DURABLE.CREATE.S.c", "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":"
                + "\"explicit\",\"ack_wait\":" + never + "}}").contains("created"));
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB i 1\r\n");
            pull(client, "{\"expires\":" + never + ",\"idle_heartbeat\":" + never + "}");
            client.expect("HMSG i 1 \\d+ \\d+\r\nNATS/1.0 400 Bad Request - heartbeat value too large\r\n\r\n\r\n");
            pull(client, "{\"batch\":2,\"expires\":" + never + ",\"idle_heartbeat\":" + Long.MAX_VALUE / 2 + "}");
            client.roundTrip().expectNothing();
            client.send("PUB S.a 0\r\n\r\n");
            String ack = client.expect("MSG S\\.a 1 (\\S+) 0\r\n\r\n").group(1), nak = "-NAK {\"delay\":" + never + "}";
            client.send("PUB " + ack + " " + nak.length() + "\r\n" + nak + "\r\n").roundTrip().expectNothing();
        }
    }

    @Test
    void aDelayThatIsNoNumberIsNone() throws Exception {
        ask("$JS.API.CONSUMER.DURABLE.CREATE.S.c", "{\"stream_name\":\"S\",\"config\":{\"durable_name\":\"c\",\"ack_policy\":"
                + "\"explicit\"}}");
        try (RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"verbose\":false}\r\nSUB i 1\r\nPUB S.a 0\r\n\r\n");
            for (String delay : new String[] {"null", "{}", "[]", "[null]", "true", "\"x\"", "1e999999999"}) {
                pull(client, "");
                String ack = client.expect("MSG S\\.a 1 (\\S+) 0\r\n\r\n").group(1), nak = "-NAK {\"delay\":" + delay + "}";
                client.send("PUB " + ack + " " + nak.length() + "\r\n" + nak + "\r\n");
            }
            pull(client, "");
            client.expect("MSG S\\.a 1 (\\S+) 0\r\n\r\n");
        }
    }

    @Test
    void farSequencesNeverCome() throws Exception {
        for (String far : new String[] {"18446744073709551615", "9223372036854775808", "9223372036854775807", "4611686018427387904"}) {
            String created = ask("$JS.API.STREAM.CREATE.F", "{\"name\":\"F\",\"storage\":\"memory\",\"first_seq\":" + far + "}");
            assertTrue(created.contains("first sequence is too high, maximum allowed is 4611686018427387903"), created);
            String consumer = ask("$JS.API.CONSUMER.CREATE.S", "{\"stream_name\":\"S\",\"config\":{\"deliver_policy\":\"by_start_sequence\","
                    + "\"opt_start_seq\":" + far + "}}");
            assertTrue(consumer.contains("\"num_pending\":0"), consumer);
        }
        String highest = "4611686018427387903";
        ask("$JS.API.STREAM.CREATE.F", "{\"name\":\"F\",\"storage\":\"memory\",\"first_seq\":" + highest + "}");
        assertTrue(ask("F", "x").contains("\"seq\":" + highest));
        assertTrue(ask("$JS.API.STREAM.PURGE.F", "").contains("\"purged\":1"));
        assertWorks();
    }

    private static void pull(RawClient client, String body) throws Exception {
        client.send("PUB $JS.API.CONSUMER.MSG.NEXT.S.c i " + body.length() + "\r\n" + body + "\r\n");
    }
}
