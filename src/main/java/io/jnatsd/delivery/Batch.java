package io.jnatsd.delivery;

import io.jnatsd.subject.Receiver;
import java.util.ArrayList;
import java.util.List;

/**
 * The pending work of the current batch of a reader: the receivers that it must flush, and the receivers that it
 * waits for because too much is pending there.
 *
 * <p>Threads: the reader only.
 */
public final class Batch {
    /** A publisher waits at most this long per batch for receivers that are behind. */
    private static final long PATIENCE_NANOS = 10_000_000;

    private final List<Receiver> touched = new ArrayList<>();
    /** Number of receivers in {@code touched} that the current flush has flushed. */
    private int flushed;
    /** The last receiver with a connection that was found to be behind, or null. */
    private Receiver crowded;
    /** The same of those without a connection. */
    private Receiver crowdedInside;
    /** How long the publisher waits, per batch, for a receiver without a connection. */
    private long patienceInside = Long.MAX_VALUE;
    /** The limit of pending bytes of one receiver. */
    private long maxPending = Long.MAX_VALUE;

    /** @param most the limit of pending bytes of one receiver, negative for no limit */
    public void begin(long most) {
        maxPending = most < 0 ? Long.MAX_VALUE : most;
    }

    /**
     * Limits how long the publisher waits for receivers without a connection: not at all, if such a receiver may wait for
     * the publisher. A publisher with a limit does not do their work either ({@link Receiver#flushAndWork}).
     */
    public void limitPatience(long nanos) {
        patienceInside = nanos;
    }

    public long maxPending() {
        return maxPending;
    }

    /**
     * Handles what {@link Receiver#deliver} or {@link Outbound#append} returned. The caller must pass every return
     * value.
     */
    public void sent(Receiver to, int outcome) {
        if ((outcome & Receiver.FLUSH) != 0)
            touch(to);
        if ((outcome & Receiver.CROWDED) != 0) {
            if (to instanceof InternalReceiver)
                crowdedInside = to;
            else
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
     * @param busy whether more input is already available; the thread then yields, because a virtual thread whose reads
     *         never block would keep its carrier thread from all others
     */
    public void flush(boolean busy) throws InterruptedException {
        boolean woke = false;
        try {
            while (flushed < touched.size())
                woke |= flush(touched.get(flushed++));
        } catch (Throwable e) {
            // The remaining receivers must be flushed even if one fails.
            flush(busy);
            throw e;
        }
        touched.clear();
        flushed = 0;
        if (crowded != null || crowdedInside != null)
            awaitCrowded();
        else if (woke || busy)
            Thread.yield();
    }

    /** A thread that may wait for a receiver inside the server may as well do the work of that receiver. */
    private boolean flush(Receiver to) {
        return patienceInside == Long.MAX_VALUE ? to.flushAndWork() : to.flush();
    }

    private void awaitCrowded() throws InterruptedException {
        Receiver behind = crowded, inside = crowdedInside;
        crowded = crowdedInside = null;
        if (behind != null) {
            behind.flush();
            behind.awaitRoom(PATIENCE_NANOS, maxPending);
        }
        if (inside != null) {
            inside.flush();
            inside.awaitRoom(patienceInside, maxPending);
        }
    }
}
