package io.jnatsd.bench;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why a run could not be done, in words for the user: one line, no stack trace. */
final class BenchFailure extends IOException {
    BenchFailure(String message) {
        super(message);
    }

    BenchFailure(String message, Throwable cause) {
        super(message + ": " + reason(cause), cause);
    }

    /** What to print of any fault: its message, or its class when it has none. */
    static String reason(Throwable fault) {
        String text = fault.getMessage();
        // The message of these is the path alone.
        if (fault instanceof NoSuchFileException)
            return "no such file or directory: " + text;
        if (fault instanceof AccessDeniedException)
            return "permission denied: " + text;
        return text == null || text.isBlank() ? fault.getClass().getSimpleName() : text.lines().findFirst().orElse("");
    }
}
