package io.jnatsd.jetstream.consumer;

import java.time.Instant;

/**
 * Notices that the limit of unacknowledged messages holds messages back while no message is acknowledged. Looks once a
 * minute, so that acknowledgements cost nothing. Threads: the actor of the stream.
 */
final class AckStall {
    private static final long PAUSE = 60_000_000_000L;

    private boolean watching;
    private long nextCheck;
    /** The time of the last acknowledgement when the pause began; null for none. */
    private Instant acknowledged;

    /** The limit holds a message back. Returns when {@link #isStalled} is to be asked. */
    long limited(long now, Instant lastAck) {
        if (!watching)
            begin(now, lastAck);
        return nextCheck;
    }

    private void begin(long now, Instant lastAck) {
        watching = true;
        nextCheck = now + PAUSE;
        acknowledged = lastAck;
    }

    /** Returns when {@link #isStalled} is to be asked, {@link Long#MAX_VALUE} for never. */
    long nextCheck() {
        return watching ? nextCheck : Long.MAX_VALUE;
    }

    /**
     * Returns whether there was no acknowledgement since the last look, a minute ago or more.
     *
     * @param limited whether the limit still holds messages back
     */
    boolean isStalled(long now, boolean limited, Instant lastAck) {
        if (!watching || now < nextCheck)
            return false;
        boolean stalled = limited && lastAck == acknowledged;
        if (limited)
            begin(now, lastAck);
        else
            watching = false;
        return stalled;
    }
}
