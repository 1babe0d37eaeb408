package io.jnatsd.subject;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The subscriptions of one server: the index that matches subjects, the tables that list them by sid, and the routes
 * that are informed of them.
 *
 * <p>Threads: any thread. {@code interest} is replaced as a whole.
 */
public final class SubjectSpace {
    private final SubscriptionIndex index = new SubscriptionIndex();
    /** The tables whose subscriptions are announced to routes. */
    private final Set<SidTable> announced = ConcurrentHashMap.newKeySet();
    private volatile Interest interest = Interest.NONE;

    /** Is told of each subscription that comes or goes, of clients and of routes. */
    public interface Watcher {
        /** Called under the locks of a table, so that it must not wait, and must not change subscriptions. */
        void changed(Subscription sub);
    }

    /** Returns the index of all subscriptions, of this server's clients and of routes. */
    public SubscriptionIndex index() {
        return index;
    }

    /** Returns a new table for a client; its subscriptions are announced to routes. */
    public SidTable announcedTable() {
        SidTable table = new SidTable(this, true);
        announced.add(table);
        return table;
    }

    /** Returns a new table for a route; its subscriptions are not announced. */
    public SidTable unannouncedTable() {
        return new SidTable(this, false);
    }

    void left(SidTable table) {
        announced.remove(table);
    }

    /** Returns the routes that are informed of the subscriptions of clients. */
    public Interest interest() {
        return interest;
    }

    /** Replaces the set of routes that are informed of the subscriptions of clients. */
    public void interest(Interest next) {
        interest = next;
    }

    /** Sets who is told of subscriptions that come or go; null for nobody. */
    public void watch(Watcher watcher) {
        index.watch(watcher);
    }

    /** Releases what departed clients have left in the cache. Called again and again, by one thread at a time. */
    public void removeOutdated() {
        index.removeOutdated();
    }

    /** Announces existing subscriptions to the routes in {@link #interest} that were not informed of them yet. */
    public void announce() {
        for (SidTable table : announced)
            table.catchUp();
        interest.flush();
    }
}
