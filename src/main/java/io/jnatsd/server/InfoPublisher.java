package io.jnatsd.server;

import io.jnatsd.client.Client;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.protocol.ServerInfo;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Builds the server's INFO again whenever part of it changes, and sends it to the clients (protocol.md, section 1).
 * Threads: any thread.
 */
final class InfoPublisher {
    private final ServerState state;
    private final Clients clients;
    private final String serverId;
    private final int port;
    /** Held while INFO is built and stored, so that an older INFO cannot replace a newer one. */
    private final ReentrantLock lock = new ReentrantLock();
    private ServerOptions options;
    private Security security;
    private boolean lameDuck;

    /** @param port the client port */
    InfoPublisher(ServerState state, Clients clients, String serverId, int port) {
        this.state = state;
        this.clients = clients;
        this.serverId = serverId;
        this.port = port;
    }

    /** Applies new options. */
    void apply(ServerOptions next, Security renewed) {
        lock.lock();
        try {
            options = next;
            security = renewed;
            state.info = info();
        } finally {
            lock.unlock();
        }
    }

    /** Announces that the server enters lame duck mode. */
    void leave() {
        lock.lock();
        try {
            lameDuck = true;
            state.info = info();
        } finally {
            lock.unlock();
        }
    }

    /** Sends INFO to the clients after the URLs of the cluster have changed. */
    void push() {
        lock.lock();
        try {
            state.info = info();
        } finally {
            lock.unlock();
        }
        for (Client client : clients.all())
            client.pushInfo();
    }

    private ServerInfo info() {
        String name = options.serverName().isEmpty() ? serverId : options.serverName();
        boolean old = options.compat() == ServerOptions.Compat.GNATSD_1_0;
        return new ServerInfo(serverId, name, "java" + Runtime.version().feature(), options.client().host(), port,
                security.authRequired(), security.tlsRequired(), security.tlsVerify(), security.tlsAvailable(),
                options.limits().maxPayload(), connectUrls(old), !old, lameDuck, old, options.jetStream().enabled(),
                options.jetStream().enabled() ? options.jetStream().domain() : "");
    }

    /**
     * Returns the client URLs for INFO. Those of other servers come from the cluster. A server without a cluster
     * announces its {@code client_advertise} address only.
     */
    private List<String> connectUrls(boolean old) {
        boolean silent = options.cluster() != null && options.cluster().noAdvertise();
        if (!state.connectUrls.isEmpty() || options.client().advertise().isEmpty() || old || lameDuck || silent)
            return state.connectUrls;
        return List.of(options.client().advertised(port));
    }
}
