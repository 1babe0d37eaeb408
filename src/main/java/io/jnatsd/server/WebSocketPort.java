package io.jnatsd.server;

import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.core.Client;
import io.jnatsd.core.ServerState;
import io.jnatsd.log.Log;
import java.io.IOException;

/** The port for clients over WebSocket. Threads: anybody's. */
final class WebSocketPort {
    private final WebSocketOptions options;
    private final Log log;
    private final Listener listener;

    /**
     * Takes the port; nobody is let in before {@link #start}.
     *
     * @throws IOException with one line that says which port can't be had, and why
     */
    WebSocketPort(ServerState state, WebSocketOptions options) throws IOException {
        this.options = options;
        this.log = state.log;
        try {
            this.listener = Listener.bind("WebSocket", options.host(), options.port(), log,
                    socket -> new Client(state, socket, state.webSocket));
        } catch (IOException e) {
            throw new IOException("Unable to listen for websocket connections: " + e.getMessage(), e);
        }
    }

    void start() {
        listener.start();
        log.notice("Listening for websocket clients on " + url(options.host()));
        if (options.tls() == null)
            log.warn("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!");
    }

    /** {@code ws://host:port} or {@code wss://host:port}. */
    String url(String host) {
        return (options.tls() == null ? "ws://" : "wss://") + Listener.address(host, listener.port());
    }

    void close() {
        listener.close();
    }
}
