package io.jnatsd.bench;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** A run could not be done. The message is one line for the user. */
final class BenchFailure extends IOException {
    BenchFailure(String message) {
        super(message);
    }

    BenchFailure(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    /** Returns the message of an error, or its class if it has no message. */
    static String reason(Throwable fault) {
        String text = fault.getMessage();
        // The message of these exceptions is only the path.
        if (fault instanceof NoSuchFileException)
            return "no such file or directory: " + text;
        if (fault instanceof AccessDeniedException)
            return "permission denied: " + text;
        return text == null || text.isBlank() ? fault.getClass().getSimpleName() : text.lines().findFirst().orElse("");
    }
}
