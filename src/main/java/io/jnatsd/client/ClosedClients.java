package io.jnatsd.client;

import io.jnatsd.connection.Backlog;
import io.jnatsd.connection.CloseReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The clients that disconnected recently, and the number of disconnected clients by reason. Threads: any thread; {@code
 * lock} guards the list.
 */
public final class ClosedClients {
    /** The same number as in newer servers; about 4 MB if the texts of the clients are short. */
    static final int KEPT = 10_000;
    /** The list may use this fraction of the heap. */
    private static final int HEAP_SHARE = 32;
    /** Approximate memory of a view, without the texts that the client chose. */
    private static final int VIEW_BYTES = 400;

    private final ReentrantLock lock = new ReentrantLock();
    /** Oldest first. */
    private final Deque<ClientView> latest = new ArrayDeque<>();
    /** Memory of the views in {@link #latest}. */
    private long bytes;
    private final long mostBytes = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    private final AtomicLongArray counts = new AtomicLongArray(CloseReason.values().length);

    void add(ClientView client) {
        counts.incrementAndGet(client.end().reason().ordinal());
        lock.lock();
        try {
            latest.addLast(client);
            bytes += bytes(client);
            while (latest.size() > KEPT || bytes > mostBytes)
                bytes -= bytes(latest.removeFirst());
        } finally {
            lock.unlock();
        }
    }

    /** Counts two bytes per character, although most need one. */
    private static int bytes(ClientView client) {
        ClientView.Identity said = client.identity();
        Backlog backlog = client.end().backlog();
        return VIEW_BYTES + 2 * (said.name().length() + said.lang().length() + said.version().length()
                + said.user().length() + (backlog == null ? 0 : backlog.subject().length()));
    }

    /** Returns the clients in the list, oldest first. */
    public List<ClientView> latest() {
        lock.lock();
        try {
            return new ArrayList<>(latest);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the latest slow consumers, at most this number, newest first. */
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

    /** Returns the number of clients that were closed for this reason since the server started. */
    public long count(CloseReason reason) {
        return counts.get(reason.ordinal());
    }
}
