package io.jnatsd.jetstream.consumer;

import java.util.Arrays;

/**
 * What has a deadline, the earliest first: a binary heap whose elements know their place, so that a deadline is changed
 * or removed without a search and without an object. Threads: the actor of the stream.
 */
final class Deadlines<E extends Deadlines.Element> {
    /** What has a deadline. */
    abstract static class Element {
        /** Changed by {@link #set} only. */
        long deadline;
        /** The index in the heap, -1 outside. */
        int place = -1;
    }

    private static final int SMALLEST = 4;

    private Element[] heap = new Element[SMALLEST];
    private int size;

    /** Returns the earliest deadline, {@link Long#MAX_VALUE} for none. */
    long earliest() {
        return size == 0 ? Long.MAX_VALUE : heap[0].deadline;
    }

    /** Removes and returns an element whose deadline is not after a time, the earliest; null if there is none. */
    @SuppressWarnings("unchecked") // Only elements of this type are added.
    E poll(long until) {
        if (size == 0 || heap[0].deadline > until)
            return null;
        E first = (E) heap[0];
        remove(first);
        return first;
    }

    /** Sets or changes a deadline; {@link Long#MAX_VALUE} for none. */
    void set(E element, long deadline) {
        if (deadline == Long.MAX_VALUE) {
            remove(element);
            return;
        }
        boolean sooner = element.place < 0 || deadline < element.deadline;
        element.deadline = deadline;
        if (element.place < 0 && size == heap.length)
            heap = Arrays.copyOf(heap, 2 * size);
        int at = element.place < 0 ? size++ : element.place;
        if (sooner)
            up(element, at);
        else
            down(element, at);
    }

    /** Removes an element, if it is there. */
    void remove(E element) {
        int at = element.place;
        if (at < 0)
            return;
        element.place = -1;
        Element last = heap[--size];
        heap[size] = null;
        if (last != element) {
            down(last, at);
            if (last.place == at)
                up(last, at);
        }
        if (heap.length > SMALLEST && size < heap.length / 4)
            heap = Arrays.copyOf(heap, heap.length / 2);
    }

    private void up(Element element, int from) {
        int at = from;
        while (at > 0) {
            Element parent = heap[(at - 1) / 2];
            if (parent.deadline <= element.deadline)
                break;
            put(parent, at);
            at = (at - 1) / 2;
        }
        put(element, at);
    }

    private void down(Element element, int from) {
        int at = from;
        for (int child; (child = 2 * at + 1) < size; at = child) {
            if (child + 1 < size && heap[child + 1].deadline < heap[child].deadline)
                child++;
            if (heap[child].deadline >= element.deadline)
                break;
            put(heap[child], at);
        }
        put(element, at);
    }

    private void put(Element element, int at) {
        heap[at] = element;
        element.place = at;
    }
}
