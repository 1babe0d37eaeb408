package io.jnatsd.monitor;

import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.LameDuckOptions;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.text.GoDuration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * {@code /configz}: the options in force, under the keys of the configuration file. Each option is listed here by name,
 * so that a new option does not appear without a decision; secrets are left out. Threads: any thread.
 */
final class Configz implements JsonView {
    private final MonitoredServer watched;

    Configz(MonitoredServer watched) {
        this.watched = watched;
    }

    @Override
    public void write(Query query, GoJson json) throws IOException {
        json.beginObject().put("server_id", watched.serverId());
        json.put("config_load_time", watched.configLoaded().get());
        putServer(json);
        putLimits(json, watched.limits());
        putAuthorization(json, watched.auth());
        putTls(json, watched.tls());
        putCluster(json, watched.cluster());
        putWebSocket(json, watched.webSocket());
        putMonitor(json, watched.monitor());
        putLog(json, watched.logging());
        json.endObject();
    }

    private void putServer(GoJson json) throws IOException {
        json.beginObject("server").put("server_name", watched.state().info.serverName());
        json.put("host", watched.client().host()).put("port", watched.state().info.port());
        json.put("client_advertise", watched.client().advertise());
        json.put("allow_non_tls", watched.client().allowNonTls());
        LameDuckOptions lameDuck = watched.options().get().lameDuck();
        json.put("lame_duck_duration", GoDuration.format(lameDuck.duration()));
        json.put("lame_duck_grace_period", GoDuration.format(lameDuck.gracePeriod()));
        json.put("compat", watched.options().get().compat().name().toLowerCase(Locale.ROOT));
        json.put("config_file", text(watched.options().get().configFile()));
        json.put("pid_file", text(watched.options().get().pidFile()));
        json.put("ports_file_dir", text(watched.options().get().portsFileDir())).endObject();
    }

    private static void putLimits(GoJson json, Limits limits) throws IOException {
        json.beginObject("limits").put("max_connections", limits.maxConnections());
        json.put("max_subscriptions", limits.maxSubscriptions()).put("max_payload", limits.maxPayload());
        json.put("max_control_line", limits.maxControlLine()).put("max_pending", limits.maxPending());
        json.put("max_pending_total", limits.maxPendingTotal());
        json.put("ping_interval", GoDuration.format(limits.pingInterval())).put("ping_max", limits.pingMax());
        json.put("write_deadline", GoDuration.format(limits.writeDeadline())).endObject();
    }

    private static void putAuthorization(GoJson json, AuthOptions auth) throws IOException {
        json.beginObject("authorization");
        json.put("single_user", !auth.user().isEmpty()).put("token", !auth.token().isEmpty());
        json.put("users", auth.users() == null ? 0 : auth.users().size());
        json.put("timeout", GoDuration.format(auth.timeout())).put("no_auth_user", auth.noAuthUser());
        json.put("system_user", auth.systemUser()).endObject();
    }

    private static void putTls(GoJson json, TlsOptions tls) throws IOException {
        json.beginObject("tls").put("enabled", tls != null);
        if (tls != null) {
            json.put("cert_file", tls.certFile()).put("ca_file", tls.caFile()).put("verify", tls.verify());
            json.put("verify_and_map", tls.verifyAndMap());
            json.put("timeout", GoDuration.format(tls.timeout())).put("handshake_first", tls.handshakeFirst());
            json.put("cipher_suites", tls.cipherSuites()).put("curve_preferences", tls.curvePreferences());
        }
        json.endObject();
    }

    private static void putCluster(GoJson json, ClusterOptions cluster) throws IOException {
        json.beginObject("cluster").put("enabled", cluster.port() != 0);
        if (cluster.port() != 0) {
            json.put("name", cluster.name()).put("host", cluster.host()).put("port", cluster.port());
            json.put("cluster_advertise", cluster.advertise()).put("no_advertise", cluster.noAdvertise());
            json.put("authorization", !cluster.user().isEmpty()).put("tls", cluster.tls() != null);
            json.put("routes", cluster.routes().stream().map(Varz::withoutLogin).toList());
        }
        json.endObject();
    }

    private static void putWebSocket(GoJson json, WebSocketOptions webSocket) throws IOException {
        json.beginObject("websocket").put("enabled", webSocket.port() != 0);
        if (webSocket.port() != 0) {
            json.put("host", webSocket.host()).put("port", webSocket.port()).put("no_tls", webSocket.tls() == null);
            json.put("same_origin", webSocket.sameOrigin()).put("allowed_origins", webSocket.allowedOrigins());
            json.put("handshake_timeout", GoDuration.format(webSocket.handshakeTimeout()));
        }
        json.endObject();
    }

    private static void putMonitor(GoJson json, MonitorOptions monitor) throws IOException {
        json.beginObject("monitoring").put("http_host", monitor.host());
        json.put("http_port", monitor.httpPort()).put("https_port", monitor.httpsPort());
        json.put("http_base_path", monitor.basePath()).put("login", !monitor.user().isEmpty());
        json.put("http_allow_origin", monitor.allowOrigin()).put("jsonp", monitor.jsonp());
        json.put("http_top_subjects", monitor.topSubjects()).endObject();
    }

    private static void putLog(GoJson json, LogOptions log) throws IOException {
        json.beginObject("logging").put("debug", log.debug()).put("trace", log.trace()).put("logtime", log.time());
        json.put("log_level", log.level()).put("log_format", log.format()).put("log_file", log.file());
        json.put("logfile_size_limit", log.fileSizeLimit()).put("logfile_max_num", log.maxFiles());
        json.put("syslog", log.syslog()).put("remote_syslog", log.remoteSyslog()).endObject();
    }

    private static String text(Path file) {
        return file == null ? "" : file.toString();
    }
}
