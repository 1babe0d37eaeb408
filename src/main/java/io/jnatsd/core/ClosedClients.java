package io.jnatsd.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The clients that went lately, and how many went ever, by reason. Threads: anybody's; {@code lock} guards the list.
 */
public final class ClosedClients {
    /** As many as newer servers keep; some 4 MB. */
    static final int KEPT = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    /** Oldest first. */
    private final Deque<ClientView> latest = new ArrayDeque<>();
    private final AtomicLongArray counts = new AtomicLongArray(CloseReason.values().length);

    void add(ClientView client) {
        counts.incrementAndGet(client.end().reason().ordinal());
        lock.lock();
        try {
            if (latest.size() == KEPT)
                latest.removeFirst();
            latest.addLast(client);
        } finally {
            lock.unlock();
        }
    }

    /** Those that are still remembered, oldest first. */
    public List<ClientView> latest() {
        lock.lock();
        try {
            return new ArrayList<>(latest);
        } finally {
            lock.unlock();
        }
    }

    /** The latest so many that were slow consumers, newest first. */
    public List<ClientView> latestSlow(int most) {
        List<ClientView> slow = new ArrayList<>();
        lock.lock();
        try {
            for (var each = latest.descendingIterator(); each.hasNext() && slow.size() < most;) {
                ClientView client = each.next();
                if (client.end().backlog() != null)
                    slow.add(client);
            }
        } finally {
            lock.unlock();
        }
        return slow;
    }

    /** How many clients have gone for this reason since the server started. */
    public long count(CloseReason reason) {
        return counts.get(reason.ordinal());
    }
}
