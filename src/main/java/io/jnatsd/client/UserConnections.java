package io.jnatsd.client;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The number of connections of each user. Threads: any thread; {@code lock} guards the map and is a leaf. */
final class UserConnections {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> taken = new HashMap<>();

    /**
     * Moves a connection from one user to another, or to the same user again, whose limit may have changed. If the
     * limit is reached, the connection counts for neither user.
     *
     * @param from empty for none
     * @param to empty for none
     * @param max 0 for no limit
     * @return whether the limit allows the connection
     */
    boolean move(String from, String to, int max) {
        lock.lock();
        try {
            if (!from.isEmpty())
                taken.computeIfPresent(from, (user, had) -> had > 1 ? had - 1 : null);
            if (to.isEmpty())
                return true;
            int had = taken.getOrDefault(to, 0);
            if (max > 0 && had >= max)
                return false;
            taken.put(to, had + 1);
            return true;
        } finally {
            lock.unlock();
        }
    }
}
