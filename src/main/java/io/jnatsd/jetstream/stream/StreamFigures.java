package io.jnatsd.jetstream.stream;

import io.jnatsd.jetstream.store.MessageStore;

/**
 * Figures of a stream that others read without a task for the actor: after each batch, the actor writes them. Each is
 * right, but they may be of different batches. Threads: the actor of the stream writes, any thread reads.
 */
public final class StreamFigures {
    private volatile long messages;
    private volatile long bytes;
    private volatile long lastSequence;
    private volatile int consumers;
    private volatile long lost;
    private volatile int segments;

    void state(MessageStore.State state) {
        messages = state.messages();
        bytes = state.bytes();
        lastSequence = state.last();
    }

    /** @param lostMessages that were damaged */
    void files(long lostMessages, int segmentCount) {
        lost = lostMessages;
        segments = segmentCount;
    }

    void consumers(int count) {
        consumers = count;
    }

    public long messages() {
        return messages;
    }

    public long bytes() {
        return bytes;
    }

    public long lastSequence() {
        return lastSequence;
    }

    /** Returns the number of messages that were damaged, since the stream was opened. */
    public long lost() {
        return lost;
    }

    /** Returns the number of files with messages. */
    public int segments() {
        return segments;
    }

    /** Returns the number of consumers without those of mirrors and sources. */
    public int consumers() {
        return consumers;
    }
}
