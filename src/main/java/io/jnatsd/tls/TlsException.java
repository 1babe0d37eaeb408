package io.jnatsd.tls;

/** A {@code tls} block that cannot be used. The message is one line for the author of the configuration. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1;

    public TlsException(String message) {
        super(message);
    }

    public TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
