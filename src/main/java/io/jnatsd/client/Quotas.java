package io.jnatsd.client;

import io.jnatsd.auth.MessagePace;
import io.jnatsd.auth.TokenBucket;
import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.connection.CloseReason;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has been used of the quotas of users, or of addresses. Threads: any thread; {@code lock} guards all fields and is
 * a leaf.
 */
final class Quotas {
    /** From this number on, entries without connections are removed. */
    static final int FIRST_SWEEP = 10_000;

    /** What one user, or one address, has used. */
    private static final class Use {
        int connections;
        final TokenBucket opened;
        final TokenBucket published;

        Use(long now) {
            opened = new TokenBucket(now);
            published = new TokenBucket(now);
        }

        boolean isNone(long now) {
            return connections == 0 && opened.isFull(now) && published.isFull(now);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Use> uses = new HashMap<>();
    private int nextSweep = FIRST_SWEEP;

    /**
     * Moves a connection from one user to another, or to the same user again, whose quota may have changed. If the quota
     * is used up, the connection counts for neither user.
     *
     * @param from empty for none
     * @param to empty for none
     * @return why the connection is refused; null if it is not
     */
    CloseReason move(String from, String to, Quota quota) {
        long now = System.nanoTime();
        lock.lock();
        try {
            if (!from.isEmpty())
                release(from, now);
            if (to.isEmpty())
                return null;
            Use use = use(to, now);
            if (quota.connections() > 0 && use.connections >= quota.connections())
                return CloseReason.MAX_CONNECTIONS;
            if (quota.connectionRate() > 0 && !to.equals(from) && !use.opened.tryTake(quota.connectionRate(), now))
                return CloseReason.CONNECTION_RATE;
            use.connections++;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void release(String from, long now) {
        Use use = uses.get(from);
        if (use == null)
            return;
        use.connections--;
        if (use.isNone(now))
            uses.remove(from);
    }

    private Use use(String of, long now) {
        Use use = uses.get(of);
        if (use != null)
            return use;
        if (uses.size() >= nextSweep) {
            uses.values().removeIf(other -> other.isNone(now));
            nextSweep = Math.max(FIRST_SWEEP, 2 * uses.size());
        }
        use = new Use(now);
        uses.put(of, use);
        return use;
    }

    /** Returns the number of users or addresses that something is kept of. */
    int size() {
        lock.lock();
        try {
            return uses.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how fast the connections of a user or an address may publish; null for no limit. */
    MessagePace.Limit pace(String of, Quota quota) {
        if (of.isEmpty() || quota.messageRate() == 0)
            return null;
        lock.lock();
        try {
            return new MessagePace.Limit(use(of, System.nanoTime()).published, quota.messageRate());
        } finally {
            lock.unlock();
        }
    }
}
