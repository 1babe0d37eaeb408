package io.jnatsd.monitor;

import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.ListenOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * The server that the monitor shows. Threads: any thread; the suppliers return at once.
 *
 * @param version the version of jnatsd
 * @param started when it started, a time of the {@link SteadyClock}
 * @param options those in force
 * @param configLoaded when they were loaded
 * @param healthProblem why the server is not healthy; empty if it is
 * @param jetStream gives null without JetStream
 */
public record MonitoredServer(ServerState state, Clients clients, String serverId, String version, long started,
        Supplier<ServerOptions> options, Supplier<Instant> configLoaded, Supplier<String> healthProblem,
        Supplier<List<RouteView>> routes, Supplier<JetStreamSource> jetStream) {

    Instant start() {
        return SteadyClock.systemTime(started);
    }

    Duration uptime() {
        return Duration.ofMillis(SteadyClock.millis() - started);
    }

    MonitorOptions monitor() {
        return options.get().monitor();
    }

    ListenOptions client() {
        return options.get().client();
    }

    Limits limits() {
        return options.get().limits();
    }

    AuthOptions auth() {
        return options.get().auth();
    }

    /** Returns null if the client port has no TLS. */
    TlsOptions tls() {
        return options.get().tls();
    }

    ClusterOptions cluster() {
        return options.get().cluster();
    }

    WebSocketOptions webSocket() {
        return options.get().webSocket();
    }

    /**
     * Returns whether user names may be shown. If the login is a token, a client may have sent it as the user name by
     * mistake.
     */
    boolean showsUsers() {
        return auth().token().isEmpty();
    }
}
