package io.jnatsd.monitor;

import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.ListenOptions;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.connection.ServerState;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the monitor looks at. Threads: any thread; the suppliers answer at once.
 *
 * @param version jnatsd's own
 * @param options those in force
 * @param configLoaded when they were loaded
 * @param ailment what keeps the server from doing its work; empty when it is well
 */
public record MonitoredServer(ServerState state, Clients clients, String serverId, String version, Instant started,
        Supplier<ServerOptions> options, Supplier<Instant> configLoaded, Supplier<String> ailment,
        Supplier<List<RouteView>> routes) {

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

    /** Null if clients have none. */
    TlsOptions tls() {
        return options.get().tls();
    }

    ClusterOptions cluster() {
        return options.get().cluster();
    }

    WebSocketOptions webSocket() {
        return options.get().webSocket();
    }

    LogOptions logging() {
        return options.get().log();
    }

    /**
     * Whether users may be shown. Where a token logs in, a client that has confused the fields may have sent it as its
     * user name.
     */
    boolean showsUsers() {
        return auth().token().isEmpty();
    }
}
