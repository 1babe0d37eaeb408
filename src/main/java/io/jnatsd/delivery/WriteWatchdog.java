package io.jnatsd.delivery;

import io.jnatsd.log.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends connections whose current write has lasted longer than the write deadline, because Java's sockets have no
 * timeout for writes. A receiver is not to blame for two things: a write whose thread waits for a processor is left alone
 * ({@link CurrentWrite}), and after a time in which the process itself stood still, because it or its machine was
 * suspended, each write gets the whole deadline again.
 *
 * <p>Threads: any thread adds and removes outputs; the timer calls {@link #sweep} and owns the other state.
 */
public final class WriteWatchdog {
    private final Set<Outbound> watched = ConcurrentHashMap.newKeySet();
    private final Threads threads;
    private boolean swept;
    private long lastSweep;
    private boolean afterStandstill;
    /** No write is too late before this time. */
    private long reprieve;

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
        noticeStandstill(now, deadline);
        if (now - reprieve < 0)
            return;
        for (Outbound outbound : watched)
            if (outbound.waitsForPeer(now, nanos))
                end(outbound);
    }

    /** Two late sweeps in a row are no standstill but a busy machine, on which the deadline holds, too. */
    private void noticeStandstill(long now, Duration deadline) {
        boolean late = swept && now - lastSweep > pause(deadline).toNanos() + deadline.toNanos() / 2;
        if (!swept || late && !afterStandstill)
            reprieve = late ? now + deadline.toNanos() : now;
        afterStandstill = late;
        swept = true;
        lastSweep = now;
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
