package io.jnatsd.monitor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Selects one page of a sorted list without sorting the whole list: it keeps only the entries that can still be on the
 * page. A page of a hundred clients out of a hundred thousand reads each client once and needs little memory. Threads:
 * one.
 */
final class ConnPage {
    /**
     * An entry of the list.
     *
     * @param key the sort key, smallest first
     * @param id breaks ties, smallest first
     */
    record Entry(long key, long id, Object client) {
    }

    private static final Comparator<Entry> ORDER = Comparator.comparingLong(Entry::key).thenComparingLong(Entry::id);

    private final int offset;
    private final int keep;
    /** The smallest entries so far, with the largest of them on top. */
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

    /** Returns how many entries have been offered. */
    int total() {
        return offered;
    }

    List<Entry> entries() {
        List<Entry> sorted = new ArrayList<>(smallest);
        sorted.sort(ORDER);
        return offset >= sorted.size() ? List.of() : sorted.subList(offset, sorted.size());
    }
}
