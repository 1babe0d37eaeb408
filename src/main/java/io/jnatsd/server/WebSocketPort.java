package io.jnatsd.server;

import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.text.HostPort;
import java.io.IOException;

/** The port for clients over WebSocket. Threads: any thread. */
final class WebSocketPort {
    private final WebSocketOptions options;
    private final Log log;
    private final Listener listener;

    /**
     * Reserves the port. It accepts no connections before {@link #listen}.
     *
     * @throws IOException with one line that says which port cannot be opened, and why
     */
    WebSocketPort(ServerState state, Clients clients, WebSocketOptions options, Reservations ports) throws IOException {
        this.options = options;
        this.log = state.log;
        try {
            this.listener = new Listener("WebSocket", new TcpEndpoint(ports.reserve(options.host(), options.port())), state,
                    clients::acceptWebSocket);
        } catch (IOException e) {
            throw new IOException("Unable to listen for websocket connections: " + e.getMessage(), e);
        }
    }

    void listen() throws IOException {
        listener.listen();
    }

    void serve() {
        listener.serve();
    }

    /** Logs that the port is open. */
    void announce() {
        log.notice("Listening for websocket clients on " + scheme() + "://"
                + new HostPort(options.host(), listener.port()));
        if (options.tls() == null)
            log.warn("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!");
    }

    private String scheme() {
        return options.tls() == null ? "ws" : "wss";
    }

    /** Returns {@code ws://host:port} or {@code wss://host:port}, for a client on this machine. */
    String url() {
        return Listener.url(scheme(), options.host(), listener.port());
    }

    void close() {
        listener.close();
    }
}
