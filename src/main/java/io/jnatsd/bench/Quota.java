package io.jnatsd.bench;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of messages that a subscriber, or a queue group as a whole, still has to receive. Threads: all members
 * count down. The one that takes the last message finishes the others, which would otherwise wait forever.
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
