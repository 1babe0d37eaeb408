package io.jnatsd.fault;

import io.jnatsd.protocol.Subject;

/** Messages on matching subjects are lost or duplicated. Threads: any thread. */
public final class MessageFault extends ClientFault {
    /** Which messages are affected. */
    public enum Direction {
        PUBLISHED, DELIVERED, BOTH
    }

    private final byte[] pattern;
    private final Direction direction;
    private final int copies;

    /**
     * @param pattern a valid subject, which may have wildcards
     * @param copies 0 for messages that are lost, 2 for messages that are duplicated
     * @param limit number of messages that are affected, 0 for no limit
     */
    public MessageFault(ClientSelection selection, String pattern, Direction direction, int copies, long limit) {
        super(selection, limit);
        this.pattern = Subject.bytes(pattern);
        this.direction = direction;
        this.copies = copies;
    }

    /** Returns whether the fault may be about messages in this direction. */
    boolean concerns(Direction one) {
        return direction == Direction.BOTH || direction == one;
    }

    int copies() {
        return copies;
    }

    boolean matches(byte[] subject, int start, int length) {
        return Subject.matches(pattern, subject, start, length);
    }
}
