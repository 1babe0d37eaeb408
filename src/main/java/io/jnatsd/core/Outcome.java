package io.jnatsd.core;

/**
 * What {@link Outbound#deliver} and {@link Outbound#append} found, bits of one number; 0 if nobody is there any more.
 * Threads: anybody's, being constants.
 */
public final class Outcome {
    static final int DELIVERED = 1;
    /** Nobody has promised to flush yet: the caller must, at the end of its batch. */
    static final int FLUSH = 2;
    /** More waits than should: {@link Outbound#awaitRoom} at the end of the batch. */
    static final int CROWDED = 4;
    /** That was the last message that the subscription wanted. */
    static final int LAST = 8;
    /** More waits than may: the connection is a slow consumer. */
    public static final int OVERFLOW = 16;
    /** The peer got the message without its headers. */
    static final int STRIPPED = 32;
    /** So many places to the left is how many messages of a run were delivered. */
    static final int COUNT_SHIFT = 8;

    private Outcome() {
    }
}
