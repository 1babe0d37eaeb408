package io.jnatsd.config;

import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.protocol.Nkey;
import io.jnatsd.text.GoDuration;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules for complete options, whether a file, the command line or an embedding program set them. Negative values mean
 * "no limit" for {@code max_connections}, {@code max_payload} and {@code max_subscriptions}, and for {@code max_pending}
 * where a program sets it; they are refused elsewhere.
 * Threads: one for each instance.
 */
public final class OptionsCheck {
    /**
     * A rule that the options break.
     *
     * @param key the path of the key in the configuration file, {@code cluster.port}
     */
    record Violation(String key, String text) {
    }

    private final List<Violation> violations = new ArrayList<>();

    private OptionsCheck() {
    }

    /**
     * Builds options that keep the rules.
     *
     * @throws ConfigException as {@link #require}
     */
    public static ServerOptions build(OptionsBuilder builder) throws ConfigException {
        ServerOptions options = builder.build();
        require(options);
        return options;
    }

    /** @throws ConfigException naming every key that has a value the server cannot work with */
    public static void require(ServerOptions options) throws ConfigException {
        List<Violation> violations = violations(options);
        if (!violations.isEmpty())
            throw new ConfigException(violations.stream().map(v -> new Problem("", 0, 0, v.text())).toList());
    }

    static List<Violation> violations(ServerOptions o) {
        OptionsCheck check = new OptionsCheck();
        check.addresses(o);
        check.limits(o.limits());
        check.logins(o);
        check.cluster(o.cluster());
        check.monitor(o.monitor(), o.client().host());
        check.log(o.log());
        check.webSocket(o.webSocket());
        check.tls("tls", o.tls());
        check.notNegative("lame_duck_duration", o.lameDuck().duration());
        check.notNegative("lame_duck_grace_period", o.lameDuck().gracePeriod());
        return check.violations;
    }

    private void violation(String key, String text) {
        violations.add(new Violation(key, text));
    }

    private void addresses(ServerOptions o) {
        host("host", o.client().host());
        port("port", o.client().port());
        advertised("client_advertise", o.client().advertise());
        port("prof_port", o.profPort());
    }

    private void limits(Limits l) {
        notNegative("max_control_line", l.maxControlLine());
        notNegative("ping_max", l.pingMax());
        notNegative("ping_interval", l.pingInterval());
        notNegative("write_deadline", l.writeDeadline());
    }

    private void logins(ServerOptions o) {
        notNegative("authorization.timeout", o.auth().timeout());
        // As with gnatsd, a password beside users has no effect.
        if (o.auth().users() == null)
            halfLogin("authorization", o.auth().user(), o.auth().password());
        else
            for (User user : o.auth().users())
                user(user, TlsOptions.maps(o.tls()) || TlsOptions.maps(o.webSocket().tls()));
    }

    /** @param byCertificate a certificate may take the place of the password */
    private void user(User user, boolean byCertificate) {
        String key = "authorization.users", shown = "user \"" + user.name() + user.nkey() + "\"";
        if (user.nkey().isEmpty()) {
            if (user.name().isEmpty() || user.password().isEmpty() && !byCertificate)
                violation(key, shown + ": User entry requires a user and a password");
        } else if (!user.name().isEmpty() || !user.password().isEmpty()) {
            violation(key, shown + ": Nkey users do not take usernames or passwords");
        } else {
            nkey(key, user.nkey());
        }
        if (user.maxConnections() < 0)
            violation(key, shown + ": max_connections must not be negative, but is " + user.maxConnections());
    }

    private void nkey(String key, String nkey) {
        try {
            Nkey.ofUser(nkey);
        } catch (IllegalArgumentException e) {
            violation(key, "Not a valid public nkey for a user");
        }
    }

    /** A user alone would get in with an empty password, and a password alone would be asked of nobody. */
    private void halfLogin(String key, String user, String password) {
        if (user.isEmpty() && !password.isEmpty())
            violation(key, key + " has a password, but no user");
        if (!user.isEmpty() && password.isEmpty())
            violation(key, key + " has the user \"" + user + "\", but no password");
    }

