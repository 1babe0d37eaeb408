package io.jnatsd.server;

import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.client.ClientView.Traffic;
import io.jnatsd.cluster.Cluster;
import io.jnatsd.cluster.Route;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.log.Log;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.monitor.Monitor;
import io.jnatsd.monitor.MonitoredServer;
import io.jnatsd.monitor.RouteView;
import io.jnatsd.monitor.Views;
import io.jnatsd.text.HostPort;
import io.jnatsd.tls.TlsContext;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/**
 * The monitoring port, and the data of the server that it shows. Threads: the thread that starts the server;
 * {@link #close} any thread.
 */
final class Monitoring {
    private final ReservedPort port;
    /** Null until {@link #prepare}. */
    private volatile Monitor monitor;

    private Monitoring(ReservedPort port) {
        this.port = port;
    }

    /** Creates the views of a server that is starting. */
    static Views views(Server server) {
        return new Views(new MonitoredServer(server.state(), server.clients(), server.serverId(), Version.TEXT,
                SteadyClock.millis(), server::options, server::configLoaded, server::healthProblem, () -> routes(server), server::jetStream));
    }

    /**
     * Reserves the port for a server that is starting. It accepts no connections before {@link #listen}.
     *
     * @param certificate whether the client port has a certificate
     * @return null if the options do not enable monitoring
     */
    static Monitoring reserve(MonitorOptions options, boolean certificate, Reservations ports) throws IOException {
        if (options.httpPort() == 0 && options.httpsPort() == 0)
            return null;
        try {
            Monitor.require(options, certificate);
            int port = options.httpsPort() != 0 ? options.httpsPort() : options.httpPort();
            return new Monitoring(reserve(options.host(), port, ports));
        } catch (IOException e) {
            throw new IOException("Can't start monitoring: " + e.getMessage(), e);
        }
    }

    private static ReservedPort reserve(String host, int port, Reservations ports) throws IOException {
        try {
            return ports.reserve(host, port);
        } catch (UnknownHostException e) {
            throw new IOException("can't listen to the monitor port: listen tcp " + new HostPort(host, port) + ": "
                    + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException("can't listen to the monitor port: " + e.getMessage(), e);
        }
    }

    /**
     * Creates the monitor, which answers requests.
     *
     * @param tls supplies the current certificate of the client port, null if it has none
     */
    void prepare(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, Log log) throws IOException {
        monitor = Monitor.create(views, passwords, tls, Descriptors.monitorConnections(), log);
    }

    /** Listens. Requests wait until {@link #serve}. */
    void listen() throws IOException {
        port.listen(monitor::listen);
    }

    void serve() {
        monitor.serve();
    }

    /** Returns {@code http://host:port}, for an HTTP client on this machine. */
    String url() {
        return monitor.url();
    }

    void close() {
        port.close();
        if (monitor != null)
            monitor.close();
    }

    private static List<RouteView> routes(Server server) {
        Cluster cluster = server.cluster();
        return cluster == null ? List.of() : cluster.stats().stream().map(r -> view(r, cluster)).toList();
    }

    private static RouteView view(Route.Stats r, Cluster cluster) {
        return new RouteView(r.rid(), r.remoteId(), r.remoteName(), r.solicited(), r.configured(), r.ip(), r.port(), r.times(),
                new Traffic(r.inMessages(), r.inBytes(), r.outMessages(), r.outBytes(), r.pending()),
                r.subscriptions(), () -> cluster.subscriptions(r.remoteId()));
    }
}
