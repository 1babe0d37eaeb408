package io.jnatsd.jetstream.consumer;

import io.jnatsd.jetstream.store.SubjectFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * The consumers of a stream that have a filter in common. It counts the messages that the filter selects, so that the
 * consumers know what they have not delivered without being told of each message. Threads: the actor of the stream.
 */
final class Selection {
    /** A consumer that has the filter, perhaps beside others. */
    static final class Member {
        final Consumer consumer;
        final Selection selection;
        private boolean waiting;

        private Member(Consumer consumer, Selection selection) {
            this.consumer = consumer;
            this.selection = selection;
        }

        /** Returns how many messages were stored that the filter selects; only differences have a meaning. */
        long stored() {
            return selection.stored;
        }

        /** Has the consumer deliver when the next message is stored. */
        void await() {
            if (!waiting) {
                waiting = true;
                selection.waiting.add(this);
            }
        }

        /** Returns false if no consumer has the filter now. */
        boolean leave() {
            selection.members.remove(this);
            if (waiting)
                selection.waiting.remove(this);
            return !selection.members.isEmpty();
        }
    }

    final SubjectFilter filter;
    private long stored;
    private final List<Member> members = new ArrayList<>(1);
    private final List<Member> waiting = new ArrayList<>(1);

    Selection(SubjectFilter filter) {
        this.filter = filter;
    }

    Member join(Consumer consumer) {
        Member member = new Member(consumer, this);
        members.add(member);
        return member;
    }

    List<Member> members() {
        return members;
    }

    /** A message that the filter selects was stored: wakes those who wait for it. */
    void stored(Consumers consumers) {
        stored++;
        if (waiting.isEmpty())
            return;
        for (Member member : waiting) {
            member.waiting = false;
            consumers.ready(member.consumer);
        }
        waiting.clear();
    }
}