    private void cluster(ClusterOptions c) {
        host("cluster.host", c.host());
        port("cluster.port", c.port());
        advertised("cluster.advertise", c.advertise());
        if (!TlsOptions.maps(c.tls()))
            halfLogin("cluster.authorization", c.user(), c.password());
        else if (c.user().isEmpty())
            violation("cluster.tls", "cluster.tls has verify_and_map, but cluster.authorization has no user: no other"
                    + " server could join");
        notNegative("cluster.authorization.timeout", c.authTimeout());
        notNegative("cluster.connect_retries", c.connectRetries());
        for (URI route : c.routes())
            route(route);
        tls("cluster.tls", c.tls());
    }

    private void route(URI route) {
        try {
            RouteUrl.of(route);
        } catch (URISyntaxException e) {
            violation("cluster.routes", "cluster.routes: " + e.getReason());
        }
    }

    private void monitor(MonitorOptions m, String clientHost) {
        // Where it follows the clients' host, one message is enough.
        if (!m.host().equals(clientHost) && !ListenAddress.isHost(m.host()))
            violation("http", "the host for monitoring is not a host name or an IP address: \""
                    + ListenAddress.withoutLogin(m.host()) + "\"");
        port("http_port", m.httpPort());
        port("https_port", m.httpsPort());
        oneLine("http_base_path", m.basePath());
        oneLine("http_allow_origin", m.allowOrigin());
        if (m.user().isEmpty() != m.password().isEmpty())
            violation(m.user().isEmpty() ? "http_password" : "http_user",
                    "\"http_user\" and \"http_password\" need each other");
    }

    private void log(LogOptions l) {
        notNegative("logfile_size_limit", l.fileSizeLimit());
        notNegative("logfile_max_num", l.maxFiles());
        notNegative("max_traced_msg_len", l.maxTracedPayload());
        oneLine("remote_syslog", l.remoteSyslog());
    }

    private void webSocket(WebSocketOptions w) {
        host("websocket.host", w.host());
        port("websocket.port", w.port());
        for (String origin : w.allowedOrigins()) {
            if (!WebSocketReader.isOrigin(origin))
                violation("websocket.allowed_origins", WebSocketReader.notAnOrigin(origin));
        }
        notNegative("websocket.handshake_timeout", w.handshakeTimeout());
        tls("websocket.tls", w.tls());
    }

    private void tls(String key, TlsOptions tls) {
        if (tls != null)
            notNegative(key + ".timeout", tls.timeout());
    }

    private void host(String key, String host) {
        if (!ListenAddress.isHost(host))
            violation(key, "\"" + key + "\" is not a host name or an IP address: \"" + ListenAddress.withoutLogin(host) + "\"");
    }

    private void port(String key, int port) {
        if (!ListenAddress.isPort(port))
            violation(key, "\"" + key + "\" is out of range: expected " + ListenAddress.RANDOM_PORT + " to "
                    + ListenAddress.MAX_PORT + ", but got " + port);
    }

    private void advertised(String key, String address) {
        if (!address.isEmpty() && !ListenAddress.canBeAdvertised(address))
            violation(key, "\"" + key + "\" is not an address: expected \"host\", \"host:port\" or \"[IPv6]:port\", but got \""
                    + ListenAddress.withoutLogin(address) + "\"");
    }

    private void oneLine(String key, String text) {
        if (text.chars().anyMatch(Character::isISOControl))
            violation(key, "\"" + key + "\" must not have line breaks or other control characters: \""
                    + ListenAddress.withoutLogin(text) + "\"");
    }

    private void notNegative(String key, long value) {
        if (value < 0)
            violation(key, "\"" + key + "\" must not be negative, but is " + value);
    }

    private void notNegative(String key, Duration value) {
        if (value != null && value.isNegative())
            violation(key, "\"" + key + "\" must not be negative, but is " + GoDuration.format(value));
    }
}
