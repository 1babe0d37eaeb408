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
 * Where clients find the servers of the cluster, for INFO (cluster reference, section 11). gnatsd: never forgets a
 * server that has left, and does not list itself. Threads: anybody's; {@code lock} guards everything, and is held while
 * the list is put into place, so that the last one stays.
 */
public final class ConnectUrls {
    private final ServerState server;
    private final List<String> own;
    private final Runnable changed;
    private final ReentrantLock lock = new ReentrantLock();
    /** By server id, in the order of their arrival. */
    private final Map<String, List<String>> others = new LinkedHashMap<>();
    /** Clients drop what is missing in the newest INFO, so that our own URLs must be in there, too. */
    private boolean listsOwn;
    /** Somebody has been here: the list does not end any more, or clients would keep what it said last. */
    private boolean met;
    private boolean silent;
    private boolean stopped;

    /**
     * @param own the URLs of this server
     * @param listsOwn false to leave them out, as gnatsd 1.0.2 does
     * @param changed called when {@link ServerState#connectUrls} has another content
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
     * A server has come, gone, or said something new.
     *
     * @param present its URLs as they are when asked for; null if there is no route to it
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

    /** {@code no_advertise}: this server's clients are told nothing. */
    void silence(boolean on) {
        update(() -> silent = on);
    }

    /** This server is about to leave: its clients are to go elsewhere. */
    public void forgetOwn() {
        update(() -> listsOwn = false);
    }

    /** The routes are about to end, and clients must not take that for the end of the others. */
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
