package io.jnatsd.log;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A clock for times whose differences are shown, such as the idle time of a client. It begins with the time of the
 * system clock and does not follow when that is set, so that no difference is negative or an hour too long. Threads:
 * any thread.
 */
public final class SteadyClock {
    private static final long ZERO_NANOS = System.nanoTime();
    private static final long ZERO_MILLIS = System.currentTimeMillis();

    private SteadyClock() {
    }

    /** Returns the time in milliseconds since 1970. */
    public static long millis() {
        return ZERO_MILLIS + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ZERO_NANOS);
    }

    /**
     * Returns a time of this clock as the system clock, which may have been set since, shows it. The difference of the
     * clocks is rounded to seconds, so that the result is the same each time while the clock is not set.
     */
    public static Instant systemTime(long millis) {
        return Instant.ofEpochMilli(millis + Math.round((System.currentTimeMillis() - millis()) / 1e3) * 1000);
    }
}
