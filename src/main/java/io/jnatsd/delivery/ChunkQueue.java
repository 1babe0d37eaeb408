package io.jnatsd.delivery;

import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.Subscription;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The bytes of an {@link Outbound} that are not being written yet: one array that is being filled, and full arrays
 * before it if there is a backlog. Arrays start small and grow to 128 KB, the most that the JDK passes to a socket in
 * one call. Larger arrays would not be written faster, and would no longer fit into the processor's cache.
 *
 * <p>The sizes of all arrays, including the one that is being written, are reported to the {@link PendingBudget}.
 *
 * <p>Threads: guarded by the outbound's lock.
 */
final class ChunkQueue {
    static final int CHUNK = 128 * 1024;
    private static final int FIRST_CHUNK = 256;
    /** An array is released after this number of consecutive writes that used at most an eighth of it. */
    private static final int SMALL_WRITES = 64;
    /** Changes of memory are reported to the budget when they add up to this number of bytes. */
    private static final int REPORTED_STEP = 4096;
    private static final byte[] EMPTY = {};
    private static final byte[] MSG = {'M', 'S', 'G', ' '};

    record Chunk(byte[] bytes, int length) {
        static final Chunk NOTHING = new Chunk(EMPTY, 0);
    }

    private final PendingBudget budget;
    /** The size of all arrays, and the size that was reported to the budget. */
    private long held;
    private long reported;
    /** The budget was exceeded when an array was added. The caller that handles it resets this. */
    boolean overBudget;
    /** Number of bytes used in {@link #fill}. */
    private int filled;
    private byte[] fill = EMPTY;
    /** Full chunks before {@link #fill}, oldest first; null until there is a backlog. */
    private Queue<Chunk> backlog;
    private byte[] spare = EMPTY;
    private int smallWrites;
    /** What goes wrong with messages; null unless a program has injected faults. */
    private DeliveryFaults faults;

    ChunkQueue(PendingBudget budget) {
        this.budget = budget;
    }

    /** Returns the memory of this queue in bytes. */
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

    void inject(DeliveryFaults injected) {
        faults = injected;
    }

    void add(byte[] bytes) {
        System.arraycopy(bytes, 0, room(bytes.length), filled, bytes.length);
        filled += bytes.length;
    }

    /** Appends a message, {@code MSG subject sid} or HMSG followed by the tail; returns its length. */
    int add(Subscription sub, Message m) {
        if (faults == null)
            return append(sub, m);
        int length = 0;
        for (int copies = copies(m); copies > 0; copies--)
            length += append(sub, m);
        return length;
    }

    private int copies(Message m) {
        return faults.delivered(m.buffer(), m.subjectStart(), m.subjectLength());
    }

    private int append(Subscription sub, Message m) {
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

    /** Appends a number of messages of a run; returns their total length. */
    long add(Subscription sub, Run run, int first, int count) {
        if (faults == null)
            return append(sub, run, first, count);
        byte[] subject = run.match().subject();
        long length = 0;
        for (int i = first; i < first + count; i++)
            for (int copies = faults.delivered(subject, 0, subject.length); copies > 0; copies--)
                length += append(sub, run, i, 1);
        return length;
    }

    private long append(Subscription sub, Run run, int first, int count) {
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

    /** Appends a message without its headers, for a peer that does not support them; returns its length. */
    int addWithoutHeaders(Subscription sub, Message m) {
        int length = 0;
        for (int copies = faults == null ? 1 : copies(m); copies > 0; copies--)
            length += appendWithoutHeaders(sub, m);
        return length;
    }

    private int appendWithoutHeaders(Subscription sub, Message m) {
        int length = lineLength(sub, m) + m.headerlessTailLength();
        byte[] bytes = room(length);
        m.copyHeaderlessTail(bytes, copyLine(sub, m, bytes, filled));
        filled += length;
        return length;
    }

    /** Returns the length of {@code MSG subject sid SP} for a message. */
    private static int lineLength(Subscription sub, Message m) {
        if (m.isRedirected())
            return MSG.length + m.subjectLength() + 2 + sub.sid().length();
        return sub.isLiteral() ? sub.head().length : MSG.length + m.subjectLength() + sub.head().length;
    }

    /** Writes {@code MSG subject sid SP}; returns the position after it. */
    private static int copyLine(Subscription sub, Message m, byte[] to, int start) {
        if (m.isRedirected())
            return copyRedirectedLine(sub, m, to, start);
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

    /** The subject of the subscription is another one than that of the message. */
    @SuppressWarnings("deprecation") // The subject and the sid have one char per byte.
    private static int copyRedirectedLine(Subscription sub, Message m, byte[] to, int start) {
        String sid = sub.sid();
        System.arraycopy(MSG, 0, to, start, MSG.length);
        int at = start + MSG.length;
        System.arraycopy(m.buffer(), m.subjectStart(), to, at, m.subjectLength());
        at += m.subjectLength();
        to[at++] = ' ';
        sid.getBytes(0, sid.length(), to, at);
        at += sid.length();
        to[at] = ' ';
        return at + 1;
    }

    /**
     * Returns an array with room for this number of bytes at {@link #filled}. The caller then advances {@link #filled}.
     */
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

    /**
     * Takes back a chunk that has been written. Its array is reused, unless arrays of its size are no longer needed.
     */
    void giveBack(Chunk chunk) {
        int size = chunk.bytes.length;
        smallWrites = chunk.length * 8 > size ? 0 : smallWrites + 1;
        if (smallWrites >= SMALL_WRITES) {
            smallWrites = 0;
            hold(-size);
            // Two arrays are used in turns, and this one may always be the small one; so the other one is released too.
            trim();
        } else if (size <= CHUNK && size > spare.length) {
            hold(-spare.length);
            spare = chunk.bytes;
        } else {
            hold(-size);
        }
    }

    /** Drops the arrays that contain no data. */
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
