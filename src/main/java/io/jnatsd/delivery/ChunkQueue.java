package io.jnatsd.delivery;

import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.Subscription;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The bytes of an {@link Outbound} that nobody has taken to write yet: one array that is being filled, and full ones
 * before it while there is a backlog. Arrays start small and grow to 128 KB, which is the most that the JDK hands to a
 * socket in one call; larger ones would only push data out of the processor's cache before it is written.
 *
 * <p>The sizes of all arrays, the one that is being written included, are reported to the {@link PendingBudget}.
 *
 * <p>Threads: guarded by the outbound's lock.
 */
final class ChunkQueue {
    static final int CHUNK = 128 * 1024;
    private static final int FIRST_CHUNK = 256;
    /** After so many writes that used an eighth of the array or less, it is given back. */
    private static final int CALM_WRITES = 64;
    /** The budget is told of changes that add up to so many bytes. */
    private static final int REPORTED_STEP = 4096;
    private static final byte[] EMPTY = {};
    private static final byte[] MSG = {'M', 'S', 'G', ' '};

    record Chunk(byte[] bytes, int length) {
        static final Chunk NOTHING = new Chunk(EMPTY, 0);
    }

    private final PendingBudget budget;
    /** Bytes of all arrays, and those that the budget knows of. */
    private long held;
    private long reported;
    /** The budget was found exceeded when an array was added. Whoever handles that resets it. */
    boolean overBudget;
    /** Bytes in {@link #room}'s array. */
    private int filled;
    private byte[] fill = EMPTY;
    /** Full chunks before {@link #fill}, oldest first; null until there is a backlog. */
    private Queue<Chunk> backlog;
    private byte[] spare = EMPTY;
    private int calmWrites;

    ChunkQueue(PendingBudget budget) {
        this.budget = budget;
    }

    /** Bytes of memory that this queue takes. */
    long held() {
        return held;
    }

    private void hold(long change) {
        held += change;
        long unreported = held - reported;
        if (Math.abs(unreported) < REPORTED_STEP && held > 0)
            return;
        reported = held;
        boolean exceeded = budget.add(unreported);
        overBudget = unreported > 0 && exceeded;
    }

    void add(byte[] bytes) {
        System.arraycopy(bytes, 0, room(bytes.length), filled, bytes.length);
        filled += bytes.length;
    }

    /** Appends a message, {@code MSG subject sid} or HMSG and the rest in one piece; returns its length. */
    int add(Subscription sub, Message m) {
        int tail = m.tailLength(), letter = m.headerLength() < 0 ? 0 : 1;
        int length = letter + lineLength(sub, m) + tail;
        byte[] bytes = room(length);
        int at = filled;
        if (letter > 0)
            bytes[at++] = 'H';
        at = copyLine(sub, m, bytes, at);
        System.arraycopy(m.buffer(), m.tailStart(), bytes, at, tail);
        filled += length;
        return length;
    }

    /** The same for so many messages of a run; returns the length of all. */
    long add(Subscription sub, Run run, int first, int count) {
        byte[] in = run.buffer(), subject = run.match().subject(), head = sub.head();
        boolean literal = sub.isLiteral();
        int front = literal ? 0 : MSG.length + subject.length;
        long sum = 0;
        for (int i = first; i < first + count; i++) {
            int tail = run.tailLength(i), length = front + head.length + tail;
            byte[] bytes = room(length);
            int at = filled;
            if (!literal) {
                System.arraycopy(MSG, 0, bytes, at, MSG.length);
                System.arraycopy(subject, 0, bytes, at + MSG.length, subject.length);
            }
            System.arraycopy(head, 0, bytes, at + front, head.length);
            System.arraycopy(in, run.tailStart(i), bytes, at + front + head.length, tail);
            filled = at + length;
            sum += length;
        }
        return sum;
    }

    /** The same for a peer that does not know of headers. */
    int addWithoutHeaders(Subscription sub, Message m) {
        int length = lineLength(sub, m) + m.headerlessTailLength();
        byte[] bytes = room(length);
        m.copyHeaderlessTail(bytes, copyLine(sub, m, bytes, filled));
        filled += length;
        return length;
    }

    /** Bytes of {@code MSG subject sid SP} for a message. */
    private static int lineLength(Subscription sub, Message m) {
        return sub.isLiteral() ? sub.head().length : MSG.length + m.subjectLength() + sub.head().length;
    }

    /** Writes them; returns where they end. */
    private static int copyLine(Subscription sub, Message m, byte[] to, int start) {
        byte[] head = sub.head();
        int at = start;
        if (!sub.isLiteral()) {
            System.arraycopy(MSG, 0, to, at, MSG.length);
            System.arraycopy(m.buffer(), m.subjectStart(), to, at + MSG.length, m.subjectLength());
            at += MSG.length + m.subjectLength();
        }
        System.arraycopy(head, 0, to, at, head.length);
        return at + head.length;
    }

    /** The array to append so many bytes to, at {@link #filled}, which the caller then moves on. */
    private byte[] room(int length) {
        if (length > fill.length - filled)
            enlarge(length);
        return fill;
    }

    private void enlarge(int length) {
        if (filled > 0 && filled + length > CHUNK) {
            if (backlog == null)
                backlog = new ArrayDeque<>();
            backlog.add(new Chunk(fill, filled));
            fill = spare;
            spare = EMPTY;
            filled = 0;
        }
        int needed = filled + length;
        if (needed > fill.length) {
            int size = Math.max(fill.length, FIRST_CHUNK);
            while (size < needed && size < CHUNK)
                size *= 2;
            byte[] larger = new byte[Math.max(size, needed)];
            System.arraycopy(fill, 0, larger, 0, filled);
            hold(larger.length - fill.length);
            fill = larger;
        }
    }

    Chunk takeOldest() {
        Chunk oldest = backlog == null ? null : backlog.poll();
        if (oldest != null)
            return oldest;
        oldest = new Chunk(fill, filled);
        fill = spare;
        spare = EMPTY;
        filled = 0;
        return oldest;
    }

    /** A chunk has been written: its array serves again, unless so large a one is not needed any more. */
    void giveBack(Chunk chunk) {
        int size = chunk.bytes.length;
        calmWrites = chunk.length * 8 > size ? 0 : calmWrites + 1;
        if (calmWrites >= CALM_WRITES) {
            calmWrites = 0;
            hold(-size);
            // The other array too: they take turns, and this one may be the small one every time.
            trim();
        } else if (size <= CHUNK && size > spare.length) {
            hold(-spare.length);
            spare = chunk.bytes;
        } else {
            hold(-size);
        }
    }

    /** Drops the arrays that hold nothing. */
    void trim() {
        hold(-spare.length);
        spare = EMPTY;
        if (filled == 0) {
            hold(-fill.length);
            fill = EMPTY;
        }
    }

    void clear() {
        hold(-held);
        fill = spare = EMPTY;
        filled = 0;
        backlog = null;
    }
}
