package io.jnatsd.jetstream.consumer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The messages that a consumer has delivered and that are not acknowledged, in the order of the stream, by sequence, and
 * by the time when they are delivered again. Nothing but the message itself is allocated for a message. Threads: the
 * actor of the stream.
 */
final class PendingMessages {
    private static final int SMALLEST = 16;

    /** A hash table with open addressing. */
    private Pending[] slots = new Pending[SMALLEST];
    private int size;
    private Pending first;
    private Pending last;
    private final Deadlines<Pending> due = new Deadlines<>();
    /** Those that are to be delivered again now, in the order in which they came to be. */
    private final Set<Long> again = new LinkedHashSet<>();

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Returns the one with the lowest sequence, null if there is none. */
    Pending first() {
        return first;
    }

    /** Returns all, in the order of the stream. */
    List<Pending> all() {
        List<Pending> all = new ArrayList<>(size);
        for (Pending each = first; each != null; each = each.after)
            all.add(each);
        return all;
    }

    private static int hash(long sequence) {
        int hash = (int) (sequence * 0x9E3779B97F4A7C15L >>> 32);
        return hash ^ hash >>> 16;
    }

    /** Returns a message, or null. */
    Pending get(long sequence) {
        int mask = slots.length - 1;
        for (int i = hash(sequence) & mask;; i = i + 1 & mask) {
            Pending found = slots[i];
            if (found == null || found.sequence == sequence)
                return found;
        }
    }

    /** Adds a message; its sequence is higher than all others were. */
    void add(Pending message) {
        if (2 * (size + 1) > slots.length)
            resize(2 * slots.length);
        put(message);
        size++;
        message.before = last;
        if (last == null)
            first = message;
        else
            last.after = message;
        last = message;
    }

    private void put(Pending message) {
        int mask = slots.length - 1, i = hash(message.sequence) & mask;
        while (slots[i] != null)
            i = i + 1 & mask;
        slots[i] = message;
    }

    private void resize(int length) {
        slots = new Pending[length];
        for (Pending each = first; each != null; each = each.after)
            put(each);
    }

    /** Removes a message; returns null if it is not there. */
    Pending remove(long sequence) {
        Pending gone = get(sequence);
        if (gone == null)
            return null;
        vacate(gone);
        size--;
        if (gone.before == null)
            first = gone.after;
        else
            gone.before.after = gone.after;
        if (gone.after == null)
            last = gone.before;
        else
            gone.after.before = gone.before;
        due.remove(gone);
        notAgain(gone);
        if (slots.length > SMALLEST && 8 * size < slots.length)
            resize(slots.length / 2);
        return gone;
    }

    private void vacate(Pending gone) {
        int mask = slots.length - 1, i = hash(gone.sequence) & mask;
        while (slots[i] != gone)
            i = i + 1 & mask;
        slots[i] = null;
        // Those behind it must be found without a gap before them.
        for (int j = i + 1 & mask; slots[j] != null; j = j + 1 & mask) {
            Pending moved = slots[j];
            slots[j] = null;
            put(moved);
        }
    }

    /** Returns the number of those that were delivered more than once. */
    long redelivered() {
        long count = 0;
        for (Pending each = first; each != null; each = each.after)
            if (each.deliveries > 1)
                count++;
        return count;
    }

    // ---- delivery again ----------------------------------------------------------------------------------------

    /** Sets when a message is delivered again, {@link Long#MAX_VALUE} for never. */
    void due(Pending message, long deadline) {
        due.set(message, deadline);
    }

    /** Returns when a message is delivered again, at the earliest; {@link Long#MAX_VALUE} for never. */
    long earliestDue() {
        return due.earliest();
    }

    /** Returns a message that is due until a time, which it is no longer then; null if there is none. */
    Pending pollDue(long until) {
        return due.poll(until);
    }

    /** Has a message delivered again now. */
    void again(Pending message) {
        message.again = true;
        again.add(message.sequence);
    }

    /** Does not have a message delivered again now. */
    void notAgain(Pending message) {
        if (message.again)
            again.remove(message.sequence);
        message.again = false;
    }

    /** Returns the first message that is to be delivered again now; null if there is none. */
    Pending firstAgain() {
        return again.isEmpty() ? null : get(again.iterator().next());
    }

    /** Returns the sequences of those that are to be delivered again now. */
    Collection<Long> again() {
        return again;
    }
}
