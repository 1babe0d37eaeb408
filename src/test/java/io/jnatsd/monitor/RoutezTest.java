package io.jnatsd.monitor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.connection.Times;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.subject.SubscriptionView;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code /routez}, by a monitor without a server. */
class RoutezTest {
    private static final Instant NOW = Instant.now();
    private static final RouteView ACCEPTED = new RouteView(3, "PEER1", "south", false, false,
            "127.0.0.1", 45782,
            new Times(NOW.minusSeconds(65).toEpochMilli(), NOW.minusSeconds(5).toEpochMilli(), 1_500_000),
            new Traffic(1, 3, 2, 6, 7), 2, () -> List.of(new SubscriptionView("bar.>", "", "RSID:1:2", 0, 0, 3),
                    new SubscriptionView("foo", "q", "QRSID:1:3", 4, 0, 3)));
    private static final RouteView DIALLED = new RouteView(4, "PEER2", "", true, true, "", 0,
            new Times(NOW.toEpochMilli(), NOW.toEpochMilli(), 0), new Traffic(0, 0, 0, 0, 0), 0, List::of);

    private final PasswordCheck passwords = new PasswordCheck(Duration.ofSeconds(1));
    private Monitor monitor;

    @BeforeEach
    void start() throws IOException {
        ServerOptions options = TestMonitor.options(o -> { });
        ServerState state = new ServerState(Log.silent(), options);
        state.info = new ServerInfo("ID", "north", "java", "127.0.0.1", 4222, false, false, false, false, 1024,
                List.of("10.0.0.2:4222"), false, false, false, false, "");
        monitor = Monitor.create(new Views(new MonitoredServer(state, new Clients(state), "ID", "1", NOW.toEpochMilli(), () -> options, () -> NOW, () -> "",
                () -> List.of(ACCEPTED, DIALLED), () -> null)), passwords, () -> null, 1024, Log.silent());
        monitor.listen(TestMonitor.ANY_PORT);
        monitor.serve();
    }

    @AfterEach
    void stop() {
        monitor.close();
        passwords.close();
    }

    private String text(String path) throws IOException {
        try (InputStream in = URI.create(monitor.url() + path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private JsonObject json(String path) throws IOException {
        return JsonParser.parseString(text(path)).getAsJsonObject();
    }

    @Test
    void routesAreShownInGnatsdsOrderFirst() throws IOException {
        JsonObject routez = json("/routez?subs=1");
        assertEquals(List.of("now", "num_routes", "routes", "server_id", "server_name"),
                List.copyOf(routez.keySet()));
        assertEquals(2, routez.get("num_routes").getAsInt());
        JsonArray routes = routez.getAsJsonArray("routes");
        String text = routes.get(0).toString().replaceAll("\"(start|last_activity)\":\"[^\"]*\",", "");
        assertEquals("{\"rid\":3,\"remote_id\":\"PEER1\",\"did_solicit\":false,\"is_configured\":false,"
                + "\"ip\":\"127.0.0.1\",\"port\":45782,\"pending_size\":7,\"in_msgs\":1,\"out_msgs\":2,\"in_bytes\":3,"
                + "\"out_bytes\":6,\"subscriptions\":2,\"subscriptions_list\":[\"bar.\\u003e\",\"foo\"],"
                + "\"remote_name\":\"south\",\"rtt\":\"1.5ms\",\"uptime\":\"1m5s\",\"idle\":\"5s\"}",
                text.replace("bar.>", "bar.\\u003e").replaceAll("1m[5-9]s", "1m5s").replaceAll("\"[5-9]s\"", "\"5s\""));
        assertTrue(routes.get(1).toString().startsWith("{\"rid\":4,\"remote_id\":\"PEER2\",\"did_solicit\":true,"
                + "\"is_configured\":true,\"ip\":\"\",\"port\":0,"), routes::toString);
    }

    @Test
    void theirSubscriptionsAreShownInDetail() throws IOException {
        JsonObject route = json("/routez?subs=detail").getAsJsonArray("routes").get(0).getAsJsonObject();
        assertEquals("{\"account\":\"$G\",\"subject\":\"foo\",\"qgroup\":\"q\",\"sid\":\"QRSID:1:3\",\"msgs\":4,"
                + "\"cid\":3}", route.getAsJsonArray("subscriptions_list_detail").get(1).toString());
    }

    @Test
    void theServerCountsThem() throws IOException {
        JsonObject varz = json("/varz");
        assertEquals(2, varz.get("routes").getAsInt());
        assertEquals(2, varz.get("remotes").getAsInt());
        assertEquals("[\"10.0.0.2:4222\"]", varz.get("connect_urls").toString());
        assertEquals(List.of("tls_verify", "connect_urls", "addr"), List.copyOf(varz.keySet()).subList(7, 10));
    }

    @Test
    void theOthersAreShownByTheirNames() throws IOException {
        try (TestMonitor north = clustered("north", List.of());
                TestMonitor south = clustered("south",
                        List.of(URI.create("nats-route://127.0.0.1:" + north.server().clusterPort())));
                TestMonitor nameless = clustered("", List.of(URI.create("nats-route://127.0.0.1:"
                        + south.server().clusterPort())))) {
            await().untilAsserted(() -> {
                assertEquals("{null=1, south=1}", names(north).toString());
                assertEquals("{north=1, null=1}", names(south).toString());
                assertEquals("{north=1, south=1}", names(nameless).toString());
            });
        }
    }

    private static TestMonitor clustered(String name, List<URI> routes) throws IOException {
        return TestMonitor.start(o -> {
            o.serverName = name;
            o.clusterHost = "127.0.0.1";
            o.clusterPort = -1;
            o.routes = routes;
        });
    }

    private static Map<String, Integer> names(TestMonitor of) throws IOException {
        Map<String, Integer> names = new TreeMap<>();
        for (JsonObject route : TestMonitor.objects(of.json("/routez").getAsJsonArray("routes")))
            names.merge(route.has("remote_name") ? route.get("remote_name").getAsString() : "null", 1, Integer::sum);
        return names;
    }

    @Test
    void theyAreMeasured() throws IOException {
        PrometheusParser metrics = PrometheusParser.parse(text("/metrics"));
        assertEquals(2, metrics.value("gnatsd_routez_num_routes"));
        assertEquals(1, metrics.value("gnatsd_routez_route_info", "rid", "3", "remote_name", "south"));
        assertEquals(6, metrics.value("gnatsd_routez_route_out_bytes", "rid", "3"));
        assertEquals(0.0015, metrics.value("gnatsd_routez_route_rtt_seconds", "rid", "3"), 1e-9);
        assertTrue(metrics.names().contains("gnatsd_routez_route_pending_bytes"));
    }
}
