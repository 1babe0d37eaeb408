package io.jnatsd;

import java.util.Objects;

/**
 * A server could not do what it was asked for. The message is one line that says what is wrong; several mistakes in a
 * configuration have a line each.
 */
public final class NatsServerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong, for programs that react to it. */
    public enum Reason {
        /** A setting, or a line of the configuration, is wrong. */
        CONFIGURATION,
        /** Another server listens on the port. */
        PORT_IN_USE,
        /** A certificate or a key is missing, broken, or does not fit. */
        TLS,
        /** A file, folder or address cannot be used. */
        INPUT_OUTPUT,
        /** What was awaited has not happened in time. */
        TIMEOUT
    }

    /** Why. */
    private final Reason reason;

    NatsServerException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason);
    }

    /**
     * Returns what went wrong.
     *
     * @return never null
     */
    public Reason reason() {
        return reason;
    }
}
