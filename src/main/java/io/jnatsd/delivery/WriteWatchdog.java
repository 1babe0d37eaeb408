package io.jnatsd.delivery;

import io.jnatsd.log.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends connections whose current write has lasted longer than the write deadline, because Java's sockets have no
 * timeout for writes. Threads: any thread adds and removes outputs; the timer calls {@link #sweep}.
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
        sweep(System.nanoTime(), deadline);
    }

    void sweep(long now, Duration deadline) {
        long nanos = deadline.toNanos();
        for (Outbound outbound : watched)
            if (outbound.isStuck(now, nanos))
                end(outbound);
    }

    /** A failure of one connection must not prevent the check of the others. */
    private void end(Outbound outbound) {
        try {
            outbound.deadlineExceeded();
        } catch (Throwable e) {
            threads.failed(outbound, "write deadline", e);
        }
    }

    /** Returns the interval between two sweeps: short enough that a write exceeds the deadline by an eighth at most. */
    public static Duration pause(Duration deadline) {
        long millis = Math.min(Math.max(deadline.toMillis() / 8, 5), 1000);
        return Duration.ofMillis(millis);
    }
}
