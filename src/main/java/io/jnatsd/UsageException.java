package io.jnatsd;

/** The command line makes no sense; the message is one line that says why. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message, null, false, false);
    }
}
