package io.jnatsd.cluster;

import io.jnatsd.connection.ServerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The client addresses of the servers in the cluster, for INFO (protocol.md, section 1, "connect_urls"). gnatsd 1.0
 * never removes a server that has left, and does not list itself; this server does both, because clients use the newest
 * list only. Threads: any thread. {@code lock} guards all fields, and is held while the new list is published, so that
 * updates are published in order.
 */
public final class ConnectUrls {
    private final ServerState server;
    private final List<String> own;
    private final Runnable changed;
    private final ReentrantLock lock = new ReentrantLock();
    /** The addresses of other servers by server id, in the order in which the servers came. */
    private final Map<String, List<String>> others = new LinkedHashMap<>();
    /** Own addresses are listed, because clients drop addresses that the newest INFO does not contain. */
    private boolean listsOwn;
    /**
     * Another server has been connected. From then on the list is sent even without other servers, because clients
     * would otherwise keep the last one.
     */
    private boolean met;
    private boolean silent;
    private boolean stopped;

    /**
     * @param own the addresses of this server
     * @param listsOwn false to omit them, as gnatsd 1.0.2 does
     * @param changed called when the content of {@link ServerState#connectUrls} has changed
     */
    public ConnectUrls(ServerState server, List<String> own, boolean listsOwn, Runnable changed) {
        this.server = server;
        this.own = List.copyOf(own);
        this.listsOwn = listsOwn;
        this.changed = changed;
    }

    List<String> own() {
        return own;
    }

    /**
     * Updates the addresses of a server.
     *
     * @param present returns its current addresses; null if there is no route to it
     */
    void refresh(String serverId, Supplier<List<String>> present) {
        update(() -> {
            List<String> urls = present.get();
            if (urls == null)
                others.remove(serverId);
            else
                others.put(serverId, urls);
        });
    }

    /** Sets {@code no_advertise}: clients of this server are sent no addresses. */
    void silence(boolean on) {
        update(() -> silent = on);
    }

    /** Removes the addresses of this server, because its clients should move to other servers. */
    void forgetOwn() {
        update(() -> listsOwn = false);
    }

    /**
     * Ends updates, because the routes are closed next, and clients must not conclude that the other servers have left.
     */
    void stop() {
        lock.lock();
        try {
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    private void update(Runnable change) {
        boolean different;
        lock.lock();
        try {
            if (stopped)
                return;
            change.run();
            List<String> list = list();
            different = !list.equals(server.connectUrls);
            server.connectUrls = list;
        } finally {
            lock.unlock();
        }
        if (different)
            changed.run();
    }

    private List<String> list() {
        assert lock.isHeldByCurrentThread();
        Set<String> list = new LinkedHashSet<>();
        met |= others.values().stream().anyMatch(urls -> !urls.isEmpty());
        if (silent || !met)
            return List.of();
        if (listsOwn)
            list.addAll(own);
        others.values().forEach(list::addAll);
        return new ArrayList<>(list);
    }
}
