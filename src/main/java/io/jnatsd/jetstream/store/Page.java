package io.jnatsd.jetstream.store;

import io.jnatsd.jetstream.store.SubjectTree.StoredSubject;
import java.util.Arrays;

/**
 * The messages of {@value #SIZE} consecutive sequences: for each, its time, its size, its subject, its address, and the
 * next message on its subject. When most of them have been removed, the arrays shrink.
 *
 * <p>An index is the place of a message in the arrays; it is valid until a message of the page is removed.
 *
 * <p>Threads: the actor of the stream.
 */
final class Page {
    static final int SIZE = 256;
    /** With fewer messages than this, the arrays have at most twice as many elements. */
    private static final int SPARSE = SIZE / 4;

    private final long first;
    /** The sequence of each index, counted from the first; null while index and sequence are the same. */
    private byte[] offsets;
    private Numbers times = new Numbers(SIZE);
    private Numbers sizes = new Numbers(SIZE, 0);
    private Numbers addresses = new Numbers(SIZE);
    /** How far the next message on the same subject is away, 0 for none. */
    private Numbers next = new Numbers(SIZE, 0);
    /** Null for a message that was removed. */
    private StoredSubject[] subjects = new StoredSubject[SIZE];
    private int count;

    /** @param first the sequence of its first message */
    Page(long first) {
        this.first = first;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** Returns the number of messages from a sequence of the page on. */
    int countFrom(long sequence) {
        int found = 0;
        for (long at = firstFrom(sequence); at >= 0; at = at + 1 < first + SIZE ? firstFrom(at + 1) : -1)
            found++;
        return found;
    }

    /** Adds a message. The page must be complete, that is, none of its messages but the newest were left out. */
    void add(long sequence, long time, StoredSubject subject, int size, long address) {
        int index = (int) (sequence - first);
        if (offsets != null)
            widen();
        times.set(index, time);
        sizes.set(index, size);
        addresses.set(index, address);
        subjects[index] = subject;
        next.set(index, 0);
        count++;
    }

    /** Returns the index of a message, or -1 if it was removed. */
    int index(long sequence) {
        int offset = (int) (sequence - first);
        if (offsets == null)
            return subjects[offset] == null ? -1 : offset;
        int index = Arrays.binarySearch(offsets, (byte) (offset - 128));
        return index < 0 || subjects[index] == null ? -1 : index;
    }

    /** Returns the first sequence from this one on that has a message, or -1. */
    long firstFrom(long sequence) {
        int offset = (int) Math.max(sequence - first, 0);
        if (offsets == null) {
            for (int i = offset; i < SIZE; i++)
                if (subjects[i] != null)
                    return first + i;
            return -1;
        }
        int index = Arrays.binarySearch(offsets, (byte) (offset - 128));
        index = index < 0 ? -index - 1 : index;
        while (index < offsets.length && subjects[index] == null)
            index++;
        return index == offsets.length ? -1 : first + offsets[index] + 128;
    }

    /** Returns the last sequence up to this one that has a message, or -1. */
    long lastUpTo(long sequence) {
        int offset = (int) Math.min(sequence - first, SIZE - 1);
        if (offsets == null) {
            for (int i = offset; i >= 0; i--)
                if (subjects[i] != null)
                    return first + i;
            return -1;
        }
        int index = Arrays.binarySearch(offsets, (byte) (offset - 128));
        index = index < 0 ? -index - 2 : index;
        while (index >= 0 && subjects[index] == null)
            index--;
        return index < 0 ? -1 : first + offsets[index] + 128;
    }

    /** Returns the bytes of a message, as they count for the limits of the stream. */
    int size(int index) {
        return (int) sizes.get(index);
    }

    long time(int index) {
        return times.get(index);
    }

    StoredSubject subject(int index) {
        return subjects[index];
    }

    long address(int index) {
        return addresses.get(index);
    }

    void moved(int index, long address) {
        addresses.set(index, address);
    }

    /** Returns the next message on the same subject, 0 if there is none. */
    long next(int index) {
        long away = next.get(index);
        return away == 0 ? 0 : sequence(index) + away;
    }

    /** @param sequence 0 for none */
    void next(int index, long sequence) {
        next.set(index, sequence == 0 ? 0 : sequence - sequence(index));
    }

    private long sequence(int index) {
        return first + (offsets == null ? index : offsets[index] + 128);
    }

    /** Removes a message. {@code mayShrink} is false while messages are added to the page. */
    void remove(int index, boolean mayShrink) {
        count--;
        subjects[index] = null;
        // By half each time, so that a page that is emptied from its front is not copied for each message.
        if (mayShrink && count > 0 && count <= (offsets == null ? SPARSE : offsets.length / 2))
            narrow();
    }

    private void narrow() {
        byte[] kept = new byte[count];
        int[] indexes = new int[count];
        StoredSubject[] keptSubjects = new StoredSubject[count];
        for (int i = 0, at = 0; i < subjects.length; i++) {
            if (subjects[i] == null)
                continue;
            kept[at] = offsets == null ? (byte) (i - 128) : offsets[i];
            indexes[at] = i;
            keptSubjects[at++] = subjects[i];
        }
        offsets = kept;
        times = times.keep(indexes);
        sizes = sizes.keep(indexes);
        addresses = addresses.keep(indexes);
        next = next.keep(indexes);
        subjects = keptSubjects;
    }

    private void widen() {
        int[] places = new int[offsets.length];
        StoredSubject[] oldSubjects = subjects;
        subjects = new StoredSubject[SIZE];
        for (int i = 0; i < places.length; i++) {
            places[i] = offsets[i] + 128;
            subjects[places[i]] = oldSubjects[i];
        }
        offsets = null;
        times = times.spread(places, SIZE);
        sizes = sizes.spread(places, SIZE);
        addresses = addresses.spread(places, SIZE);
        next = next.spread(places, SIZE);
    }
}
