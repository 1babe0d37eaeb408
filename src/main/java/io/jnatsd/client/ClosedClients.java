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
 * The clients that went lately, and how many went ever, by reason. Threads: any thread; {@code lock} guards the list.
 */
public final class ClosedClients {
    /** As many as newer servers keep; some 4 MB, if they do not say much of themselves. */
    static final int KEPT = 10_000;
    /** They may take this part of the heap. */
    private static final int HEAP_SHARE = 32;
    /** About what a view takes beside the texts that the client chose. */
    private static final int VIEW_BYTES = 400;

    private final ReentrantLock lock = new ReentrantLock();
    /** Oldest first. */
    private final Deque<ClientView> latest = new ArrayDeque<>();
    /** Of the views in {@link #latest}. */
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

    /** Two for each character, although most take one. */
    private static int bytes(ClientView client) {
        ClientView.Identity said = client.identity();
        Backlog backlog = client.end().backlog();
        return VIEW_BYTES + 2 * (said.name().length() + said.lang().length() + said.version().length()
                + said.user().length() + (backlog == null ? 0 : backlog.subject().length()));
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
