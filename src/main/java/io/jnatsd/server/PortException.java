package io.jnatsd.server;

import java.io.IOException;

/** A port cannot be opened. */
public final class PortException extends IOException {
    private static final long serialVersionUID = 1;

    /** The address as in the options. */
    private final String address;
    /** The text of the system, in lower case. */
    private final String reason;

    PortException(String address, String reason, Throwable cause) {
        super("listen tcp " + address + ": bind: " + reason, cause);
        this.address = address;
        this.reason = reason;
    }

    /** Returns {@code host:port}, or the host if the options ask for any free port. */
    public String address() {
        return address.replaceFirst(":(-1|0)$", "");
    }

    /** Returns {@code address already in use} or what else the system says. */
    public String reason() {
        return reason;
    }

    /** Returns whether another socket listens on the port. */
    public boolean isInUse() {
        return reason.contains("in use");
    }
}
