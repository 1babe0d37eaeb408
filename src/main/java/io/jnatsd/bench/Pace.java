package io.jnatsd.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The rate limit of one publisher. Threads: used by one thread. */
final class Pace {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final double perSecond;

    /** @param perSecond 0 for no limit */
    Pace(double perSecond) {
        this.perSecond = perSecond;
    }

    /** Waits until a message is due, and returns the number of due messages. */
    long due(long startNanos, long sent) throws InterruptedException {
        if (perSecond == 0)
            return Long.MAX_VALUE;
        while (true) {
            long elapsed = System.nanoTime() - startNanos;
            // The first message is due at once.
            long due = 1 + (long) (elapsed / NANOS * perSecond) - sent;
            if (due > 0)
                return due;
            LockSupport.parkNanos(Math.max(1, (long) (sent * NANOS / perSecond) - elapsed));
            if (Thread.interrupted())
                throw new InterruptedException();
        }
    }
}
