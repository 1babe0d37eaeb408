package io.jnatsd.system;

/** A request has invalid content. The message says what is wrong. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    BadRequest(String why) {
        super(why, null, false, false);
    }
}
