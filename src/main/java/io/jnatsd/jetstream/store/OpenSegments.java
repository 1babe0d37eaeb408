package io.jnatsd.jetstream.store;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The full segments that are open. When there are more than {@value #MOST}, the one that was not used for the longest time
 * is closed. Threads: the actor of the stream.
 */
final class OpenSegments {
    private static final int MOST = 16;

    private final Deque<Segment> opened = new ArrayDeque<>();

    void used(Segment segment) {
        if (opened.peekLast() == segment)
            return;
        opened.remove(segment);
        opened.addLast(segment);
        if (opened.size() > MOST)
            opened.removeFirst().close();
    }

    void remove(Segment segment) {
        opened.remove(segment);
    }

    /** All were closed. */
    void clear() {
        opened.clear();
    }
}
