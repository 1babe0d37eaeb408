package io.jnatsd.monitor;

/** A parameter that makes no sense; the message is one line that says what would. */
public final class BadQuery extends Exception {
    private static final long serialVersionUID = 1;

    BadQuery(String line) {
        super(line, null, false, false);
    }
}
