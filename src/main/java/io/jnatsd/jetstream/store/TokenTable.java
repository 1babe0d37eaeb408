package io.jnatsd.jetstream.store;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A hash table of entries by tokens of subjects, with open addressing: a lookup needs no object. Threads: the actor of
 * the stream.
 */
final class TokenTable<E extends TokenTable.Entry> {
    /** What has a token. */
    abstract static class Entry {
        final byte[] token;

        Entry(byte[] token) {
            this.token = token;
        }
    }

    private static final Entry[] NONE = new Entry[1];
    private Entry[] slots = NONE;
    private int count;

    /** Returns where the token that begins at an index ends. */
    static int tokenEnd(byte[] subject, int from, int end) {
        int at = from;
        while (at < end && subject[at] != '.')
            at++;
        return at;
    }

    private static int hash(byte[] bytes, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++)
            hash = 31 * hash + bytes[i];
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 15;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Returns the entry of a token, or null. */
    @SuppressWarnings("unchecked") // Only entries of this type are added.
    E get(byte[] bytes, int start, int end) {
        int mask = slots.length - 1;
        for (int i = hash(bytes, start, end) & mask;; i = i + 1 & mask) {
            Entry entry = slots[i];
            if (entry == null || Arrays.equals(entry.token, 0, entry.token.length, bytes, start, end))
                return (E) entry;
        }
    }

    E get(byte[] token) {
        return get(token, 0, token.length);
    }

    void add(E entry) {
        if ((count + 1) * 4 > slots.length * 3)
            resize(Math.max(2, 2 * slots.length));
        put(entry);
        count++;
    }

    private void put(Entry entry) {
        int mask = slots.length - 1, i = hash(entry.token, 0, entry.token.length) & mask;
        while (slots[i] != null)
            i = i + 1 & mask;
        slots[i] = entry;
    }

    private void resize(int size) {
        Entry[] old = slots;
        slots = new Entry[size];
        for (Entry entry : old)
            if (entry != null)
                put(entry);
    }

    void remove(E entry) {
        int mask = slots.length - 1, i = hash(entry.token, 0, entry.token.length) & mask;
        while (slots[i] != entry)
            i = i + 1 & mask;
        slots[i] = null;
        count--;
        // Entries behind it must be found without a gap before them.
        for (int j = i + 1 & mask; slots[j] != null; j = j + 1 & mask) {
            Entry moved = slots[j];
            slots[j] = null;
            put(moved);
        }
        if (slots.length > 2 && count * 8 < slots.length)
            resize(slots.length / 2);
    }

    @SuppressWarnings("unchecked") // Only entries of this type are added.
    void forEach(Consumer<? super E> visitor) {
        for (Entry entry : slots)
            if (entry != null)
                visitor.accept((E) entry);
    }
}
