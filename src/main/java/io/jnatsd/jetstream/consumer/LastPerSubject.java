package io.jnatsd.jetstream.consumer;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * The messages with which a consumer of {@code last_per_subject} begins: the last one of each subject. Empty for other
 * consumers. Threads: the actor of the stream.
 */
final class LastPerSubject {
    /** Ascending. */
    private long[] sequences;
    private int at;

    /** @param sequences ascending; not changed by others */
    LastPerSubject(long[] sequences) {
        this.sequences = sequences;
    }

    int count() {
        return sequences.length - at;
    }

    boolean isEmpty() {
        return at == sequences.length;
    }

    /** Returns the next sequence. There must be one. */
    long first() {
        return sequences[at];
    }

    void removeFirst() {
        at++;
    }

    boolean contains(long sequence) {
        return find(sequence) >= 0;
    }

    private int find(long sequence) {
        return isEmpty() ? -1 : Arrays.binarySearch(sequences, at, sequences.length, sequence);
    }

    /** Removes a sequence; returns false if it is not there. */
    boolean remove(long sequence) {
        int found = find(sequence);
        if (found < 0)
            return false;
        // Those before it move up by one.
        System.arraycopy(sequences, at, sequences, at + 1, found - at);
        at++;
        return true;
    }

    /** Returns those that are left, ascending. */
    long[] left() {
        return Arrays.copyOfRange(sequences, at, sequences.length);
    }

    /** Keeps some sequences and removes the others. */
    void keep(LongPredicate some) {
        sequences = Arrays.stream(sequences, at, sequences.length).filter(some).toArray();
        at = 0;
    }
}
