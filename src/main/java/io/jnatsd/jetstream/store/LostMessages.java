package io.jnatsd.jetstream.store;

import java.util.ArrayList;
import java.util.List;

/** The messages of a stream that were damaged since it was opened. Threads: the actor of the stream. */
final class LostMessages {
    private static final int MOST_SEQUENCES = 1000;

    private final List<Long> sequences = new ArrayList<>();
    private long count;
    private long bytes;

    /** @param sequence 0 if it is not known */
    void add(long sequence, long size) {
        count++;
        bytes += size;
        if (sequence > 0 && sequences.size() < MOST_SEQUENCES)
            sequences.add(sequence);
    }

    MessageStore.Lost all() {
        return count == 0 ? MessageStore.Lost.NONE : new MessageStore.Lost(count, List.copyOf(sequences), bytes);
    }
}
