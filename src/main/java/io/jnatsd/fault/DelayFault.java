package io.jnatsd.fault;

import java.time.Duration;

/** The server waits before it handles what it has read from a client, and before each write. Threads: any thread. */
public final class DelayFault extends ClientFault {
    private final long nanos;

    /** @param time how long it waits */
    public DelayFault(ClientSelection selection, Duration time) {
        super(selection, 0);
        nanos = time.toNanos();
    }

    long nanos() {
        return nanos;
    }
}
