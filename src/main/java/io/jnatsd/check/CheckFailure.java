package io.jnatsd.check;

import java.io.IOException;

/** A server cannot be checked. The message says why, without the server's URL. */
final class CheckFailure extends IOException {
    private static final long serialVersionUID = 1;

    CheckFailure(String message, Throwable cause) {
        super(message, cause);
    }

    CheckFailure(String message) {
        super(message);
    }
}
