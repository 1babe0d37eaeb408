package io.jnatsd.subject;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The subscriptions of one server: the index that matches subjects, the tables that list them by sid, and who is told
 * of them.
 *
 * <p>Threads: any thread. {@code interest} is replaced as a whole.
 */
public final class SubjectSpace {
    private final SubscriptionIndex index = new SubscriptionIndex();
    /** The tables whose subscriptions other servers are told of. */
    private final Set<SidTable> announced = ConcurrentHashMap.newKeySet();
    private volatile Interest interest = Interest.NONE;

    /** Every subscription of this server's clients, and those of other servers for theirs. */
    public SubscriptionIndex index() {
        return index;
    }

    /** A table for a client, whose subscriptions other servers are told of. */
    public SidTable announcedTable() {
        SidTable table = new SidTable(this, true);
        announced.add(table);
        return table;
    }

    /** A table for another server, whose subscriptions go no further. */
    public SidTable unannouncedTable() {
        return new SidTable(this, false);
    }

    void left(SidTable table) {
        announced.remove(table);
    }

    /** Who is told of the subscriptions of clients. */
    public Interest interest() {
        return interest;
    }

    /** Replaces who is told of the subscriptions of clients: a route has come or gone. */
    public void interest(Interest next) {
        interest = next;
    }

    /** Tells everyone in {@link #interest} of all subscriptions that they have not been told of yet. */
    public void announce() {
        for (SidTable table : announced)
            table.catchUp();
        interest.flush();
    }
}
