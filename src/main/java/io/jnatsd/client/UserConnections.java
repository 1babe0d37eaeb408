package io.jnatsd.client;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** How many connections each user has. Threads: anybody's; {@code lock} guards the map and is a leaf. */
final class UserConnections {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> taken = new HashMap<>();

    /**
     * Moves a connection from one user to another, or to the same one once more, whose limit may have changed. If it
     * is one too many it belongs to neither.
     *
     * @param from empty for nobody
     * @param to empty for nobody
     * @param max 0 for no limit
     * @return whether there was room
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
