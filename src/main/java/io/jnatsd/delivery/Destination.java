package io.jnatsd.delivery;

import io.jnatsd.protocol.Message;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.Subscription;

/**
 * A subject that a component of this server sends messages to again and again, with the last result of its match.
 * Threads: one.
 */
public final class Destination {
    private final String subject;
    private final Message address;
    private MatchResult match;

    /** @param subject one char per byte */
    public Destination(String subject) {
        this.subject = subject;
        this.address = Message.of(subject, new byte[0]);
    }

    public String subject() {
        return subject;
    }

    MatchResult match(Traffic traffic) {
        match = traffic.subjects.index().match(match, address.buffer(), address.subjectStart(), address.subjectLength(),
                address.subjectHash());
        return match;
    }

    /** Returns whether anybody would receive a message, on this or on another server. */
    public boolean hasInterest(Traffic traffic) {
        return match(traffic).fanout() > 0;
    }

    /** Returns whether a member of a queue group would receive a message. */
    public boolean hasInterest(Traffic traffic, String queue) {
        for (Subscription[] members : match(traffic).queues())
            if (members[0].queue().equals(queue))
                return true;
        return false;
    }
}
