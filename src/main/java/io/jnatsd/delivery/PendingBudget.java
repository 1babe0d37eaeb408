package io.jnatsd.delivery;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the pending output of all connections takes, and how much it may take ({@code max_pending_total}).
 * Each connection adds the arrays that it allocates and subtracts those that it drops, in steps of several kilobytes,
 * so that a message costs nothing here.
 *
 * <p>Threads: any thread, also one that holds the lock of a receiver.
 */
public final class PendingBudget {
    /** When receivers are cut off, so much of the limit is freed, so that the next message does not start it again. */
    private static final int RESERVE = 16;

    private final AtomicLong held = new AtomicLong();
    private volatile long limit = Long.MAX_VALUE;

    /** @param most bytes, negative for no limit */
    public void limit(long most) {
        limit = most < 0 ? Long.MAX_VALUE : most;
    }

    /** Adds bytes that are held, or subtracts bytes that are not held any more; returns whether it is too much now. */
    boolean add(long bytes) {
        return held.addAndGet(bytes) > limit;
    }

    public boolean isExceeded() {
        return held.get() > limit;
    }

    /** Whether receivers that are cut off have freed enough. */
    public boolean isRelieved() {
        return held.get() <= limit - limit / RESERVE;
    }

    public long held() {
        return held.get();
    }
}
