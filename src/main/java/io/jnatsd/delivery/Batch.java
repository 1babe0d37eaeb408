package io.jnatsd.delivery;

import io.jnatsd.subject.Receiver;
import java.util.ArrayList;
import java.util.List;

/**
 * What the present batch of a reader owes: the receivers that it must flush, and the one that it waits for since more
 * is pending there than should be.
 *
 * <p>Threads: the reader, alone.
 */
public final class Batch {
    /** At most so long per batch does a publisher wait for receivers that are behind. */
    private static final long PATIENCE_NANOS = 10_000_000;

    private final List<Receiver> touched = new ArrayList<>();
    /** How many of them the present flush has flushed. */
    private int flushed;
    /** The last receiver found to be behind, if any. */
    private Receiver crowded;
    /** Bytes that may wait for one receiver. */
    private long maxPending = Long.MAX_VALUE;

    /** @param most bytes that may wait for one receiver, negative for no limit */
    public void begin(long most) {
        maxPending = most < 0 ? Long.MAX_VALUE : most;
    }

    public long maxPending() {
        return maxPending;
    }

    /** Must be told what {@link Receiver#deliver} or {@link Outbound#append} returned. */
    public void sent(Receiver to, int outcome) {
        if ((outcome & Receiver.FLUSH) != 0)
            touch(to);
        if ((outcome & Receiver.CROWDED) != 0) {
            crowded = to;
            if ((outcome & Receiver.OVERFLOW) != 0)
                to.overflowed();
        }
        if ((outcome & Receiver.OVER_BUDGET) != 0)
            to.overBudget();
    }

    private void touch(Receiver to) {
        try {
            touched.add(to);
        } catch (OutOfMemoryError e) {
            to.flush();
        }
    }

    /**
     * Flushes every receiver that the batch has touched, and waits for the one that is behind.
     *
     * @param busy whether more input waits already; then the thread yields, since a reader whose input never ends would
     *        keep its carrier from all others
     */
    public void flush(boolean busy) throws InterruptedException {
        boolean woke = false;
        try {
            while (flushed < touched.size())
                woke |= touched.get(flushed++).flush();
        } catch (Throwable e) {
            // The others wait for the flush that they were promised, whatever is wrong with this one.
            flush(busy);
            throw e;
        }
        touched.clear();
        flushed = 0;
        if (crowded != null)
            awaitCrowded();
        else if (woke || busy)
            Thread.yield();
    }

    private void awaitCrowded() throws InterruptedException {
        Receiver behind = crowded;
        crowded = null;
        behind.flush();
        behind.awaitRoom(PATIENCE_NANOS, maxPending);
    }
}
