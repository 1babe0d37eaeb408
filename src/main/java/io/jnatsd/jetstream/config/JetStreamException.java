package io.jnatsd.jetstream.config;

/** A request or a publish that JetStream refuses. It has no stack trace, since it is an answer and not a defect. */
public final class JetStreamException extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode error;

    public JetStreamException(ErrorCode error) {
        this(error, "");
    }

    /** @param detail what stands for {@code {}} in the text of the error */
    public JetStreamException(ErrorCode error, String detail) {
        super(error.text(detail), null, false, false);
        this.error = error;
    }

    public ErrorCode error() {
        return error;
    }
}
