package io.jnatsd.subject;

import java.util.Collection;

/**
 * The routes of this server, which are informed of every subscription of its clients. An instance is an immutable set
 * of routes. When a route is added or removed, {@link SubjectSpace#interest} is replaced by a new set. Each {@link
 * SidTable} compares the sets when it is next used, and first announces its existing subscriptions to the routes that
 * are new.
 *
 * <p>Threads: any thread. All methods except {@link #flush} are called under the lock of a table, so that changes of
 * one table are announced in their order. They only append lines to the output of the routes.
 */
public interface Interest {
    /** The empty set of routes. */
    Interest NONE = new Interest() {
        @Override
        public void subscribed(Subscription sub) {
        }

        @Override
        public void unsubscribed(Subscription sub, long max) {
        }

        @Override
        public void catchUp(Interest before, Collection<Subscription> subs) {
        }

        @Override
        public void flush() {
        }
    };

    void subscribed(Subscription sub);

    /** @param max number of messages after which the subscription ends, 0 if it has ended */
    void unsubscribed(Subscription sub, long max);

    /** Announces subscriptions that already exist to the routes that are not in the set {@code before}. */
    void catchUp(Interest before, Collection<Subscription> subs);

    /** Starts writing what was appended. Called without any lock. */
    void flush();
}
