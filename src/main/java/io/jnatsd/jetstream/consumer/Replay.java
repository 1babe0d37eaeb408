package io.jnatsd.jetstream.consumer;

/**
 * The pace of original replay: a message that was in the stream when the consumer was created waits as long after the one
 * before it as it did when it was published. Threads: the actor of the stream.
 */
final class Replay {
    /** A shorter pause is none, so that messages that were published together are delivered together. */
    private static final long SHORTEST = 1_000_000;

    /** The last sequence that is delivered with pauses. */
    private final long until;
    /** When the next message may go. */
    private long notBefore;
    /** When the message before the next one was published; 0 if the pause after it is in {@code notBefore}. */
    private long previousTime;

    /** @param until 0 for no pauses at all */
    Replay(long until, long now) {
        this.until = until;
        this.notBefore = now;
    }

    long until() {
        return until;
    }

    boolean covers(long sequence) {
        return sequence <= until;
    }

    /** Returns when the next message, which was published at a time, may go. */
    long due(long time, long now) {
        if (previousTime != 0 && notBefore <= now) {
            long pause = time - previousTime;
            previousTime = 0;
            if (pause > SHORTEST)
                notBefore = now + pause;
        }
        return notBefore;
    }

    long due() {
        return notBefore;
    }

    /** A new message was delivered. */
    void delivered(long time) {
        previousTime = time;
    }
}
