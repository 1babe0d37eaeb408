package io.jnatsd.server;

import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.cluster.Cluster;
import io.jnatsd.cluster.ConnectUrls;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.ListenOptions;
import io.jnatsd.connection.Connection;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.text.HostPort;
import io.jnatsd.text.IpText;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;

/**
 * The port that accepts routes from other servers, and the cluster behind it. Threads: one at a time, except
 * {@link #port} and {@link #cluster}, which any thread may call.
 */
final class ClusterPort {
    private final ServerState state;
    private final Log log;
    private final Listener listener;
    /** Null until {@link #create}, which is called before the port is served. */
    private volatile Cluster cluster;

    /** Reserves the port. It accepts no connections before {@link #listen}. */
    ClusterPort(ServerState state, ServerOptions options, Reservations ports) throws IOException {
        this.state = state;
        this.log = state.log;
        ClusterOptions at = options.cluster();
        try {
            this.listener = new Listener("Route", new TcpEndpoint(ports.reserve(at.host(), at.port())), state, this::accept);
        } catch (IOException e) {
            throw new IOException("Error listening on router port: " + at.port() + " - " + e.getMessage(), e);
        }
    }

    /**
     * Creates the cluster. This needs the client port, which other servers are told.
     *
     * @param urlsChanged called when the client URLs of other servers in INFO have changed
     */
    void create(ServerOptions options, String serverId, int clientPort, PasswordCheck passwords,
            Runnable urlsChanged) {
        List<String> own = clientUrls(options.client(), clientPort);
        if (own.isEmpty() && clientPort != 0)
            log.error("Address \"" + options.client().host() + "\" can not be resolved properly");
        boolean old = options.compat() == ServerOptions.Compat.GNATSD_1_0;
        this.cluster = new Cluster(state,
                new Cluster.Self(serverId, listener.address(), options.limits().maxPayload()), passwords,
                new ConnectUrls(state, own, !old, urlsChanged));
    }

    private Connection accept(Socket socket) throws IOException {
        return cluster.accept(socket);
    }

    /** Returns {@code host:port} for each address at which clients on other machines can reach this server. */
    private static List<String> clientUrls(ListenOptions at, int port) {
        if (!at.advertise().isEmpty())
            return List.of(at.advertised(port));
        if (port == 0)
            return List.of();
        if (!at.host().equals("0.0.0.0") && !at.host().equals("::"))
            return List.of(new HostPort(at.host(), port).toString());
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .filter(ClusterPort::isGlobal).sorted(Comparator.comparing(a -> a.getAddress().length))
                    .map(address -> new HostPort(IpText.of(address), port).toString()).toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    private static boolean isGlobal(InetAddress address) {
        return !address.isLoopbackAddress() && !address.isLinkLocalAddress() && !address.isMulticastAddress()
                && !address.isAnyLocalAddress();
    }

    /** Applies options, before the start or at a reload. */
    void apply(ServerOptions options, TlsHandshake tls) {
        cluster.apply(options.cluster(), tls);
    }

    /** Listens. Routes wait until {@link #serve}. */
    void listen() throws IOException {
        listener.listen();
    }

    void serve() {
        listener.serve();
    }

    /** Dials the configured routes. */
    void dial() {
        cluster.dial();
    }

    int port() {
        return listener.port();
    }

    Cluster cluster() {
        return cluster;
    }

    void close() {
        listener.close();
        log.debug("Router accept loop exiting..");
        if (cluster != null)
            cluster.stop();
    }

    /** Waits until the other servers know that there are no clients here anymore; not longer than a second. */
    void takeLeave(long deadline) throws InterruptedException {
        if (cluster != null)
            cluster.takeLeave(deadline);
    }
}
