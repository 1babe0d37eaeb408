package io.jnatsd.server;

import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions.ListenOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.text.HostPort;
import java.io.IOException;

/**
 * Where clients connect, except over WebSocket: the client port, a Unix domain socket, or both. Threads: any thread.
 */
final class ClientPorts {
    private final ListenOptions options;
    /** Null without a port. */
    private final Listener tcp;
    /** Null without a Unix domain socket. */
    private final Listener unix;

    /**
     * Reserves the port. No connections are accepted before {@link #listen}.
     *
     * @throws IOException with one line that says which port cannot be opened, and why
     */
    ClientPorts(ListenOptions options, Reservations ports, ServerState state, Clients clients) throws IOException {
        this.options = options;
        this.unix = options.unixSocket() == null ? null
                : new Listener("Unix", new UnixEndpoint(options.unixSocket(), options.unixPermissions()), state,
                        clients::acceptUnix);
        this.tcp = options.port() == 0 ? null : tcp(options, ports, state, clients);
    }

    private static Listener tcp(ListenOptions at, Reservations ports, ServerState state, Clients clients)
            throws IOException {
        try {
            return new Listener("Client", new TcpEndpoint(ports.reserve(at.host(), at.port())), state, clients::accept);
        } catch (IOException e) {
            throw new IOException("Error listening on port: " + new HostPort(at.host(), at.port()) + ", \"" + e.getMessage()
                    + "\"", e);
        }
    }

    /** Listens. Connections wait until {@link #serve}. */
    void listen() throws IOException {
        if (unix != null)
            listenUnix();
        if (tcp != null)
            tcp.listen();
    }

    private void listenUnix() throws IOException {
        try {
            unix.listen();
        } catch (IOException e) {
            throw new IOException("Error listening on " + unixUrl() + ", \"" + e.getMessage() + "\"", e);
        }
    }

    void serve() {
        if (unix != null)
            unix.serve();
        if (tcp != null)
            tcp.serve();
    }

    /** Logs where the server listens. */
    void announce(Log log) {
        if (tcp != null)
            log.notice("Listening for client connections on " + new HostPort(options.host(), port()));
        if (unix != null)
            log.notice("Listening for client connections on " + unixUrl());
    }

    /** Returns the actual port; 0 if there is only a Unix domain socket. */
    int port() {
        return tcp == null ? 0 : tcp.port();
    }

    /** Returns the URL for a client on this machine. */
    String url(boolean tls) {
        return tcp == null ? unixUrl() : Listener.url(tls ? "tls" : "nats", options.host(), port());
    }

    private String unixUrl() {
        return "unix://" + options.unixSocket().toAbsolutePath();
    }

    /** Stops accepting. Accepted connections stay open. */
    void close() {
        if (tcp != null)
            tcp.close();
        if (unix != null)
            unix.close();
    }
}
