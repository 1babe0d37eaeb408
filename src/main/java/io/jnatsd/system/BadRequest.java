package io.jnatsd.system;

/** A request that makes no sense; the message says why. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    BadRequest(String why) {
        super(why, null, false, false);
    }
}
