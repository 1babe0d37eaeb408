package io.jnatsd.cluster;

/**
 * Whether a server is dialled again after failures, and after which pause (protocol.md, section 24).
 *
 * <p>Threads: the thread that dials, except {@link #reset}: any thread.
 */
final class DialRetries {
    /** The usual pause between two attempts. */
    static final long PAUSE_MILLIS = 1000;
    /**
     * After this number of consecutive failures an explicit server is dialled less often, at least every five seconds.
     */
    private static final int FREQUENT_ATTEMPTS = 30;
    private static final int EXPLICIT_LONGEST = 5;
    /**
     * Number of attempts after a route is lost. gnatsd 1.0 does not dial such a server again; this server does, because
     * otherwise the lost link of a full mesh would never be restored.
     */
    private static final int ATTEMPTS_AFTER_LOSS = 10;
    private static final int IMPLICIT_LONGEST = 8;

    private final boolean explicit;
    private final int connectRetries;
    /** The pause before an explicit server is dialled again that refuses this one for what it is. */
    private static final long PAUSE_AFTER_REFUSAL = 30_000;

    /** Number of consecutive failed attempts. */
    private volatile int failures;
    /** The server refused this one, or this one refused it, and trying again will hardly help. */
    private volatile boolean refused;
    /** The allowed number of consecutive failures for an implicit server. */
    private int allowed;

    /**
     * @param explicit whether the server is in the configuration
     * @param connectRetries number of further attempts for a server that is not, before it was reached
     */
    DialRetries(boolean explicit, int connectRetries) {
        this.explicit = explicit;
        this.connectRetries = Math.max(connectRetries, 0);
        this.allowed = 1 + this.connectRetries;
    }

    /** Counts an attempt that has failed. */
    void failed() {
        failures++;
    }

    /** One of the servers has refused the other for what it is. */
    void refused() {
        failures++;
        refused = true;
    }

    /** Forgets the failures, because the server was reached, or gossip has named it again. */
    void reset() {
        failures = 0;
        refused = false;
    }

    /** Allows more attempts, because the server was reached, and its route is lost. */
    void lost() {
        allowed = Math.max(allowed, ATTEMPTS_AFTER_LOSS);
    }

    /** Returns whether the server is dialled again. */
    boolean mayDial() {
        return explicit || failures < allowed && !refused;
    }

    /** Returns the time until the next attempt. */
    long pauseMillis() {
        if (refused)
            return PAUSE_AFTER_REFUSAL;
        int failed = failures;
        return PAUSE_MILLIS * (explicit ? Math.clamp(failed - FREQUENT_ATTEMPTS, 1, EXPLICIT_LONGEST)
                : Math.min(1L << Math.max(failed - 1 - connectRetries, 0), IMPLICIT_LONGEST));
    }
}
