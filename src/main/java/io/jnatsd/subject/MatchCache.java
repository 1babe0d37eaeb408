package io.jnatsd.subject;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The cache of match results of one stripe of the {@link SubscriptionIndex}. The hash of a subject selects four
 * neighbouring slots; its result is in one of them. The table doubles its size when many current results are displaced,
 * up to a limit: the 64 stripes together have at most 262,144 slots. The memory of all results is bounded. To make room
 * for a new result, others are dropped in the order of their slots. A result that is larger than the bound is not
 * cached.
 *
 * <p>A result that is removed from the cache is marked as dropped, because a reader may still hold it.
 *
 * <p>Threads: any thread may call {@link #get}, which takes no lock; all methods that change the table are called under
 * the lock of the stripe.
 */
final class MatchCache {
    private static final int WAYS = 4;
    private static final int SMALLEST = 16;
    private static final int LARGEST = 4096;

    private volatile AtomicReferenceArray<MatchResult> slots = new AtomicReferenceArray<>(SMALLEST);
    /** Number of current results that were displaced since the table last grew. */
    private int displaced;
    private int next;
    private final long mostBytes;
    /** Memory of the results in the table. */
    private long bytes;
    /** The slot that was last examined to free memory. */
    private int hand;

    /** @param mostBytes the most memory that the results may use */
    MatchCache(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Returns the current result for a subject, or null. */
    MatchResult get(byte[] buffer, int start, int length, int hash) {
        AtomicReferenceArray<MatchResult> table = slots;
        int set = set(table, hash);
        for (int i = set; i < set + WAYS; i++) {
            MatchResult found = table.get(i);
            if (found != null && found.hash() == hash && found.isFor(buffer, start, length))
                return found.isCurrent() ? found : null;
        }
        return null;
    }

    void put(MatchResult result) {
        if (result.bytes() > mostBytes) {
            drop(result.subject(), result.hash());
            result.drop();
            return;
        }
        if (displaced > slots.length() / 8 && slots.length() < LARGEST)
            grow();
        place(slots, result);
        while (bytes > mostBytes) {
            hand = hand + 1 & slots.length() - 1;
            MatchResult there = slots.get(hand);
            if (there != null && there != result)
                remove(slots, hand);
        }
    }

    private void remove(AtomicReferenceArray<MatchResult> table, int slot) {
        MatchResult there = table.get(slot);
        there.drop();
        bytes -= there.bytes();
        table.set(slot, null);
    }

    private void place(AtomicReferenceArray<MatchResult> table, MatchResult result) {
        int set = set(table, result.hash()), victim = -1;
        for (int i = set; i < set + WAYS; i++) {
            MatchResult there = table.get(i);
            if (there != null && there.hash() == result.hash()
                    && there.isFor(result.subject(), 0, result.subject().length)) {
                victim = i;
                break;
            }
            if (victim < 0 && (there == null || !there.isCurrent()))
                victim = i;
        }
        if (victim < 0) {
            victim = set + (next++ & WAYS - 1);
            displaced++;
        }
        // The slot is never null in between, so a reader finds either the old or the new result.
        MatchResult before = table.get(victim);
        if (before != null) {
            before.drop();
            bytes -= before.bytes();
        }
        bytes += result.bytes();
        table.set(victim, result);
    }

    /** Drops the result of a subject whose literal subscriptions have changed. */
    void drop(byte[] subject, int hash) {
        int set = set(slots, hash);
        for (int i = set; i < set + WAYS; i++) {
            MatchResult there = slots.get(i);
            if (there != null && there.hash() == hash && there.isFor(subject, 0, subject.length))
                remove(slots, i);
        }
    }

    /** Removes the results that are not current, which would keep the connections of departed clients reachable. */
    void removeOutdated() {
        for (int i = 0; i < slots.length(); i++) {
            MatchResult there = slots.get(i);
            if (there != null && !there.isCurrent())
                remove(slots, i);
        }
    }

    List<MatchResult> results() {
        AtomicReferenceArray<MatchResult> table = slots;
        List<MatchResult> results = new ArrayList<>();
        for (int i = 0; i < table.length(); i++) {
            MatchResult result = table.get(i);
            if (result != null && result.isCurrent())
                results.add(result);
        }
        return results;
    }

    private void grow() {
        AtomicReferenceArray<MatchResult> old = slots, larger = new AtomicReferenceArray<>(old.length() * 2);
        displaced = 0;
        bytes = 0;
        for (int i = 0; i < old.length(); i++)
            if (old.get(i) != null)
                place(larger, old.get(i));
        slots = larger;
    }

    private static int set(AtomicReferenceArray<MatchResult> table, int hash) {
        return (hash >>> 4) * WAYS & table.length() - 1;
    }
}
