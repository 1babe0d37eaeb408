package io.jnatsd.cli;

/** The command line is invalid. The message is one line that says why. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int COMMAND = 1, FLAG = 2;

    private final int exitCode;

    private UsageException(String message, int exitCode) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** For an unknown flag, or an invalid value. */
    static UsageException flag(String message) {
        return new UsageException(message, FLAG);
    }

    /** For a word that is not a flag. As in gnatsd 1.0, the exit code differs from that for a flag. */
    static UsageException command(String shown) {
        return new UsageException("Unrecognized command: " + shown, COMMAND);
    }

    int exitCode() {
        return exitCode;
    }
}
