package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jnatsd.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The metrics of streams and consumers. The parser rejects everything that the format of Prometheus does not allow. */
@Timeout(60)
class JetStreamMetricsTest {
    /** Limits for a busy machine. */
    private static final JetStreamOptions PATIENT = JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(30)).build();
    private static PrometheusParser metrics(NatsServer server) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return PrometheusParser.parse(http.send(HttpRequest.newBuilder(URI.create(server.monitorUrl() + "/metrics")).build(),
                    BodyHandlers.ofString()).body());
        }
    }

    private static void stream(JetStreamManagement management, String name) throws Exception {
        management.addStream(StreamConfiguration.builder().name(name).subjects(name + ".>").storageType(StorageType.Memory).build());
    }

    /** Returns the value of the one sample that has these labels and others. */
    private static double value(PrometheusParser metrics, String name, Map<String, String> labels) {
        List<PrometheusParser.Sample> found = samples(metrics, name, labels);
        assertEquals(1, found.size(), () -> name + labels + ": " + found);
        return found.get(0).value();
    }

    private static boolean has(PrometheusParser metrics, String name, Map<String, String> labels) {
        return !samples(metrics, name, labels).isEmpty();
    }

    private static List<PrometheusParser.Sample> samples(PrometheusParser metrics, String name, Map<String, String> labels) {
        return metrics.all(name).stream().filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet())).toList();
    }

    @Test
    void metricsHaveTheNamesAndLabelsOfTheExporter() throws Exception {
        try (NatsServer server = NatsServer.builder().name("first").jetStream(1_000_000).monitoring().start();
                Connection nats = Nats.connect(server.url())) {
            JetStreamManagement management = nats.jetStreamManagement(PATIENT);
            stream(management, "S");
            stream(management, "T");
            for (int i = 0; i < 3; i++)
                nats.jetStream(PATIENT).publish("S.a", new byte[10]);
            for (String consumer : new String[] {"C", "D"})
                management.addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable(consumer).description("on \"" + consumer
                        + "\"").build());
            nats.getConsumerContext("S", "C", PATIENT).next();
            PrometheusParser metrics = metrics(server);
            Map<String, String> stream = Map.of("server_name", "first", "account", "$G", "stream_name", "S", "is_stream_leader", "true");
            assertEquals(3, value(metrics, "jetstream_stream_total_messages", stream));
            assertEquals(87, value(metrics, "jetstream_stream_total_bytes", stream));
            assertEquals(3, value(metrics, "jetstream_stream_last_seq", stream));
            assertEquals(2, value(metrics, "jetstream_stream_consumer_count", stream));
            Map<String, String> consumer = Map.of("stream_name", "S", "consumer_name", "C", "consumer_desc", "on \"C\"");
            assertEquals(2, value(metrics, "jetstream_consumer_num_pending", consumer));
            assertEquals(1, value(metrics, "jetstream_consumer_num_ack_pending", consumer));
            assertEquals(1, value(metrics, "jetstream_consumer_delivered_stream_seq", consumer));
            assertEquals(0, value(metrics, "jetstream_consumer_ack_floor_stream_seq", consumer));
            assertEquals(2, value(metrics, "jetstream_server_total_streams", Map.of("server_name", "first")));
            assertEquals(1_000_000, value(metrics, "jetstream_server_max_memory", Map.of()));
            assertEquals(2, value(metrics, "jnatsd_jetstream_consumers", Map.of("state", "no pull request")));
            assertEquals(0, value(metrics, "jnatsd_jetstream_consumers", Map.of("state", "no interest")));
        }
    }

    @Test
    void consumersBeyondTheMostThatAreShownAreSummed() throws Exception {
        try (NatsServer server = NatsServer.builder().jetStream().monitoring().start(); Connection nats = Nats.connect(server.url())) {
            JetStreamManagement management = nats.jetStreamManagement(PATIENT);
            stream(management, "S");
            stream(management, "T");
            nats.jetStream(PATIENT).publish("S.a", new byte[10]);
            nats.jetStream(PATIENT).publish("T.a", new byte[10]);
            for (int i = 0; i < JetStreamMetrics.MOST; i++)
                management.addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable("c" + (1000 + i)).build());
            management.addOrUpdateConsumer("S", ConsumerConfiguration.builder().durable("d").build());
            management.addOrUpdateConsumer("T", ConsumerConfiguration.builder().durable("a").build());
            PrometheusParser metrics = metrics(server);
            assertEquals(1, value(metrics, "jetstream_consumer_num_pending", Map.of("consumer_name", "c1999")));
            assertFalse(has(metrics, "jetstream_consumer_num_pending", Map.of("consumer_name", "d")));
            assertFalse(has(metrics, "jetstream_consumer_num_pending", Map.of("consumer_name", "a")));
            assertEquals(2, value(metrics, "jetstream_consumer_num_pending", Map.of("consumer_name", "(others)")));
            assertEquals(1002, value(metrics, "jnatsd_jetstream_consumers", Map.of("state", "no pull request")));
        }
    }

    @Test
    void withoutJetStreamThereAreNone() throws Exception {
        try (NatsServer server = NatsServer.builder().monitoring().start()) {
            assertFalse(has(metrics(server), "jetstream_server_total_streams", Map.of()));
        }
    }
}
