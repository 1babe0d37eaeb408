package io.jnatsd.monitor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.client.Client;
import io.jnatsd.client.ClientStats;
import io.jnatsd.client.ClientView;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.delivery.Outbound;
import io.jnatsd.monitor.PrometheusText.Kind;
import io.jnatsd.subject.SubscriptionIndex;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * {@code /metrics}: the metrics for Prometheus. The names with {@code gnatsd_} are those that the official exporter
 * generates from the JSON endpoints. They are generated here in the same way, from the same JSON, so that existing
 * dashboards work. All other names begin with {@code jnatsd_}. Threads: any thread.
 */
final class Metrics implements Page {
    private static final int SLOW_SHOWN = 10;
    /** The texts that the exporter turns into labels. */
    private static final List<String> TEXTS = List.of("server_id", "server_name", "version");

    private final MonitoredServer watched;
    private final Map<String, JsonView> views;

    /** @param views the views that the exporter reads, by name */
    Metrics(MonitoredServer watched, Map<String, JsonView> views) {
        this.watched = watched;
        this.views = views;
    }

    @Override
    public void answer(Query query, Response answer) throws IOException, BadQuery {
        answer.ok(PrometheusText.TYPE, out -> out.write(text().getBytes(StandardCharsets.UTF_8)));
    }

    private String text() throws IOException, BadQuery {
        PrometheusText text = new PrometheusText(watched.serverId());
        for (Map.Entry<String, JsonView> view : views.entrySet())
            putView("gnatsd_" + view.getKey(), view.getValue(), text);
        putClients(text);
        putRoutes(watched.routes().get(), text);
        text.metric("gnatsd_healthz_status", Kind.GAUGE, "0 if the server is healthy").sample(
                watched.healthProblem().get().isEmpty() ? 0 : 1);
        JetStreamMetrics.put(watched, text);
        putServer(text);
        putCache(text);
        putClosed(text);
        putSlowConsumers(text);
        JvmMetrics.put(text);
        return text.toString();
    }

    private void putView(String prefix, JsonView view, PrometheusText text) throws IOException, BadQuery {
        StringWriter json = new StringWriter();
        GoJson writer = new GoJson(json);
        view.write(Query.parse(""), writer);
        writer.flush();
        JsonObject fields = JsonParser.parseString(json.toString()).getAsJsonObject();
        for (Map.Entry<String, JsonElement> field : fields.entrySet()) {
            String name = field.getKey();
            if (!field.getValue().isJsonPrimitive())
                continue;
            var value = field.getValue().getAsJsonPrimitive();
            if (value.isNumber())
                text.metric(prefix + "_" + name, Kind.GAUGE, name).sample(value.getAsDouble());
            else if (TEXTS.contains(name) && value.isString())
                text.metric(prefix + "_" + name, Kind.GAUGE, name).sample(1, "value", value.getAsString());
        }
    }

    /** Writes sums over the connected clients. */
    private void putClients(PrometheusText text) {
        long clients = 0, subscriptions = 0, pending = 0, inMessages = 0, inBytes = 0, outMessages = 0, outBytes = 0;
        Yielding breath = new Yielding();
        for (Client client : watched.clients().all()) {
            ClientStats in = client.stats();
            Outbound.Stats out = client.outbound().stats();
            subscriptions += in.subscriptions();
            inMessages += in.inMessages();
            inBytes += in.inBytes();
            pending += out.pending();
            outMessages += out.messages();
            outBytes += out.bytes();
            clients++;
            breath.step();
        }
        text.metric("gnatsd_connz_num_connections", Kind.GAUGE, "num_connections").sample(clients);
        text.metric("gnatsd_connz_total", Kind.GAUGE, "total").sample(clients);
        text.metric("gnatsd_connz_offset", Kind.GAUGE, "offset").sample(0);
        text.metric("gnatsd_connz_limit", Kind.GAUGE, "limit").sample(clients);
        text.metric("gnatsd_connz_pending_bytes", Kind.GAUGE, "pending_bytes").sample(pending);
        text.metric("gnatsd_connz_subscriptions", Kind.GAUGE, "subscriptions").sample(subscriptions);
        text.metric("gnatsd_connz_in_bytes", Kind.COUNTER, "in_bytes").sample(inBytes);
        text.metric("gnatsd_connz_out_bytes", Kind.COUNTER, "out_bytes").sample(outBytes);
        text.metric("gnatsd_connz_in_msgs", Kind.COUNTER, "in_msgs").sample(inMessages);
        text.metric("gnatsd_connz_out_msgs", Kind.COUNTER, "out_msgs").sample(outMessages);
    }

