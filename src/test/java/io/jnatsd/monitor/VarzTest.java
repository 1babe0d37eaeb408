package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class VarzTest {
    private static final List<String> GNATSD = List.of("server_id", "version", "go", "host", "auth_required",
            "ssl_required", "tls_required", "tls_verify", "addr", "max_connections", "ping_interval", "ping_max",
            "http_host", "http_port", "https_port", "auth_timeout", "max_control_line", "cluster", "tls_timeout",
            "port", "max_payload", "start", "now", "uptime", "mem", "cores", "cpu", "connections",
            "total_connections", "routes", "remotes", "in_msgs", "out_msgs", "in_bytes", "out_bytes",
            "slow_consumers", "subscriptions", "http_req_stats", "config_load_time");

    @Test
    void gnatsdsFieldsComeFirstAndInItsOrder() throws IOException {
        try (TestMonitor monitored = TestMonitor.start()) {
            List<String> names = List.copyOf(monitored.json("/varz").keySet());
            assertEquals(GNATSD, names.subList(0, GNATSD.size()));
        }
    }

    @Test
    void optionsAreShownAsTheyAre() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.serverName = "north";
            o.maxConnections = 100;
            o.pingInterval = Duration.ofMillis(1500);
            o.pingMax = 7;
            o.authTimeout = Duration.ofMillis(500);
            o.maxControlLine = 2048;
            o.maxPayload = 65536;
            o.maxPending = 1_000_000;
            o.maxPendingTotal = 5_000_000;
            o.maxSubscriptions = 9;
            o.writeDeadline = Duration.ofSeconds(3);
            o.httpBasePath = "nats";
        })) {
            JsonObject varz = monitored.json("/varz");
            assertEquals(monitored.server().serverId(), varz.get("server_id").getAsString());
            assertEquals("1.0.2", varz.get("version").getAsString());
            assertTrue(varz.get("go").getAsString().matches("java\\d+"));
            for (String host : List.of("host", "addr", "http_host"))
                assertEquals("127.0.0.1", varz.get(host).getAsString());
            for (String flag : List.of("auth_required", "ssl_required", "tls_required", "tls_verify"))
                assertFalse(varz.get(flag).getAsBoolean());
            assertNumbers(varz, "max_connections 100, ping_interval 1500000000, ping_max 7, http_port -1,"
                    + " https_port 0, auth_timeout 0.5, max_control_line 2048, tls_timeout 2, max_payload 65536,"
                    + " max_pending 1000000, max_subscriptions 9, write_deadline 3000000000, leafnodes 0, proto 1");
            assertNumbers(varz.getAsJsonObject("jnatsd"), "max_pending_total 5000000, log_lines_lost 0");
            assertTrue(varz.getAsJsonObject("jnatsd").get("pending_total").getAsLong() >= 0);
            assertNumbers(varz.getAsJsonObject("jnatsd"),
                    "subscriptions_total 0, max_subscriptions_total " + Runtime.getRuntime().maxMemory() / 3
                            + ", input_total 0, max_input_total " + Runtime.getRuntime().maxMemory() / 6);
            assertEquals(monitored.server().port(), varz.get("port").getAsInt());
            assertEquals("north", varz.get("server_name").getAsString());
            assertEquals("{\"addr\":\"0.0.0.0\",\"cluster_port\":0,\"auth_timeout\":2}",
                    varz.get("cluster").toString());
            assertEquals("{}", varz.get("jetstream").toString());
        }
    }

    private static void assertNumbers(JsonObject object, String expected) {
        for (String pair : expected.split(", ?")) {
            String[] words = pair.split(" ");
            assertTrue(object.getAsJsonPrimitive(words[0]).isNumber(), words[0]);
            assertEquals(words[1], object.get(words[0]).getAsString(), words[0]);
        }
    }

    @Test
    void trafficIsCounted() throws IOException {
        try (TestMonitor monitored = TestMonitor.start();
                RawClient client = monitored.client("")) {
            client.send("SUB foo 1\r\nPUB foo 5\r\nhello\r\n").expectText("MSG foo 1 5\r\nhello\r\n");
            JsonObject varz = monitored.json("/varz");
            assertNumbers(varz, "connections 1, total_connections 1, routes 0, remotes 0, in_msgs 1, out_msgs 1,"
                    + " in_bytes 5, out_bytes 5, slow_consumers 0, subscriptions 1");
            client.close();
            await().untilAsserted(() -> assertNumbers(monitored.json("/varz"), "connections 0, total_connections 1,"
                    + " in_msgs 1, subscriptions 0"));
            assertEquals(1, monitored.json("/varz").getAsJsonObject("jnatsd").getAsJsonObject("closed")
                    .get("Client Closed").getAsInt());
        }
    }

    @Test
    void timesAndProcessAreThoseOfThisServer() throws IOException {
        Instant before = Instant.now();
        try (TestMonitor monitored = TestMonitor.start()) {
            JsonObject varz = monitored.json("/varz");
            Instant start = time(varz, "start"), now = time(varz, "now");
            assertFalse(start.isBefore(before) || now.isBefore(start) || now.isAfter(Instant.now()));
            assertEquals("0s", varz.get("uptime").getAsString().replaceFirst("^[0-9]s", "0s"));
            assertEquals(Runtime.getRuntime().availableProcessors(), varz.get("cores").getAsInt());
            assertTrue(varz.get("mem").getAsLong() > 10_000_000, "a JVM takes more than 10 MB");
            assertTrue(varz.get("cpu").getAsDouble() >= 0);
            assertFalse(time(varz, "config_load_time").isAfter(now));
        }
    }

    private static Instant time(JsonObject object, String name) {
        return OffsetDateTime.parse(object.get(name).getAsString()).toInstant();
    }

    @Test
    void processorTimeIsMeasuredBetweenLooks() {
        ProcessUsage usage = new ProcessUsage();
        assertEquals(0, usage.processorPercent());
        await().pollInSameThread().pollInterval(Duration.ofMillis(10)).until(() -> {
            long burnt = System.nanoTime();
            while (System.nanoTime() - burnt < 50_000_000)
                Thread.onSpinWait();
            return usage.processorPercent() > 5;
        });
    }

    @Test
    void requestsAreCountedByEndpoint() throws IOException {
        try (TestMonitor monitored = TestMonitor.start()) {
            for (String path : List.of("/", "/connz", "/connz?callback=x", "/routez", "/subsz", "/subscriptionsz",
                    "/stacksz", "/healthz"))
                monitored.text(path);
            monitored.get("/connz?sort=nonsense");
            monitored.get("/nowhere");
            monitored.send("HEAD", "/varz");
            assertEquals("{\"/\":1,\"/connz\":2,\"/routez\":1,\"/subsz\":2,\"/varz\":2}",
                    monitored.json("/varz").get("http_req_stats").toString());
        }
    }

    /** Docker gives such names to containers, and URI.getHost() returns null for them. */
    @Test
    void hostNamesWithUnderscoresAreShown() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.clusterHost = "127.0.0.1";
            o.clusterPort = -1;
            o.routes = List.of(URI.create("nats-route://joe:hush@nats_1:6222"), URI.create("nats://[::1]:7"));
        })) {
            assertEquals("[\"nats_1:6222\",\"[::1]:7\"]",
                    monitored.json("/varz").getAsJsonObject("cluster").get("urls").toString());
            String configz = monitored.text("/configz");
            assertTrue(configz.contains("nats_1:6222") && !configz.contains("null:-1"), configz);
        }
    }

    @Test
    void routeAddressesHaveNoPasswords() throws IOException {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.routes = List.of(URI.create("nats-route://joe:hush@10.1.1.1:6222"));
            o.users = List.of(new User("joe", "hush2", "", null, 0));
        })) {
            assertEquals("[\"10.1.1.1:6222\"]",
                    monitored.json("/varz").getAsJsonObject("cluster").get("urls").toString());
            assertFalse((monitored.text("/varz") + monitored.text("/configz")).contains("hush"));
        }
    }
}
