package io.jnatsd.jetstream.stream;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * The message ids that a stream does not accept again, for the time of its duplicate window. Threads: the actor of the
 * stream.
 */
final class Dedup {
    /** The memory of an id without its characters. */
    private static final int ID_BYTES = 160;

    private record Seen(String id, long time) {
    }

    private final Map<String, Long> sequences = new HashMap<>();
    private final Queue<Seen> order = new ArrayDeque<>();
    private long memory;

    /** Returns the sequence of the message with this id, null if it is new. */
    Long sequence(String id, long now, long window) {
        forget(now, window);
        return sequences.get(id);
    }

    void add(String id, long sequence, long now) {
        sequences.put(id, sequence);
        order.add(new Seen(id, now));
        memory += ID_BYTES + id.length();
    }

    /** Forgets the ids of messages behind a sequence, which were not kept. */
    void forgetBehind(long sequence) {
        order.removeIf(seen -> {
            boolean gone = sequences.getOrDefault(seen.id, 0L) > sequence;
            if (gone) {
                sequences.remove(seen.id);
                memory -= ID_BYTES + seen.id.length();
            }
            return gone;
        });
    }

    void forget(long now, long window) {
        for (Seen oldest; (oldest = order.peek()) != null && now - oldest.time > window;) {
            order.remove();
            sequences.remove(oldest.id);
            memory -= ID_BYTES + oldest.id.length();
        }
    }

    long memory() {
        return memory;
    }
}
