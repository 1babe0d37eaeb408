package io.jnatsd.server;

import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.cluster.Cluster;
import io.jnatsd.cluster.Route;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import io.jnatsd.monitor.Monitor;
import io.jnatsd.monitor.MonitoredServer;
import io.jnatsd.monitor.RouteView;
import io.jnatsd.monitor.Views;
import io.jnatsd.tls.TlsContext;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Shows a server to its monitor. Threads: the one that starts the server. */
final class Monitoring {
    private Monitoring() {
    }

    /** What a server that is starting will show. */
    static Views views(NatsServer server) {
        return new Views(new MonitoredServer(server.state(), server.clients(), server.serverId(), Version.TEXT, Instant.now(), server::options,
                server::configLoaded, () -> ailment(server), () -> routes(server)));
    }

    /**
     * The monitor of a server that is starting, not served yet; null if its options want none.
     *
     * @param tls the certificate of the client port that is in force; it gives null if there is none
     */
    static Monitor open(Views views, ServerOptions options, PasswordCheck passwords, Supplier<TlsContext> tls,
            Log log) throws IOException {
        if (options.monitor().httpPort() == 0 && options.monitor().httpsPort() == 0)
            return null;
        try {
            return Monitor.open(views, passwords, tls, Descriptors.visits(), log);
        } catch (IOException e) {
            throw new IOException("Can't start monitoring: " + e.getMessage(), e);
        }
    }

    private static String ailment(NatsServer server) {
        return server.state().info.lameDuck() ? "lame duck mode" : "";
    }

    private static List<RouteView> routes(NatsServer server) {
        Cluster cluster = server.cluster();
        return cluster == null ? List.of() : cluster.stats().stream().map(r -> view(r, cluster)).toList();
    }

    private static RouteView view(Route.Stats r, Cluster cluster) {
        return new RouteView(r.rid(), r.remoteId(), r.remoteName(), r.solicited(), r.configured(), r.ip(), r.port(), r.times(),
                new Traffic(r.inMessages(), r.inBytes(), r.outMessages(), r.outBytes(), r.pending()),
                r.subscriptions(), () -> cluster.subscriptions(r.remoteId()));
    }
}
