package io.jnatsd.delivery;

import io.jnatsd.log.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends connections whose present write has lasted longer than the write deadline. Java's sockets have no time limit
 * for writes. Threads: any thread adds and removes; the timer calls {@link #sweep}.
 */
public final class WriteWatchdog {
    private final Set<Outbound> watched = ConcurrentHashMap.newKeySet();
    private final Threads threads;

    public WriteWatchdog(Threads threads) {
        this.threads = threads;
    }

    void watch(Outbound outbound) {
        watched.add(outbound);
    }

    void forget(Outbound outbound) {
        watched.remove(outbound);
    }

    public void sweep(Duration deadline) {
        long now = System.nanoTime(), nanos = deadline.toNanos();
        for (Outbound outbound : watched)
            if (outbound.isStuck(now, nanos))
                end(outbound);
    }

    /** What goes wrong with one connection does not keep the others from being looked at. */
    private void end(Outbound outbound) {
        try {
            outbound.deadlineExceeded();
        } catch (Throwable e) {
            threads.failed(outbound, "write deadline", e);
        }
    }

    /** Often enough that a write overstays its deadline by an eighth at most. */
    public static Duration pause(Duration deadline) {
        long millis = Math.min(Math.max(deadline.toMillis() / 8, 5), 1000);
        return Duration.ofMillis(millis);
    }
}
