package io.jnatsd.jetstream.config;

/**
 * What the configuration of the server allows streams and consumers to ask for, 0 for no limit. Threads: immutable.
 *
 * @param maxAckPending unacknowledged messages of a consumer
 * @param maxRequestBatch messages of a pull request
 * @param duplicateWindow of a stream, in nanoseconds
 */
public record ServerLimits(int maxAckPending, int maxRequestBatch, long duplicateWindow) {
    public static final ServerLimits NONE = new ServerLimits(0, 0, 0);

    /** Returns a default, or the limit if that is lower. */
    static long atMost(long otherwise, long limit) {
        return limit > 0 ? Math.min(otherwise, limit) : otherwise;
    }
}
