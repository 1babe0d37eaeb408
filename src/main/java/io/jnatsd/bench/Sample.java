package io.jnatsd.bench;

import java.util.concurrent.TimeUnit;

/**
 * What one connection did.
 *
 * @param expected messages it should have sent or received; where connections share deliveries, what it did
 * @param latencies empty if it did not request
 */
record Sample(long messages, long expected, long startNanos, long endNanos, Latencies latencies) {
    long lost() {
        return Math.max(0, expected - messages);
    }

    double perSecond() {
        return perSecond(messages, startNanos, endNanos);
    }

    /** No more than a rate over a microsecond can be told: the clock may not have moved. */
    static double perSecond(long messages, long startNanos, long endNanos) {
        return messages / seconds(startNanos, endNanos);
    }

    static double seconds(long startNanos, long endNanos) {
        return Math.max(1000, endNanos - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
