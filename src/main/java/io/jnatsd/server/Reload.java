package io.jnatsd.server;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The difference between two sets of options: which changes are possible while the server runs, and the log lines for
 * them. It compares only; {@link NatsServer} applies the changes. Threads: immutable.
 */
final class Reload {
    private final ServerOptions old;
    private final ServerOptions next;

    /** An option that can change while the server runs. {@code shown} says whether the log line has its new value. */
    private record Live(String name, Function<ServerOptions, Object> value, boolean shown) {
    }

    /** An option that cannot change while the server runs. */
    private record Fixed(String name, Function<ServerOptions, Object> value) {
    }

    private static final List<Fixed> FIXED = List.of(
            new Fixed("Host", o -> o.client().host()),
            new Fixed("HTTPPort", o -> o.monitor().httpPort()),
            new Fixed("HTTPSPort", o -> o.monitor().httpsPort()),
            new Fixed("HTTPHost", o -> o.monitor().httpPort() + o.monitor().httpsPort() == 0 ? "" : o.monitor().host()),
            new Fixed("HTTPBasePath", o -> o.monitor().basePath()),
            new Fixed("ProfPort", o -> o.profPort()),
            new Fixed("ServerName", ServerOptions::serverName),
            new Fixed("Compat", ServerOptions::compat),
            new Fixed("PortsFileDir", ServerOptions::portsFileDir),
            new Fixed("Websocket", ServerOptions::webSocket),
            new Fixed("cluster name", o -> o.cluster().name()),
            new Fixed("cluster host", o -> o.cluster().host()),
            new Fixed("cluster port", o -> o.cluster().port()));

    private static final List<Live> LIVE = List.of(
            shown("trace", o -> o.log().trace()),
            shown("debug", o -> o.log().debug()),
            shown("logtime", o -> o.log().time()),
            shown("log_level", o -> o.log().level()),
            shown("log_format", o -> o.log().format()),
            shown("trace_clients", o -> o.log().traceClients()),
            shown("trace_subjects", o -> o.log().traceSubjects()),
            shown("max_traced_msg_len", o -> o.log().maxTracedPayload()),
            shown("max_connections", o -> o.limits().maxConnections()),
            shown("max_subscriptions", o -> o.limits().maxSubscriptions()),
            shown("max_pending", o -> o.limits().maxPending()),
            shown("max_pending_total", o -> o.limits().maxPendingTotal()),
            silent("authorization users", o -> o.auth().users()),
            silent("authorization username", o -> o.auth().user()),
            silent("authorization password", o -> o.auth().password()),
            silent("authorization token", o -> o.auth().token()),
            shown("no_auth_user", o -> o.auth().noAuthUser()),
            shown("system_user", o -> o.auth().systemUser()),
            shown("ping_interval", o -> o.limits().pingInterval()),
            shown("ping_max", o -> o.limits().pingMax()),
            shown("authorization timeout", o -> seconds(o.auth().timeout())),
            shown("max_control_line", o -> o.limits().maxControlLine()),
            shown("max_payload", o -> o.limits().maxPayload()),
            shown("client_advertise", o -> o.client().advertise()),
            silent("cluster", o -> clusterBlock(o)),
            shown("pid_file", o -> o.pidFile() == null ? null : o.pidFile()),
            shown("log_file", o -> o.log().file()),
            shown("logfile_size_limit", o -> o.log().fileSizeLimit()),
            shown("logfile_max_num", o -> o.log().maxFiles()),
            shown("syslog", o -> o.log().syslog()),
            shown("remote_syslog", o -> o.log().remoteSyslog()),
            silent("cluster routes", o -> o.cluster().routes()),
            shown("tls timeout", o -> o.tls() == null ? null : seconds(o.tls().timeout())),
            shown("allow_non_tls", o -> o.client().allowNonTls()),
            shown("lame_duck_duration", o -> o.lameDuck().duration()),
            shown("lame_duck_grace_period", o -> o.lameDuck().gracePeriod()),
            silent("monitoring", o -> List.of(o.monitor().user(), o.monitor().password(), o.monitor().allowOrigin(),
                    o.monitor().jsonp(), o.monitor().dashboard(), o.monitor().topSubjects())),
            shown("write_deadline", o -> o.limits().writeDeadline()));

    Reload(ServerOptions old, ServerOptions next) {
        this.old = old;
        this.next = next;
    }

    private static Live shown(String name, Function<ServerOptions, Object> value) {
        return new Live(name, value, true);
    }

    /** For secrets, and for values that are too long for a log line. */
    private static Live silent(String name, Function<ServerOptions, Object> value) {
        return new Live(name, value, false);
    }

    private static Object clusterBlock(ServerOptions o) {
        var c = o.cluster();
        return List.of(c.user(), c.password(), c.authTimeout(), c.advertise(), c.noAdvertise(), c.connectRetries(),
                c.tls() == null ? "" : c.tls());
    }

    /** @throws ConfigException naming the first changed option that cannot change while the server runs */
    void refuseFixed() throws ConfigException {
        // As in gnatsd 1.0, port -1 accepts whatever port the server has.
        int port = next.client().port();
        if (port != old.client().port() && port != -1)
            throw refused("Port", old.client().port(), port);
        for (Fixed fixed : FIXED) {
            Object was = fixed.value.apply(old), is = fixed.value.apply(next);
            if (!Objects.equals(was, is))
                throw refused(fixed.name, was, is);
        }
    }

    private static ConfigException refused(String name, Object was, Object is) {
        return new ConfigException(List.of(new Problem("", 0, 0,
                "Config reload not supported for " + name + ": old=" + was + ", new=" + is)));
    }

    boolean changes(Function<ServerOptions, Object> value) {
        return !Objects.equals(value.apply(old), value.apply(next));
    }

    /**
     * Returns one line for each change, for example {@code Reloaded: max_payload = 100}. The order is that of the table
     * above.
     *
     * @param excess how many clients were closed because of {@code max_connections}
     */
    List<String> lines(int excess) {
        List<String> lines = new ArrayList<>();
        for (Live live : LIVE) {
            Object is = live.value.apply(next);
            if (changes(live.value) && is != null) {
                if (live.name.equals("max_connections") && excess > 0)
                    lines.add("Closed " + excess + " connections to fall within max_connections");
                lines.add("Reloaded: " + live.name + (live.shown ? " = " + text(is) : ""));
            }
            if (live.name.equals("tls timeout") && changes(ServerOptions::tls))
                lines.add("Reloaded: tls = " + (next.tls() == null ? "disabled" : "enabled"));
        }
        return lines;
    }

    private static String text(Object value) {
        return value instanceof Duration duration ? GoDuration.format(duration) : String.valueOf(value);
    }

    /** Formats a duration as a number of seconds: {@code 2}, {@code 0.5}. */
    private static String seconds(Duration duration) {
        double seconds = duration.toMillis() / 1000.0;
        return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
    }
}
