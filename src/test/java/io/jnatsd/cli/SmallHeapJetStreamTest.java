package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * JetStream in a small heap: who asks for too much is refused, and a client of another stream is served all the time.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Isolated("a server in a process of its own is kept busy")
class SmallHeapJetStreamTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String LISTEN = "CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB i.> 1\r\n";
    private static final String INSUFFICIENT = "\"err_code\":10023";

    private ServerProcess server;
    private Connection nats;

    /** The stream A is filled, the stream V belongs to somebody else. */
    @BeforeEach
    void start() throws Exception {
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-js");
        command.add(1, "-Xmx64m");
        server = ServerProcess.launch(command);
        nats = Nats.connect("nats://127.0.0.1:" + server.port());
        for (String name : new String[] {"A", "V"})
            assertTrue(ask("$JS.API.STREAM.CREATE." + name, "{'name':'" + name + "','subjects':['" + name
                    + ".>'],'storage':'memory'}").contains("did_create"));
        consumer("V", "'durable_name':'v','ack_policy':'explicit'");
        assertVictimIsServed();
    }

    @AfterEach
    void stop() throws Exception {
        try {
            assertTrue(server.isAlive(), server::err);
            assertFalse(server.err().contains("OutOfMemory"), server::err);
        } finally {
            nats.close();
            server.close();
        }
    }

    private String ask(String subject, String body) throws Exception {
        Message answer = nats.request(subject, body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), SOON);
        return answer == null ? "no answer" : new String(answer.getData(), StandardCharsets.UTF_8);
    }

    private String consumer(String stream, String config) throws Exception {
        String name = config.replaceAll(".*'durable_name':'(\\w+)'.*", "$1");
        return ask("$JS.API.CONSUMER.DURABLE.CREATE." + stream + "." + name, "{'stream_name':'" + stream + "','config':{" + config + "}}");
    }

    /** Publishes, and consumes what was published. */
    private void assertVictimIsServed() throws Exception {
        assertTrue(ask("V.x", "hello").contains("\"seq\""));
        assertVictimConsumes();
    }

    private void assertVictimConsumes() throws Exception {
        Subscription inbox = nats.subscribe(nats.createInbox());
        nats.publish("$JS.API.CONSUMER.MSG.NEXT.V.v", inbox.getSubject(), new byte[0]);
        Message m = inbox.nextMessage(SOON);
        inbox.unsubscribe();
        assertEquals("hello", new String(m.getData(), StandardCharsets.US_ASCII));
        assertEquals(0, nats.request(m.getReplyTo(), new byte[0], SOON).getData().length);
    }

    /** Sends lines in batches, and returns when the server has read them; what comes is skipped until then. */
    private void flood(int times, String lines) throws Exception {
        try (RawClient client = RawClient.quiet(server.port())) {
            client.socket().setSoTimeout((int) SOON.toMillis());
            for (int i = 0; i < times; i += 100)
                client.send(lines.repeat(100));
            client.send("PING\r\n").expect("(?s).*PONG\r\n");
        }
    }

    @Test
    void messagesBeyondTheLimitAreRefusedAndConsumersGoOn() throws Exception {
        nats.publish("V.x", "hello".getBytes(StandardCharsets.US_ASCII));
        nats.flush(SOON);
        flood(4000, "PUB A.x 16384\r\n" + "x".repeat(16384) + "\r\n");
        assertTrue(ask("A.x", "x".repeat(100_000)).contains(INSUFFICIENT));
        assertVictimConsumes();
        assertTrue(ask("$JS.API.STREAM.PURGE.A", "").contains("\"success\":true"));
        assertTrue(ask("A.x", "x".repeat(100_000)).contains("\"seq\""));
        flood(400_000, "PUB A.x 0\r\n\r\n");
        assertVictimIsServedUnlessFull();
    }

    private void assertVictimIsServedUnlessFull() throws Exception {
        if (!ask("V.x", "hello").contains(INSUFFICIENT))
            assertVictimConsumes();
    }

    @Test
    void consumersAreRefusedWhenMemoryIsLowAndTheOthersGoOn() throws Exception {
        String refused = "";
        int count = 0;
        for (; !refused.contains("error"); count++)
            refused = consumer("A", "'durable_name':'c" + count + "','ack_policy':'explicit','description':'" + "d".repeat(4000) + "'");
        assertTrue(refused.contains(INSUFFICIENT), refused);
        assertTrue(count > 50, "consumers: " + count);
        assertVictimIsServed();
        assertTrue(ask("$JS.API.CONSUMER.DELETE.A.c1", "").contains("true"));
        assertFalse(consumer("A", "'durable_name':'again'").contains("error"));
        String many = ",1".repeat(200_000).substring(1);
        assertTrue(consumer("A", "'durable_name':'b','ack_policy':'explicit','backoff':[" + many + "]").contains(INSUFFICIENT));
        assertVictimIsServed();
    }

    @Test
    void whoNeverAcknowledgesGetsNoMoreMessages() throws Exception {
        flood(100_000, "PUB A.x 0\r\n\r\n");
        consumer("A", "'durable_name':'c','ack_policy':'explicit','max_ack_pending':-1,'deliver_subject':'d'");
        try (RawClient client = RawClient.quiet(server.port())) {
            client.send("SUB d 1\r\n");
            for (int i = 0; i < 1000; i++)
                client.expect("MSG A\\.x 1 \\S+ 0\r\n\r\n");
            assertVictimIsServed();
        }
        assertVictimIsServed();
    }

    @Test
    void pullsOfAClientThatDoesNotReadAreBounded() throws Exception {
        consumer("A", "'durable_name':'c','ack_policy':'explicit','max_waiting':1000000");
        try (RawClient client = RawClient.stuck(server.port(), LISTEN)) {
            String pull = "PUB $JS.API.CONSUMER.MSG.NEXT.A.c i.0 41\r\n{\"batch\":1000000,\"expires\":600000000000}\r\n";
            for (int i = 0; i < 1000; i++)
                send(client, pull.repeat(100));
            assertVictimIsServed();
            flood(50_000, "PUB A.x 100\r\n" + "x".repeat(100) + "\r\n");
            assertVictimIsServed();
        }
    }

    @Test
    void answersForAClientThatDoesNotReadAreBounded() throws Exception {
        try (RawClient client = RawClient.stuck(server.port(), LISTEN)) {
            for (int i = 0; i < 300; i++)
                send(client, "PUB $JS.API.STREAM.INFO.A i.0 0\r\n\r\n".repeat(100));
            assertVictimIsServed();
        }
    }

    /** The server may close the connection, since the client does not read. */
    private static void send(RawClient client, String lines) {
        try {
            client.send(lines);
        } catch (IOException e) {
            // What was sent before is enough.
        }
    }

    @Test
    void absurdRequestsAreRefused() throws Exception {
        for (String body : new String[] {"[".repeat(900_000), "{\"a\":".repeat(150_000), "{'name':'A','x':" + "[".repeat(800_000), "{\"a"})
            for (String endpoint : new String[] {"STREAM.CREATE.X", "STREAM.UPDATE.A", "STREAM.PURGE.A", "STREAM.MSG.GET.A",
                    "CONSUMER.CREATE.A", "STREAM.NAMES"})
                assertRefused(endpoint, body);
        for (String absurd : new String[] {"'metadata':{'k':'" + "v".repeat(900_000) + "'}", "'description':'" + "n".repeat(900_000) + "'",
                "'max_msgs':1e999", "'max_age':99999999999999999999", "'max_msgs':'5'", "'max_bytes':NaN", "'subjects':{}"})
            assertRefused("STREAM.CREATE.X", "{'name':'X'," + absurd + "}");
        assertRefused("STREAM.CREATE.X", "{'name':'" + "n".repeat(900_000) + "'}");
        StringBuilder subjects = new StringBuilder();
        for (int i = 0; i < 60_000; i++)
            subjects.append(",'x.").append(i).append("'");
        assertTrue(ask("$JS.API.STREAM.CREATE.X", "{'name':'X','subjects':[" + subjects.substring(1) + "]}").contains("\"err_code\":10028"));
        subjects.setLength(0);
        for (int i = 0; i < 1000; i++)
            subjects.append(",'x.").append(i).append("'");
        assertTrue(ask("$JS.API.STREAM.CREATE.X", "{'name':'X','subjects':[" + subjects.substring(1) + "]}").contains("did_create"));
        assertTrue(consumer("X", "'durable_name':'c','filter_subjects':[" + subjects.substring(1) + "]").contains("\"name\":\"c\""));
        assertVictimIsServed();
    }

    private void assertRefused(String endpoint, String body) throws Exception {
        assertTrue(ask("$JS.API." + endpoint, body).contains("error"), endpoint + " " + body.substring(0, Math.min(body.length(), 30)));
    }
}
