package io.jnatsd.subject;

import java.util.Arrays;
import java.util.List;

/**
 * The subscriptions to exactly one subject. Each subscription stores its slot, so that removing one of many needs no
 * search. Threads: guarded by the lock of the stripe or branch that contains it.
 */
final class Subscribers {
    private Subscription[] slots = new Subscription[1];
    private int count;

    void add(Subscription sub) {
        if (count == slots.length)
            slots = Arrays.copyOf(slots, count * 2);
        sub.slot = count;
        slots[count++] = sub;
    }

    boolean remove(Subscription sub) {
        int slot = sub.slot;
        if (slot < 0 || slot >= count || slots[slot] != sub)
            return false;
        Subscription last = slots[--count];
        slots[slot] = last;
        last.slot = slot;
        slots[count] = null;
        sub.slot = -1;
        if (count > 4 && count * 4 < slots.length)
            slots = Arrays.copyOf(slots, slots.length / 2);
        return true;
    }

    boolean isEmpty() {
        return count == 0;
    }

    void addTo(List<Subscription> all) {
        for (int i = 0; i < count; i++)
            all.add(slots[i]);
    }
}
