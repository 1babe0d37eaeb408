package io.jnatsd.monitor;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.JetStreamOptions;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.delivery.Traffic;
import io.jnatsd.protocol.ServerInfo;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * {@code /varz}: the server. First gnatsd's fields in gnatsd's order, then the fields of newer servers, then those of
 * jnatsd. Threads: any thread.
 */
final class Varz implements JsonView {
    private static final double NANOS = 1e9;

    private final MonitoredServer watched;
    private final ProcessUsage usage;
    private final RequestCounts requestCounts;

    Varz(MonitoredServer watched, ProcessUsage usage, RequestCounts requestCounts) {
        this.watched = watched;
        this.usage = usage;
        this.requestCounts = requestCounts;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException {
        ServerInfo info = watched.state().info;
        json.beginObject();
        putServer(json, info);
        putCluster(json, watched.cluster());
        putLimits(json, info);
        putStats(json);
        putRequestCounts(json);
        json.put("config_load_time", watched.configLoaded().get());
        putNewer(json, info);
        putJnatsd(json);
        json.endObject();
    }

    private void putServer(GoJson json, ServerInfo info) throws IOException {
        json.put("server_id", watched.serverId()).put("version", info.version()).put("go", info.goVersion());
        json.put("host", watched.client().host());
        json.put("auth_required", info.authRequired());
        json.put("ssl_required", info.tlsRequired()).put("tls_required", info.tlsRequired());
        json.put("tls_verify", info.tlsVerify());
        if (!info.connectUrls().isEmpty())
            json.put("connect_urls", info.connectUrls());
        json.put("addr", watched.client().host());
        json.put("max_connections", watched.limits().maxConnections());
        json.put("ping_interval", watched.limits().pingInterval().toNanos());
        json.put("ping_max", watched.limits().pingMax());
        json.put("http_host", watched.monitor().host());
        json.put("http_port", watched.monitor().httpPort()).put("https_port", watched.monitor().httpsPort());
        json.put("auth_timeout", seconds(watched.auth().timeout()));
        json.put("max_control_line", watched.limits().maxControlLine());
    }

    private static void putCluster(GoJson json, ClusterOptions cluster) throws IOException {
        json.beginObject("cluster");
        json.put("addr", cluster.host()).put("cluster_port", cluster.port());
        json.put("auth_timeout", seconds(cluster.authTimeout()));
        json.putUnlessEmpty("name", cluster.name());
        if (!cluster.routes().isEmpty())
            json.put("urls", cluster.routes().stream().map(Varz::withoutLogin).toList());
        json.endObject();
    }

    /** Returns the URL without user and password. */
    static String withoutLogin(URI route) {
        // URI.getHost() returns null for a host such as nats_1, because of the underscore.
        String authority = route.getRawAuthority();
        return authority == null ? "" : authority.substring(authority.lastIndexOf('@') + 1);
    }

    private void putLimits(GoJson json, ServerInfo info) throws IOException {
        TlsOptions tls = watched.tls();
        Duration timeout = tls == null ? OptionsBuilder.DEFAULT_TLS_TIMEOUT : tls.timeout();
        json.put("tls_timeout", seconds(timeout)).put("port", info.port());
        json.put("max_payload", watched.limits().maxPayload());
    }

    private void putStats(GoJson json) throws IOException {
        ServerState state = watched.state();
        Traffic.Totals totals = state.traffic.totals();
        Instant now = Instant.now();
        List<RouteView> routes = watched.routes().get();
        json.put("start", watched.start()).put("now", now);
        json.put("uptime", GoTime.uptime(watched.uptime()));
        json.put("mem", usage.residentBytes());
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("cpu", usage.processorPercent());
        json.put("connections", watched.clients().count()).put("total_connections", watched.clients().totalAccepted());
        json.put("routes", routes.size());
        json.put("remotes", routes.stream().map(RouteView::remoteId).distinct().count());
        json.put("in_msgs", totals.inMessages()).put("out_msgs", totals.outMessages());
        json.put("in_bytes", totals.inBytes()).put("out_bytes", totals.outBytes());
        json.put("slow_consumers", state.slowConsumers());
        json.put("subscriptions", state.subjects.index().count());
    }

    private void putRequestCounts(GoJson json) throws IOException {
        json.beginObject("http_req_stats");
        for (var count : requestCounts.all().entrySet())
            json.put(count.getKey(), count.getValue().sum());
        json.endObject();
    }

    private void putNewer(GoJson json, ServerInfo info) throws IOException {
        Limits limits = watched.limits();
        json.put("server_name", info.serverName()).put("proto", 1);
        json.putUnlessEmpty("http_base_path", watched.monitor().basePath());
        json.put("max_pending", limits.maxPending()).put("max_subscriptions", limits.maxSubscriptions());
        json.put("write_deadline", limits.writeDeadline().toNanos());
        json.put("leafnodes", 0);
        ServerState state = watched.state();
        json.beginObject("slow_consumer_stats");
        json.put("clients", Math.max(state.slowConsumers() - state.slowRoutes(), 0));
        json.put("routes", state.slowRoutes()).put("gateways", 0).put("leafs", 0).endObject();
        for (String feature : List.of("gateway", "leaf", "mqtt"))
            json.beginObject(feature).endObject();
        putJetStream(json);
        putWebSocket(json, watched.webSocket());
    }

    private void putJetStream(GoJson json) throws IOException {
        JetStreamSource source = watched.jetStream().get();
        json.beginObject("jetstream");
        if (source != null) {
            JetStreamOptions configured = watched.options().get().jetStream();
            Jsz.putConfig(json, configured, source);
            json.put("stats", source.totals());
            Jsz.putLimits(json, configured.limits());
        }
        json.endObject();
    }

    private static void putWebSocket(GoJson json, WebSocketOptions webSocket) throws IOException {
        json.beginObject("websocket");
        if (webSocket.port() != 0) {
            json.put("host", webSocket.host()).put("port", webSocket.port());
            json.put("handshake_timeout", webSocket.handshakeTimeout().toNanos());
            json.put("no_tls", webSocket.tls() == null).put("same_origin", webSocket.sameOrigin());
            if (!webSocket.allowedOrigins().isEmpty())
                json.put("allowed_origins", webSocket.allowedOrigins());
        }
        json.endObject();
    }

    private void putJnatsd(GoJson json) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        json.beginObject("jnatsd");
        json.put("version", watched.version()).put("java", Runtime.version().toString());
        json.put("heap_used", runtime.totalMemory() - runtime.freeMemory()).put("heap_max", runtime.maxMemory());
        json.put("pending_total", watched.state().pendingBudget.held());
        json.put("max_pending_total", watched.limits().maxPendingTotal());
        json.put("input_total", watched.state().inputBudget.held());
        json.put("max_input_total", watched.state().inputBudget.limit());
        json.put("subscriptions_total", watched.state().subjects.index().bytes());
        json.put("max_subscriptions_total", watched.state().subjects.index().mostBytes());
        json.put("log_lines_lost", watched.state().log.lost());
        json.put("lame_duck", watched.state().info.lameDuck());
        json.put("top_subjects", watched.monitor().topSubjects());
        json.beginObject("closed");
        for (CloseReason reason : CloseReason.values())
            if (watched.clients().closed().count(reason) > 0)
                json.put(reason.toString(), watched.clients().closed().count(reason));
        json.endObject().endObject();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS;
    }
}
