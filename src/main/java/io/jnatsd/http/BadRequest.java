package io.jnatsd.http;

/** Input that is no request; the message is the answer. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    BadRequest(int status, String text) {
        this(status, text, null);
    }

    BadRequest(int status, String text, Throwable cause) {
        super(text, cause);
        this.status = status;
    }

    int status() {
        return status;
    }
}
