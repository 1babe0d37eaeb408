package io.jnatsd.server;

import io.jnatsd.client.Client;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.protocol.ServerInfo;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this server says of itself in INFO (protocol reference, section 3), made anew whenever some of it changes.
 * Threads: anybody's.
 */
final class InfoPublisher {
    private final ServerState state;
    private final Clients clients;
    private final String serverId;
    private final int port;
    /** Held while INFO is made and put into place, so that the newest stays. */
    private final ReentrantLock lock = new ReentrantLock();
    private ServerOptions options;
    private Security security;
    private boolean lameDuck;

    /** @param port where clients come in */
    InfoPublisher(ServerState state, Clients clients, String serverId, int port) {
        this.state = state;
        this.clients = clients;
        this.serverId = serverId;
        this.port = port;
    }

    /** Other options are in force. */
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

    /** The server is about to leave. */
    void leave() {
        lock.lock();
        try {
            lameDuck = true;
            state.info = info();
        } finally {
            lock.unlock();
        }
    }

    /** Other servers have come or gone: clients are to know. */
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
                options.limits().maxPayload(), connectUrls(old), !old, lameDuck, old);
    }

    /** Other servers' are the cluster's to find. Alone, this one names an address of which clients cannot know. */
    private List<String> connectUrls(boolean old) {
        boolean silent = options.cluster() != null && options.cluster().noAdvertise();
        if (!state.connectUrls.isEmpty() || options.client().advertise().isEmpty() || old || lameDuck || silent)
            return state.connectUrls;
        return List.of(options.client().advertised(port));
    }
}
