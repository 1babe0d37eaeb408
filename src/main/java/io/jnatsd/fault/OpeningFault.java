package io.jnatsd.fault;

import java.time.Duration;

/** New clients are refused, or wait before the server sends anything. Threads: any thread. */
public final class OpeningFault extends InjectedFault {
    /** Null if clients are not refused. */
    private final String wire;
    private final long delayNanos;

    private OpeningFault(String wire, long delayNanos) {
        super(0);
        this.wire = wire;
        this.delayNanos = delayNanos;
    }

    /**
     * Returns a fault that closes new connections.
     *
     * @param wire protocol text that answers CONNECT; empty to close connections at once, before INFO
     */
    public static OpeningFault refusal(String wire) {
        return new OpeningFault(wire, 0);
    }

    /** Returns a fault that delays INFO and handshakes. */
    public static OpeningFault delay(Duration time) {
        return new OpeningFault(null, time.toNanos());
    }

    boolean refusesAtOnce() {
        return wire != null && wire.isEmpty();
    }

    boolean refusesConnect() {
        return wire != null && !wire.isEmpty();
    }

    String wire() {
        return wire;
    }

    long delayNanos() {
        return delayNanos;
    }
}
