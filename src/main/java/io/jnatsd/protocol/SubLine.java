package io.jnatsd.protocol;

import io.jnatsd.protocol.ProtocolException.Fault;

/**
 * The arguments of SUB, {@code subject [queue] sid} (protocol.md, section 6). Texts have one char per byte; see {@link
 * Arguments#token}. Threads: immutable.
 *
 * @param queue null for a plain subscription
 * @param valid whether the subject is a valid pattern
 * @param literal whether the subject has no wildcards
 */
public record SubLine(String subject, String queue, String sid, boolean valid, boolean literal) {
    private static final int LEAST = 2, MOST = 3;

    /** @throws ProtocolException if there are too few or too many arguments */
    public static SubLine of(Arguments line) throws ProtocolException {
        int count = line.count();
        if (count < LEAST || count > MOST)
            throw new ProtocolException(Fault.BAD_ARGUMENTS, "processSub Parse Error: '" + line.text() + "'");
        return new SubLine(line.token(0), count == MOST ? line.token(1) : null, line.token(count - 1),
                Subject.isValidPattern(line.buffer(), line.start(0), line.length(0)),
                !Subject.hasWildcard(line.buffer(), line.start(0), line.length(0)));
    }
}
