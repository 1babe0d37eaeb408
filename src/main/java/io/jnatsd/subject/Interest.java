package io.jnatsd.subject;

import java.util.Collection;

/**
 * Those who are told of every subscription of this server's clients: its routes, as far as this package is concerned
 * a set that never changes. When a route comes or goes, {@link SubjectSpace#interest} is swapped for another set; each
 * {@link SidTable} notices when it is next used, and first tells newcomers what it already has.
 *
 * <p>Threads: any thread. All but {@link #flush} are called under the lock of a table, so that nothing that the table
 * does next can overtake them: they append lines and do no more.
 */
public interface Interest {
    /** Nobody is told. */
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

    /** @param max messages after which it ends, 0 if it has ended */
    void unsubscribed(Subscription sub, long max);

    /** Tells those who are not in the earlier set of subscriptions that were made before. */
    void catchUp(Interest before, Collection<Subscription> subs);

    /** Has what was appended written. Called without any lock. */
    void flush();
}
