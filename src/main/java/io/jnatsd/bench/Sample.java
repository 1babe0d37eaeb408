package io.jnatsd.bench;

import java.util.concurrent.TimeUnit;

/**
 * The results of one connection. Threads: immutable.
 *
 * @param expected the number of messages that it should have sent or received; for a member of a queue group, the
 *         number that it received
 * @param latencies empty if it did not send requests
 */
record Sample(long messages, long expected, long startNanos, long endNanos, Latencies latencies) {
    long lost() {
        return Math.max(0, expected - messages);
    }

    double perSecond() {
        return perSecond(messages, startNanos, endNanos);
    }

    /** Returns the rate. The time is at least a microsecond, because the clock may not have advanced. */
    static double perSecond(long messages, long startNanos, long endNanos) {
        return messages / seconds(startNanos, endNanos);
    }

    static double seconds(long startNanos, long endNanos) {
        return Math.max(1000, endNanos - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
