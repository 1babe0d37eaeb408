package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.io.Writer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MetricsTest {
    private static PrometheusParser metrics(TestMonitor monitored) throws IOException {
        return PrometheusParser.parse(monitored.text("/metrics"));
    }

    @Test
    void theFormatIsPrometheus() throws IOException {
        try (TestMonitor monitored = TestMonitor.start()) {
            HttpResponse<String> answer = monitored.get("/metrics");
            assertEquals("text/plain; version=0.0.4; charset=utf-8",
                    answer.headers().firstValue("Content-Type").orElse(""));
            PrometheusParser metrics = PrometheusParser.parse(answer.body());
            String id = monitored.server().serverId();
            for (String name : metrics.names())
                for (PrometheusParser.Sample sample : metrics.all(name))
                    assertEquals(id, sample.labels().get("server_id"), name);
        }
    }

    @Test
    void everyNumberOfTheEndpointsIsThereByTheExportersName() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(); RawClient client = monitored.client("")) {
            client.send("SUB a 1\r\nPUB a 5\r\nhello\r\n").expectText("MSG a 1 5\r\nhello\r\n");
            // The client may receive the data before the server has counted it as written.
            await().until(() -> metrics(monitored).value("gnatsd_connz_pending_bytes") == 0);
            PrometheusParser metrics = metrics(monitored);
            for (String endpoint : List.of("varz", "subsz", "routez"))
                for (Map.Entry<String, JsonElement> field : monitored.json("/" + endpoint).entrySet())
                    if (field.getValue().isJsonPrimitive() && field.getValue().getAsJsonPrimitive().isNumber())
                        assertEquals("gauge", metrics.type("gnatsd_" + endpoint + "_" + field.getKey()));
            for (String field : List.of("in_msgs", "out_msgs", "connections", "subscriptions"))
                assertEquals(1, metrics.value("gnatsd_varz_" + field), field);
            for (String field : List.of("in_bytes", "out_bytes"))
                assertEquals(5, metrics.value("gnatsd_varz_" + field), field);
            for (String field : List.of("num_connections", "total", "subscriptions", "in_msgs", "out_msgs"))
                assertEquals(1, metrics.value("gnatsd_connz_" + field), field);
            assertEquals(5, metrics.value("gnatsd_connz_in_bytes") * metrics.value("gnatsd_connz_out_bytes") / 5);
            assertEquals(0, metrics.value("gnatsd_routez_num_routes"));
            assertEquals(1, metrics.value("gnatsd_subsz_num_subscriptions"));
            assertEquals(0, metrics.value("gnatsd_healthz_status"));
            assertEquals(1, metrics.value("gnatsd_varz_version", "value", "1.0.2"));
            // The metrics that Grafana's standard dashboard uses.
            for (String name : List.of("cpu", "mem", "slow_consumers"))
                metrics.value("gnatsd_varz_" + name);
        }
    }

    @Test
    void theJvmAndTheMatchCacheAreShown() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(); RawClient client = monitored.client("")) {
            client.send("PUB a 0\r\n\r\n".repeat(10)).roundTrip();
            PrometheusParser metrics = metrics(monitored);
            assertTrue(metrics.value("jnatsd_jvm_heap_used_bytes") > 0);
            assertTrue(metrics.value("jnatsd_jvm_threads") > 0);
            assertTrue(metrics.all("jnatsd_jvm_gc_collections_total").size() > 0);
            assertTrue(metrics.value("jnatsd_uptime_seconds") >= 0);
            assertEquals(10, metrics.value("jnatsd_match_cache_lookups_total"));
            assertEquals(1, metrics.value("jnatsd_match_cache_misses_total"));
            assertEquals(1, metrics.value("jnatsd_match_cache_subjects"));
            assertEquals(Runtime.version().toString(), metrics.all("jnatsd_build_info").get(0).labels().get("java"));
        }
    }

    @Test
    void promtoolFindsNothingWrongButTheExportersNames() throws Exception {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "metrics").redirectErrorStream(true).start();
        } catch (IOException e) {
            abort("promtool is not installed (Debian: prometheus)");
            return;
        }
        try (TestMonitor monitored = TestMonitor.start(); Writer in = promtool.outputWriter()) {
            in.write(monitored.text("/metrics"));
        }
        List<String> complaints = promtool.inputReader().lines().filter(line -> !line.startsWith("gnatsd_connz_"))
                .toList();
        assertEquals(List.of(), complaints);
    }

    /** Connects a client that subscribes to volts.* and does not read, until the server closes it. */
    private static void provoke(TestMonitor monitored, String reason) throws IOException {
        try (RawClient slow = monitored.client(",\"name\":\"me\\\"ter\\\\\",\"user\":\"joe\"");
                RawClient publisher = monitored.client("")) {
            slow.send("SUB rare 1\r\nSUB volts.* 2\r\n").roundTrip();
            String message = "PUB volts.7 100000\r\n" + "x".repeat(100_000) + "\r\n";
            await().atMost(Duration.ofSeconds(20)).pollInSameThread().pollInterval(Duration.ofMillis(1)).until(() -> {
                publisher.send(message).roundTrip();
                return monitored.json("/varz").get("slow_consumers").getAsInt() > 0;
            });
            await().until(() -> metrics(monitored).value("jnatsd_slow_consumers_total", "reason", reason) == 1);
            assertEquals("{\"clients\":1,\"routes\":0,\"gateways\":0,\"leafs\":0}",
                    monitored.json("/varz").get("slow_consumer_stats").toString());
        }
    }

    private static JsonObject assertNamed(TestMonitor monitored, String reason) throws IOException {
        PrometheusParser.Sample metric = metrics(monitored).all("jnatsd_slow_consumer_pending_bytes").get(0);
        assertEquals("{cid=1, ip=127.0.0.1, name=me\"ter\\, reason=" + reason + ", server_id="
                + monitored.server().serverId() + ", subject=volts.*, user=joe}", metric.labels().toString());
        JsonObject closed = monitored.connections("?state=closed&filter=slow&auth=1").get(0);
        assertEquals(reason, closed.get("reason").getAsString());
        assertEquals("volts.*", closed.get("slow_subject").getAsString());
        assertEquals("joe", closed.get("authorized_user").getAsString());
        assertEquals(metric.value(), closed.get("pending_bytes").getAsDouble());
        return closed;
    }

    @Test
    void aSlowConsumerIsNamedWhenTooMuchWaits() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.maxPending = 2_000_000)) {
            provoke(monitored, "pending_bytes");
            JsonObject closed = assertNamed(monitored, "Slow Consumer (Pending Bytes)");
            assertTrue(closed.get("pending_bytes").getAsLong() > 2_000_000);
        }
    }

    @Test
    void aSlowConsumerIsNamedWhenAWriteLastsTooLong() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> o.writeDeadline = Duration.ofMillis(100))) {
            provoke(monitored, "write_deadline");
            assertNamed(monitored, "Slow Consumer (Write Deadline)");
        }
    }
}
