package io.jnatsd.monitor;

/** A parameter is invalid. The message is one line that says which values are allowed. */
public final class BadQuery extends Exception {
    private static final long serialVersionUID = 1;

    BadQuery(String line) {
        super(line, null, false, false);
    }
}
