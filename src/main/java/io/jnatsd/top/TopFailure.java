package io.jnatsd.top;

import java.io.IOException;

/** The server's data cannot be shown. The message is one line for the user. */
final class TopFailure extends IOException {
    private static final long serialVersionUID = 1;

    TopFailure(String line, Throwable cause) {
        super(line, cause);
    }

    TopFailure(String line) {
        super(line);
    }
}