    private void putRoutes(List<RouteView> routes, PrometheusText text) {
        if (routes.isEmpty())
            return;
        text.metric("gnatsd_routez_route_info", Kind.GAUGE, "route_info");
        for (RouteView route : routes)
            text.sample(1, "rid", String.valueOf(route.id()), "remote_id", route.remoteId(), "remote_name",
                    route.remoteName(), "ip", route.ip());
        putRoutes(routes, text, "subscriptions", RouteView::subscriptions);
        putRoutes(routes, text, "in_msgs", r -> r.traffic().inMessages());
        putRoutes(routes, text, "out_msgs", r -> r.traffic().outMessages());
        putRoutes(routes, text, "in_bytes", r -> r.traffic().inBytes());
        putRoutes(routes, text, "out_bytes", r -> r.traffic().outBytes());
        putRoutes(routes, text, "pending_bytes", r -> r.traffic().pending());
        putRoutes(routes, text, "rtt_seconds", r -> r.times().roundTripNanos() / 1e9);
    }

    private static void putRoutes(List<RouteView> routes, PrometheusText text, String name,
            java.util.function.ToDoubleFunction<RouteView> figure) {
        text.metric("gnatsd_routez_route_" + name, Kind.GAUGE, name);
        for (RouteView route : routes)
            text.sample(figure.applyAsDouble(route), "rid", String.valueOf(route.id()));
    }

    private void putServer(PrometheusText text) {
        text.metric("jnatsd_build_info", Kind.GAUGE, "Versions of jnatsd and Java").sample(1,
                "version", watched.version(), "java", Runtime.version().toString());
        text.metric("jnatsd_uptime_seconds", Kind.GAUGE, "Time since the server started").sample(
                watched.uptime().toMillis() / 1e3);
        text.metric("jnatsd_lame_duck", Kind.GAUGE, "1 in lame duck mode").sample(
                watched.state().info.lameDuck() ? 1 : 0);
        text.metric("jnatsd_pending_total_bytes", Kind.GAUGE, "Memory of the data pending for all connections")
                .sample(watched.state().pendingBudget.held());
        text.metric("jnatsd_max_pending_total_bytes", Kind.GAUGE, "Limit of jnatsd_pending_total_bytes").sample(
                watched.limits().maxPendingTotal());
        text.metric("jnatsd_input_total_bytes", Kind.GAUGE, "Memory of the data read from all connections").sample(
                watched.state().inputBudget.held());
        text.metric("jnatsd_max_input_total_bytes", Kind.GAUGE, "Limit of jnatsd_input_total_bytes").sample(
                watched.state().inputBudget.limit());
        text.metric("jnatsd_subscriptions_total_bytes", Kind.GAUGE, "Memory of all subscriptions").sample(
                watched.state().subjects.index().bytes());
        text.metric("jnatsd_max_subscriptions_total_bytes", Kind.GAUGE,
                "Limit of jnatsd_subscriptions_total_bytes").sample(watched.state().subjects.index().mostBytes());
        text.metric("jnatsd_log_lines_lost_total", Kind.COUNTER, "Log lines that could not be written").sample(
                watched.state().log.lost());
    }

    private void putCache(PrometheusText text) {
        SubscriptionIndex.Stats stats = watched.state().subjects.index().stats();
        long lookups = Math.max(watched.state().traffic.totals().matches(), stats.misses());
        text.metric("jnatsd_match_cache_subjects", Kind.GAUGE, "Subjects whose receivers are cached").sample(
                stats.cached());
        text.metric("jnatsd_match_cache_lookups_total", Kind.COUNTER, "Lookups of the receivers of a message")
                .sample(lookups);
        text.metric("jnatsd_match_cache_misses_total", Kind.COUNTER, "Lookups that were not in the cache").sample(
                stats.misses());
    }

    private void putClosed(PrometheusText text) {
        text.metric("jnatsd_closed_connections_total", Kind.COUNTER, "Closed client connections, by reason");
        for (CloseReason reason : CloseReason.values())
            text.sample(watched.clients().closed().count(reason), "reason", reason.toString());
    }

    private void putSlowConsumers(PrometheusText text) {
        text.metric("jnatsd_slow_consumers_total", Kind.COUNTER,
                "Clients closed as slow consumers, by the limit exceeded");
        text.sample(watched.clients().closed().count(CloseReason.PENDING_BYTES), "reason", "pending_bytes");
        text.sample(watched.clients().closed().count(CloseReason.WRITE_DEADLINE), "reason", "write_deadline");
        text.metric("jnatsd_slow_routes_total", Kind.COUNTER, "Routes closed as slow consumers").sample(
                watched.state().slowRoutes());
        List<ClientView> latest = watched.clients().closed().latestSlow(SLOW_SHOWN);
        if (latest.isEmpty())
            return;
        text.metric("jnatsd_slow_consumer_pending_bytes", Kind.GAUGE,
                "The latest slow consumers, and the bytes pending when they were closed");
        for (ClientView c : latest)
            text.sample(c.end().backlog().pending(), "cid", String.valueOf(c.id()), "name", c.identity().name(), "ip",
                    c.address() == null ? "" : c.address().getAddress().getHostAddress(), "user", user(c),
                    "subject", c.end().backlog().subject(), "reason", c.end().reason().toString());
    }

    private String user(ClientView client) {
        return watched.showsUsers() ? client.identity().user() : "";
    }
}
