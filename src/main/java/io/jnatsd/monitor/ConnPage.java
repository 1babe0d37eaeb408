package io.jnatsd.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * One page of a sorted list that is never sorted as a whole: of all that is offered, only as many as can still come on
 * it are kept. A hundred of a hundred thousand clients thus cost one look at each and next to no memory. Threads: one.
 */
final class ConnPage {
    /**
     * Something to be shown.
     *
     * @param key what it is sorted by, smallest first
     * @param id breaks ties, smallest first
     */
    record Entry(long key, long id, Object client) {
    }

    private static final Comparator<Entry> ORDER = Comparator.comparingLong(Entry::key).thenComparingLong(Entry::id);

    private final int offset;
    private final int keep;
    /** The smallest so far, the largest of them on top. */
    private final PriorityQueue<Entry> smallest = new PriorityQueue<>(ORDER.reversed());
    private int offered;

    ConnPage(int offset, int limit) {
        this.offset = offset;
        this.keep = (int) Math.min((long) offset + limit, Integer.MAX_VALUE);
    }

    void offer(long key, long id, Object client) {
        offered++;
        if (smallest.size() == keep) {
            Entry last = smallest.peek();
            if (last == null || key > last.key || key == last.key && id > last.id)
                return;
            smallest.poll();
        }
        smallest.add(new Entry(key, id, client));
    }

    /** How many have been offered. */
    int total() {
        return offered;
    }

    List<Entry> entries() {
        List<Entry> sorted = new ArrayList<>(smallest);
        sorted.sort(ORDER);
        return offset >= sorted.size() ? List.of() : sorted.subList(offset, sorted.size());
    }
}
