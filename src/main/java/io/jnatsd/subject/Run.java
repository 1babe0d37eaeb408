package io.jnatsd.subject;

import io.jnatsd.protocol.Message;
import java.util.Arrays;

/**
 * Messages of one batch on one subject that came in a row, in place in the read buffer: plain ones, without headers or
 * a reply subject. A receiver is given them all at once, since taking its lock costs as much as copying a small message.
 *
 * <p>Threads: the reader that the messages came to, alone.
 */
public final class Run {
    /** Enough to make the lock cheap, few enough that its other users hardly notice. */
    private static final int MOST = 64;
    private static final int FIRST = 4;
    private static final int[] NONE = {};

    private MatchResult match;
    private byte[] buffer;
    private int count;
    /** Of each message, what {@link Message#tailStart} and its neighbours say. */
    private int[] tailStarts = NONE, tailLengths = NONE, payloadLengths = NONE;

    /** False if the message does not belong with those that are here already. */
    public boolean add(MatchResult to, Message m) {
        int n = count;
        if (n > 0 && (to != match || n == MOST))
            return false;
        if (n == tailStarts.length)
            enlarge();
        match = to;
        buffer = m.buffer();
        tailStarts[n] = m.tailStart();
        tailLengths[n] = m.tailLength();
        payloadLengths[n] = m.payloadLength();
        count = n + 1;
        return true;
    }

    /** Most connections publish little: it grows with need. */
    private void enlarge() {
        int size = Math.max(FIRST, count * 4);
        tailStarts = Arrays.copyOf(tailStarts, size);
        tailLengths = Arrays.copyOf(tailLengths, size);
        payloadLengths = Arrays.copyOf(payloadLengths, size);
    }

    public void clear() {
        count = 0;
        match = null;
        buffer = null;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int count() {
        return count;
    }

    public MatchResult match() {
        return match;
    }

    public byte[] buffer() {
        return buffer;
    }

    public int tailStart(int index) {
        return tailStarts[index];
    }

    public int tailLength(int index) {
        return tailLengths[index];
    }

    /**
     * Bytes of payload of the messages from one index up to another. Added up anew each time: a running total made
     * every message dearer, by 8 % of a 1-to-1 delivery, than this loop makes a run.
     */
    public long payload(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++)
            sum += payloadLengths[i];
        return sum;
    }
}
