package io.jnatsd.config;

/** A value is not of the type or in the range that its key wants; the message is for the user. */
final class MismatchException extends Exception {
    private final transient Place at;

    MismatchException(Place at, String message) {
        // Without a stack trace: it is about the file, not about this program.
        super(message, null, false, false);
        this.at = at;
    }

    Place at() {
        return at;
    }
}
