package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators see of streams and consumers. */
@Timeout(60)
class JetStreamMonitorTest {
    /** Limits for a busy machine. */
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(30)).build();
    private static final Duration SOON = Duration.ofSeconds(20);

    private NatsServer server;
    private Connection nats;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.builder().name("first").jetStream(100_000_000).monitoring().start();
        nats = Nats.connect(server.url());
    }

    @AfterEach
    void stop() throws Exception {
        nats.close();
        server.close();
    }

    private static String get(NatsServer server, String page) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(server.monitorUrl() + page)).build(), BodyHandlers.ofString()).body();
        }
    }

    private static JsonObject json(NatsServer server, String page) throws Exception {
        return JsonParser.parseString(get(server, page)).getAsJsonObject();
    }

    private JsonObject account(String parameters) throws Exception {
        return json(server, "/jsz?" + parameters).getAsJsonArray("account_details").get(0).getAsJsonObject();
    }

    private void stream(String name, int messages, int size) throws Exception {
        JetStreamManagement management = nats.jetStreamManagement(PATIENT);
        management.addStream(StreamConfiguration.builder().name(name).subjects(name + ".*").storageType(StorageType.Memory).build());
        for (int i = 0; i < messages; i++)
            nats.jetStream(PATIENT).publish(name + ".a", new byte[size]);
    }

    private void consumer(ConsumerConfiguration.Builder config) throws Exception {
        nats.jetStreamManagement(PATIENT).addOrUpdateConsumer("S", config.build());
    }

    private JsonObject shown(String consumer) throws Exception {
        for (JsonElement each : account("stream=S&consumers=1").getAsJsonArray("stream_detail").get(0).getAsJsonObject()
                .getAsJsonArray("consumer_detail"))
            if (each.getAsJsonObject().get("name").getAsString().equals(consumer))
                return each.getAsJsonObject();
        throw new AssertionError("no consumer " + consumer);
    }

    private String state(String consumer) throws Exception {
        return shown(consumer).get("delivery_state").getAsString();
    }

    @Test
    void aPullConsumerSaysWhatItWaitsFor() throws Exception {
        stream("S", 0, 0);
        consumer(ConsumerConfiguration.builder().durable("C").maxAckPending(2));
        assertEquals("nothing to deliver", state("C"));
        for (int i = 0; i < 3; i++)
            nats.jetStream(PATIENT).publish("S.a", new byte[1]);
        assertEquals("no pull request", state("C"));
        assertFalse(shown("C").has("delivery_resumes_in"));
        var context = nats.getConsumerContext("S", "C", PATIENT);
        context.next(SOON).ackSync(SOON);
        context.next(SOON);
        assertEquals("no pull request", state("C"));
        context.next(SOON);
        assertEquals("redelivery", state("C"));
        long left = shown("C").get("delivery_resumes_in").getAsLong();
        assertTrue(left > 0 && left <= Duration.ofSeconds(30).toNanos(), () -> left + " ns");
        nats.jetStream(PATIENT).publish("S.a", new byte[1]);
        assertEquals("max ack pending reached", state("C"));
    }

    @Test
    void aPushConsumerSaysWhatItWaitsFor() throws Exception {
        stream("S", 4, 800_000);
        consumer(ConsumerConfiguration.builder().durable("nobody").deliverSubject("d.nobody"));
        assertEquals("no interest", state("nobody"));
        Subscription slow = nats.subscribe("d.slow"), silent = nats.subscribe("d.silent"), all = nats.subscribe("d.all");
        nats.flush(SOON);
        consumer(ConsumerConfiguration.builder().durable("slow").deliverSubject("d.slow").rateLimit(8));
        consumer(ConsumerConfiguration.builder().durable("silent").deliverSubject("d.silent").flowControl(Duration.ofSeconds(9)));
        consumer(ConsumerConfiguration.builder().durable("all").deliverSubject("d.all").ackWait(Duration.ofHours(1)));
        slow.nextMessage(SOON);
        for (int i = 0; i < 3; i++)
            silent.nextMessage(SOON);
        for (int i = 0; i < 4; i++)
            all.nextMessage(SOON);
        assertEquals("rate limit", state("slow"));
        assertTrue(shown("slow").get("delivery_resumes_in").getAsLong() > 0);
        assertEquals("paused by flow control", state("silent"));
        assertEquals("redelivery", state("all"));
        String states = account("stream=S&consumers=1").getAsJsonArray("stream_detail").get(0).getAsJsonObject()
                .get("consumer_states").toString();
        assertEquals("{\"no interest\":1,\"paused by flow control\":1,\"rate limit\":1,\"redelivery\":1}", states);
    }

    @Test
    void pagesShowStreamsAndConsumers() throws Exception {
        nats.jetStreamManagement(PATIENT).addStream(StreamConfiguration.builder().name("S").subjects("s.*").maxBytes(1000)
                .storageType(StorageType.Memory).build());
        for (int i = 0; i < 3; i++)
            nats.jetStream(PATIENT).publish("s.a", new byte[10]);
        consumer(ConsumerConfiguration.builder().durable("C"));
        JsonObject brief = json(server, "/jsz");
        assertEquals("1 1 3 87 1000", brief.get("streams") + " " + brief.get("consumers") + " " + brief.get("messages") + " "
                + brief.get("bytes") + " " + brief.get("reserved_memory"));
        assertFalse(brief.has("account_details"));
        JsonObject stream = account("consumers=true&config=true").getAsJsonArray("stream_detail").get(0).getAsJsonObject();
        assertEquals("S", stream.get("name").getAsString());
        assertEquals(3, stream.getAsJsonObject("state").get("messages").getAsInt());
        JsonObject consumer = stream.getAsJsonArray("consumer_detail").get(0).getAsJsonObject();
        assertEquals(3, consumer.get("num_pending").getAsInt());
        assertEquals("C", consumer.getAsJsonObject("config").get("durable_name").getAsString());
        JsonObject varz = json(server, "/varz");
        assertEquals("2.10.29", varz.get("version").getAsString());
        assertEquals(100_000_000, varz.getAsJsonObject("jetstream").getAsJsonObject("config").get("max_memory").getAsInt());
    }

    @Test
    void streamsAreSortedFilteredAndPaged() throws Exception {
        stream("A", 1, 9);
        stream("B", 3, 1);
        stream("S", 2, 90);
        consumer(ConsumerConfiguration.builder().durable("x"));
        consumer(ConsumerConfiguration.builder().durable("y"));
        consumer(ConsumerConfiguration.builder().durable("z"));
        assertEquals("A B S of 3", names("streams=1"));
        assertEquals("B S A of 3", names("streams=1&sort=messages"));
        assertEquals("S A B of 3", names("streams=1&sort=consumers"));
        assertEquals("S B A of 3", names("streams=1&sort=bytes"));
        assertEquals("S of 3", names("streams=1&sort=bytes&stream_limit=1"));
        assertEquals("B A of 3", names("streams=1&sort=bytes&stream_offset=1"));
        assertEquals("B of 1", names("streams=1&filter=b."));
        assertEquals(" of 3", names("streams=1&stream_offset=4"));
        assertEquals(" of 0", names("stream=other"));
        JsonObject stream = account("stream=S&consumers=1&consumer_offset=1&consumer_limit=1").getAsJsonArray("stream_detail").get(0)
                .getAsJsonObject();
        assertEquals(1, stream.getAsJsonArray("consumer_detail").size());
        assertEquals("y", stream.getAsJsonArray("consumer_detail").get(0).getAsJsonObject().get("name").getAsString());
        assertEquals("{\"count\":2,\"num_ack_pending\":0,\"num_redelivered\":0,\"num_waiting\":0,\"num_pending\":4}",
                stream.get("other_consumers").toString());
        assertTrue(get(server, "/jsz?streams=1&sort=size").startsWith("Invalid sort: size (allowed: name, messages, bytes,"));
    }

    @Test
    void aProbeMayAskForAStreamAndAConsumer() throws Exception {
        stream("S", 0, 0);
        consumer(ConsumerConfiguration.builder().durable("C"));
        for (String well : new String[] {"", "?js-enabled-only=1", "?js-enabled=true", "?js-server-only=1", "?details=1", "?account=$G",
                "?account=$G&stream=S", "?account=$G&stream=S&consumer=C", "?account=$G&stream=other&js-server-only=1"})
            assertEquals("{\"status\":\"ok\"}", get(server, "/healthz" + well), well);
        assertEquals(400, status("/healthz?stream=S"));
        assertEquals("{\"status\":\"error\",\"error\":\"\\\"account\\\" must not be empty when checking stream health\"}",
                get(server, "/healthz?stream=S"));
        assertEquals("{\"status\":\"error\",\"error\":\"\\\"stream\\\" must not be empty when checking consumer health\"}",
                get(server, "/healthz?account=$G&consumer=C"));
        assertEquals(404, status("/healthz?account=$G&stream=other"));
        assertEquals("{\"status\":\"unavailable\",\"error\":\"JetStream account \\\"A\\\" not found\"}", get(server, "/healthz?account=A"));
        assertEquals("{\"status\":\"unavailable\",\"error\":\"JetStream stream \\\"x\\\" not found on account \\\"$G\\\"\"}",
                get(server, "/healthz?account=$G&stream=x"));
        assertEquals("{\"status\":\"error\",\"errors\":[{\"type\":\"CONSUMER\",\"account\":\"$G\",\"stream\":\"S\",\"consumer\":\"x\","
                + "\"error\":\"JetStream consumer \\\"x\\\" not found for stream \\\"S\\\" on account \\\"$G\\\"\"}]}",
                get(server, "/healthz?account=$G&stream=S&consumer=x&details=1"));
    }

    private int status(String page) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(server.monitorUrl() + page)).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void thePartsOfAPageAreThoseOfNatsServer() throws Exception {
        stream("S", 3, 10);
        consumer(ConsumerConfiguration.builder().durable("C"));
        assertEquals("server_id now config memory storage reserved_memory reserved_storage accounts ha_assets api streams consumers"
                + " messages bytes", keys(json(server, "/jsz")));
        for (String none : new String[] {"config=1", "leader-only=1", "raft=1", "acc=other&streams=1", "accounts=1&offset=1",
                "streams=1&offset=7&limit=1"})
            assertFalse(json(server, "/jsz?" + none).has("account_details"), none);
        for (String brief : new String[] {"accounts=1", "accounts=1&limit=1&leader-only=1", "acc=$G", "acc=$G&offset=5"})
            assertEquals("name id memory storage reserved_memory reserved_storage accounts ha_assets api", keys(account(brief)), brief);
        JsonObject stream = account("consumers=1&config=1&limit=0").getAsJsonArray("stream_detail").get(0).getAsJsonObject();
        assertEquals("name created cluster config state consumer_detail consumer_states", keys(stream));
        assertEquals("messages bytes first_seq first_ts last_seq last_ts num_subjects consumer_count",
                keys(stream.getAsJsonObject("state")));
        assertEquals("{\"leader\":\"first\"}", stream.get("cluster").toString());
        JsonObject consumer = stream.getAsJsonArray("consumer_detail").get(0).getAsJsonObject();
        assertEquals("stream_name name created config delivered ack_floor num_ack_pending num_redelivered num_waiting num_pending",
                keys(consumer).replace(" cluster", "").replace(" ts", "").replace(" delivery_state", ""));
        assertFalse(account("streams=1").getAsJsonArray("stream_detail").get(0).getAsJsonObject().has("consumer_detail"));
        assertEquals("config stats", keys(json(server, "/varz").getAsJsonObject("jetstream")));
    }

    private static String keys(JsonObject object) {
        return String.join(" ", object.keySet());
    }

    private String names(String parameters) throws Exception {
        JsonObject account = account(parameters);
        StringBuilder names = new StringBuilder();
        if (account.has("stream_detail"))
            for (JsonElement each : account.getAsJsonArray("stream_detail"))
                names.append(names.isEmpty() ? "" : " ").append(each.getAsJsonObject().get("name").getAsString());
        return names + " of " + account.get("stream_total");
    }

    @Test
    void withoutJetStreamThePageSaysSo() throws Exception {
        try (NatsServer server = NatsServer.builder().monitoring().start()) {
            assertTrue(json(server, "/jsz").get("disabled").getAsBoolean());
            assertEquals("{}", json(server, "/varz").get("jetstream").toString());
        }
    }
}
