package io.jnatsd.jetstream.stream;

import java.util.Arrays;

/**
 * The answers to messages that were stored, until they are known to survive the end of the process. Threads: the actor of
 * the stream.
 */
final class HeldAnswers {
    private byte[] bytes;
    private int count;
    private int[] replyStarts = new int[16];
    private int[] replyLengths = new int[16];
    private long[] sequences = new long[16];
    private boolean[] repeated = new boolean[16];

    /** Answers a message, or refuses it. */
    interface Receiver {
        void answer(byte[] bytes, int replyStart, int replyLength, long sequence, boolean repeats);
    }

    /** Holds the answer to a message. All messages of a batch are in the same array. */
    void add(Inbox.Contents m, long sequence, boolean repeats) {
        if (count == sequences.length) {
            replyStarts = Arrays.copyOf(replyStarts, 2 * count);
            replyLengths = Arrays.copyOf(replyLengths, 2 * count);
            sequences = Arrays.copyOf(sequences, 2 * count);
            repeated = Arrays.copyOf(repeated, 2 * count);
        }
        bytes = m.bytes();
        replyStarts[count] = m.replyStart();
        replyLengths[count] = m.replyLength();
        sequences[count] = sequence;
        repeated[count++] = repeats;
    }

    void release(Receiver receiver) {
        for (int i = 0; i < count; i++)
            receiver.answer(bytes, replyStarts[i], replyLengths[i], sequences[i], repeated[i]);
        count = 0;
        bytes = null;
    }
}
