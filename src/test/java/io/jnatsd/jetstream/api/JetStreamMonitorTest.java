package io.jnatsd.jetstream.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** What operators see of streams and consumers. */
class JetStreamMonitorTest {
    private static String get(NatsServer server, String page) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(server.monitorUrl() + page)).build(), BodyHandlers.ofString()).body();
        }
    }

    private static JsonObject json(NatsServer server, String page) throws Exception {
        return JsonParser.parseString(get(server, page)).getAsJsonObject();
    }

    @Test
    void pagesAndMetricsShowStreamsAndConsumers() throws Exception {
        try (NatsServer server = NatsServer.builder().jetStream(10_000_000).monitoring().start();
                Connection nats = Nats.connect(server.url())) {
            nats.jetStreamManagement().addStream(StreamConfiguration.builder().name("S").subjects("s.*").maxBytes(1000)
                    .storageType(StorageType.Memory).build());
            for (int i = 0; i < 3; i++)
                nats.jetStream().publish("s.a", new byte[10]);
            nats.jetStreamManagement().addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable("C").build());
            JsonObject brief = json(server, "/jsz");
            assertEquals("1 1 3 87 1000", brief.get("streams") + " " + brief.get("consumers") + " " + brief.get("messages") + " "
                    + brief.get("bytes") + " " + brief.get("reserved_memory"));
            assertFalse(brief.has("account_details"));
            JsonObject account = json(server, "/jsz?consumers=true&config=true").getAsJsonArray("account_details").get(0).getAsJsonObject();
            JsonObject stream = account.getAsJsonArray("stream_detail").get(0).getAsJsonObject();
            assertEquals("S", stream.get("name").getAsString());
            assertEquals(3, stream.getAsJsonObject("state").get("messages").getAsInt());
            JsonObject consumer = stream.getAsJsonArray("consumer_detail").get(0).getAsJsonObject();
            assertEquals(3, consumer.get("num_pending").getAsInt());
            assertEquals("C", consumer.getAsJsonObject("config").get("durable_name").getAsString());
            JsonObject varz = json(server, "/varz");
            assertEquals("2.10.29", varz.get("version").getAsString());
            assertEquals(10_000_000, varz.getAsJsonObject("jetstream").getAsJsonObject("config").get("max_memory").getAsInt());
            String metrics = get(server, "/metrics");
            assertTrue(metrics.contains("stream=\"S\"") && metrics.contains("jnatsd_consumer_num_pending"), metrics);
        }
    }

    @Test
    void withoutJetStreamThePageSaysSo() throws Exception {
        try (NatsServer server = NatsServer.builder().monitoring().start()) {
            assertTrue(json(server, "/jsz").get("disabled").getAsBoolean());
            assertEquals("{}", json(server, "/varz").get("jetstream").toString());
        }
    }
}
