package io.jnatsd.cluster;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The queue groups of members that left recently. Another server may have sent a message that names only such a member;
 * this class finds the group, so that another member receives it. Threads: any thread; {@code lock} guards the map.
 */
final class DepartedMembers {
    private static final int MOST = 8192;
    /** The limit of characters of all addresses and groups, because clients choose their length. */
    private static final int MOST_CHARACTERS = 2 * 1024 * 1024;
    private static final long MEMORY_NANOS = Duration.ofSeconds(30).toNanos();

    private record Departure(String queue, long time) {
    }

    private final ReentrantLock lock = new ReentrantLock();
    /** By QRSID, oldest first. */
    private final Map<String, Departure> departures = new LinkedHashMap<>();
    private long characters;

    void add(String qrsid, String queue) {
        long now = System.nanoTime();
        lock.lock();
        try {
            Departure before = departures.remove(qrsid);
            if (before != null)
                characters -= qrsid.length() + before.queue.length();
            departures.put(qrsid, new Departure(queue, now));
            characters += qrsid.length() + queue.length();
            var oldest = departures.entrySet().iterator();
            while (oldest.hasNext()) {
                Map.Entry<String, Departure> first = oldest.next();
                Departure departure = first.getValue();
                if (departures.size() <= MOST && characters <= MOST_CHARACTERS && now - departure.time <= MEMORY_NANOS)
                    break;
                characters -= first.getKey().length() + departure.queue.length();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the group of a member, or null if it is unknown or left too long ago. */
    String queue(String qrsid) {
        lock.lock();
        try {
            Departure departure = departures.get(qrsid);
            return departure == null || System.nanoTime() - departure.time > MEMORY_NANOS ? null : departure.queue;
        } finally {
            lock.unlock();
        }
    }
}
