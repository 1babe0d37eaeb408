package io.jnatsd.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection's subscriptions by sid, kept in step with the index. Threads: anybody's; {@code lock} guards the map
 * and is held while the index changes, so that both agree.
 */
final class SidTable {
    private final SubscriptionIndex index;
    private final ReentrantLock lock = new ReentrantLock();
    /** Null when the connection has left: nothing is added any more. */
    private Map<String, Subscription> subs = new HashMap<>(4);

    SidTable(SubscriptionIndex index) {
        this.index = index;
    }

    /** False if the sid is in use, which keeps its subscription, or the connection has left. */
    boolean add(Subscription sub) {
        lock.lock();
        try {
            if (subs == null || subs.putIfAbsent(sub.sid, sub) != null)
                return false;
            index.insert(sub);
            return true;
        } finally {
            lock.unlock();
        }
    }

    Subscription get(String sid) {
        lock.lock();
        try {
            return subs == null ? null : subs.get(sid);
        } finally {
            lock.unlock();
        }
    }

    /** False if it has gone already. */
    boolean remove(Subscription sub) {
        lock.lock();
        try {
            if (subs == null || !subs.remove(sub.sid, sub))
                return false;
            sub.owner.outbound.end(sub);
            index.remove(sub);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The connection leaves, and its subscriptions with it. */
    List<Subscription> removeAll() {
        List<Subscription> all;
        lock.lock();
        try {
            if (subs == null)
                return List.of();
            all = new ArrayList<>(subs.values());
            subs = null;
        } finally {
            lock.unlock();
        }
        for (Subscription sub : all)
            index.remove(sub);
        return all;
    }

    List<Subscription> all() {
        lock.lock();
        try {
            return subs == null ? List.of() : new ArrayList<>(subs.values());
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return subs == null ? 0 : subs.size();
        } finally {
            lock.unlock();
        }
    }
}
