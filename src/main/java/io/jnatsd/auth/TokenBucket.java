package io.jnatsd.auth;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket: it holds as many tokens as are added in a second. Threads: any.
 */
public final class TokenBucket {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** When the bucket is full again, in the time of {@link System#nanoTime}. */
    private final AtomicLong full;

    /** Creates a bucket that is full. */
    public TokenBucket(long now) {
        full = new AtomicLong(now);
    }

    /**
     * Takes a token, unless there is none.
     *
     * @param rate tokens that are added a second
     */
    public boolean tryTake(int rate, long now) {
        while (true) {
            long before = full.get(), next = next(before, rate, now);
            if (next - now > SECOND)
                return false;
            if (full.compareAndSet(before, next))
                return true;
        }
    }

    /**
     * Takes a token that may be added later.
     *
     * @param rate tokens that are added a second
     * @return the nanoseconds until it is added, 0 or less if it was there
     */
    public long take(int rate, long now) {
        return full.updateAndGet(before -> next(before, rate, now)) - now - SECOND;
    }

    private static long next(long before, int rate, long now) {
        return (before - now > 0 ? before : now) + SECOND / rate;
    }

    /** Returns whether it would make no difference to replace the bucket by a new one. */
    public boolean isFull(long now) {
        return full.get() - now <= 0;
    }
}
