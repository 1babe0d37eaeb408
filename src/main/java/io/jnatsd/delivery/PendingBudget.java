package io.jnatsd.delivery;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory used by the pending output of all connections, and its limit ({@code max_pending_total}). Each connection
 * adds the arrays that it allocates and subtracts those that it releases, in steps of several kilobytes, so that single
 * messages cost nothing here.
 *
 * <p>Threads: any thread, also while it holds the lock of a receiver.
 */
public final class PendingBudget {
    /**
     * When receivers are disconnected, this fraction of the limit is freed, so that the next message does not exceed it
     * again.
     */
    private static final int RESERVE = 16;

    private final AtomicLong held = new AtomicLong();
    private volatile long limit = Long.MAX_VALUE;

    /** @param most the limit in bytes, negative for no limit */
    public void limit(long most) {
        limit = most < 0 ? Long.MAX_VALUE : most;
    }

    /** Adds bytes, negative if they were released; returns whether the limit is exceeded. */
    boolean add(long bytes) {
        return held.addAndGet(bytes) > limit;
    }

    public boolean isExceeded() {
        return held.get() > limit;
    }

    /** Returns whether enough memory was freed, so that no more receivers need to be disconnected. */
    public boolean isRelieved() {
        return held.get() <= limit - limit / RESERVE;
    }

    public long held() {
        return held.get();
    }
}
