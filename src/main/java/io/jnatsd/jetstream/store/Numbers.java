package io.jnatsd.jetstream.store;

/**
 * An array of numbers in as few bytes as they need: two, four or eight each. They are kept relative to the first one that
 * was set, so that neighbours, such as times and offsets, need few. Threads: the actor of the stream.
 */
final class Numbers {
    private final int length;
    private boolean hasBase;
    private long base;
    /** One of these is there. */
    private char[] two;
    private int[] four;
    private long[] eight;

    Numbers(int length) {
        this.length = length;
        two = new char[length];
    }

    /** @param base what is subtracted from each number */
    Numbers(int length, long base) {
        this(length);
        this.base = base;
        hasBase = true;
    }

    /** Returns a number that was set. */
    long get(int index) {
        if (two != null)
            return base + two[index];
        return four != null ? base + Integer.toUnsignedLong(four[index]) : eight[index];
    }

    void set(int index, long value) {
        if (!hasBase) {
            base = value;
            hasBase = true;
        }
        long difference = value - base;
        if (eight == null && difference >>> Character.SIZE != 0)
            widen(difference >>> Integer.SIZE != 0);
        if (two != null)
            two[index] = (char) difference;
        else if (four != null)
            four[index] = (int) difference;
        else
            eight[index] = value;
    }

    private void widen(boolean most) {
        if (!most && four != null)
            return;
        if (most) {
            long[] wide = new long[length];
            for (int i = 0; i < length; i++)
                wide[i] = get(i);
            eight = wide;
            four = null;
        } else {
            four = new int[length];
            for (int i = 0; i < length; i++)
                four[i] = two[i];
        }
        two = null;
    }

    /** Returns some of the numbers, in their order. */
    Numbers keep(int[] indexes) {
        Numbers kept = hasBase ? new Numbers(indexes.length, base) : new Numbers(indexes.length);
        for (int i = 0; i < indexes.length; i++)
            kept.set(i, get(indexes[i]));
        return kept;
    }

    /** Returns the numbers at other places. */
    Numbers spread(int[] places, int newLength) {
        Numbers spread = hasBase ? new Numbers(newLength, base) : new Numbers(newLength);
        for (int i = 0; i < places.length; i++)
            spread.set(places[i], get(i));
        return spread;
    }
}
