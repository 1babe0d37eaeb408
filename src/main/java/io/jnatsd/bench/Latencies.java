package io.jnatsd.bench;

/**
 * A histogram of times in nanoseconds. The width of its cells grows with the values, so that every percentile is at
 * most 0.4 % too high, with a fixed amount of memory for any number of values. Minimum and maximum are exact. Threads:
 * used by one thread at a time.
 */
final class Latencies {
    /** The base-2 logarithm of the number of cells for each power of two. */
    private static final int CELL_BITS = 8;
    private static final int CELLS = (Long.SIZE - 1 - CELL_BITS << CELL_BITS) + (2 << CELL_BITS);

    /** Allocated with the first value, because only requesters have values. */
    private long[] counts = {};
    private long count;
    private long sum;
    private long min = Long.MAX_VALUE;
    private long max;

    void record(long nanos) {
        if (count == 0)
            counts = new long[CELLS];
        long value = Math.max(0, nanos);
        counts[cell(value)]++;
        count++;
        sum += value;
        min = Math.min(min, value);
        max = Math.max(max, value);
    }

    void add(Latencies other) {
        if (other.count == 0)
            return;
        if (count == 0)
            counts = new long[CELLS];
        for (int i = 0; i < CELLS; i++)
            counts[i] += other.counts[i];
        count += other.count;
        sum += other.sum;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
    }

    boolean isEmpty() {
        return count == 0;
    }

    long min() {
        return count == 0 ? 0 : min;
    }

    long max() {
        return max;
    }

    double mean() {
        return count == 0 ? 0 : (double) sum / count;
    }

    /** Returns the smallest recorded value that is not exceeded by this percentage of all values. */
    long percentile(double percent) {
        // Without the small subtraction, 99.9 % of 1000 would be 999.0000000000001 and therefore the last value.
        long rank = Math.max(1, (long) Math.ceil(count * percent / 100 - 1e-6)), passed = 0;
        for (int cell = 0; cell < counts.length; cell++) {
            passed += counts[cell];
            if (passed >= rank)
                return Math.min(max, highest(cell));
        }
        return max;
    }

    private static int cell(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - CELL_BITS);
        return (shift << CELL_BITS) + (int) (value >>> shift);
    }

    /** Returns the largest value that belongs to a cell. */
    private static long highest(int cell) {
        int shift = Math.max(0, (cell >>> CELL_BITS) - 1);
        long top = cell - ((long) shift << CELL_BITS);
        return (top + 1 << shift) - 1;
    }
}
