package io.jnatsd;

/** The command line makes no sense; the message is one line that says why. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int COMMAND = 1, FLAG = 2;

    private final int exitCode;

    private UsageException(String message, int exitCode) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** A flag that there is not, or a value that is none. */
    static UsageException flag(String message) {
        return new UsageException(message, FLAG);
    }

    /** A word that is no flag. gnatsd: an exit code of its own. */
    static UsageException command(String shown) {
        return new UsageException("Unrecognized command: " + shown, COMMAND);
    }

    int exitCode() {
        return exitCode;
    }
}
