package io.jnatsd.core;

import io.jnatsd.log.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends connections whose present write has lasted longer than the write deadline. Java's sockets know no time limit
 * for writes, so somebody else has to look. Threads: watched by anybody, swept by the timer.
 */
final class WriteWatchdog {
    private final Set<Outbound> watched = ConcurrentHashMap.newKeySet();
    private final Threads threads;

    WriteWatchdog(Threads threads) {
        this.threads = threads;
    }

    void watch(Outbound outbound) {
        watched.add(outbound);
    }

    void forget(Outbound outbound) {
        watched.remove(outbound);
    }

    void sweep(Duration deadline) {
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
    static Duration pause(Duration deadline) {
        long millis = Math.min(Math.max(deadline.toMillis() / 8, 5), 1000);
        return Duration.ofMillis(millis);
    }
}
