package io.jnatsd.jetstream.model;

import io.jnatsd.jetstream.stream.StreamClock;

/** A time that goes on only when it is told to. Threads: any thread reads; one sets. */
final class ManualClock implements StreamClock {
    private static final long START = 1_800_000_000_000_000_000L;

    private volatile long now = 1_000_000_000L;

    void set(long nanos) {
        now = nanos;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public long wallClock() {
        return START + now;
    }
}
