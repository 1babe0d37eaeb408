package io.jnatsd.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many messages a subscriber, or a queue group as a whole, still has to receive.
 * Threads: its members count down from theirs; whoever takes the last one finishes the others, who would wait for ever.
 */
final class Quota {
    private final AtomicLong left;
    private final List<Peer> members;

    Quota(long messages, List<Peer> members) {
        this.left = new AtomicLong(messages);
        this.members = members;
    }

    void take(long messages) {
        if (left.addAndGet(-messages) <= 0)
            members.forEach(Peer::finish);
    }

    boolean isTaken() {
        return left.get() <= 0;
    }

    long missing() {
        return Math.max(0, left.get());
    }
}
