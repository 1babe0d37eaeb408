package io.jnatsd.protocol;

import io.jnatsd.protocol.ProtocolException.Fault;

/**
 * The arguments of UNSUB, {@code sid [max]} (protocol.md, section 6). Threads: immutable.
 *
 * @param max number of messages after which the subscription ends, 0 to end it at once
 */
public record UnsubLine(String sid, long max) {
    private static final int MOST = 2;

    /** @throws ProtocolException if there are too few or too many arguments */
    public static UnsubLine of(Arguments line) throws ProtocolException {
        int count = line.count();
        if (count < 1 || count > MOST)
            throw new ProtocolException(Fault.BAD_ARGUMENTS, "processUnsub Parse Error: '" + line.text() + "'");
        // As in gnatsd 1.0, a maximum that is not a number is ignored.
        return new UnsubLine(line.token(0), count == MOST ? Math.max(line.number(1), 0) : 0);
    }
}
