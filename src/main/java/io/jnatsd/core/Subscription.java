package io.jnatsd.core;

import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One SUB of one connection (protocol reference, section 6).
 *
 * <p>Threads: the final fields are anybody's. {@code delivered}, {@code max} and {@code removed} are guarded by the
 * {@link Receiver#lock}; {@code slot} by the lock of the index that lists it.
 */
public final class Subscription {
    private static final String HEAD = "MSG ";
    private static final byte[] MSG = {'M', 'S', 'G', ' '};

    final Receiver receiver;
    /** Subject, queue and sid keep one char per byte; see {@link io.jnatsd.protocol.Arguments#token}. */
    final String subject;
    /** Null for a plain subscription. */
    final String queue;
    final String sid;
    /** A MSG line as far as it is known: {@code MSG subject sid } for a literal subject, else {@code SP sid SP}. */
    final byte[] head;
    final boolean literal;

    long delivered;
    /** Messages after which it ends, 0 for no end. */
    long max;
    boolean removed;
    int slot = -1;
    /** Patterns that its owner must not get messages of; null for none. Read when a match is made. */
    volatile List<byte[]> denied;
    /** Takes note of whom its owner may reply to; null if that does not matter. */
    volatile ReplySubjects replies;

    public Subscription(Receiver receiver, String subject, String queue, String sid, boolean literal) {
        this.receiver = receiver;
        this.subject = subject;
        this.queue = queue;
        this.sid = sid;
        this.literal = literal;
        this.head = ((literal ? HEAD + subject : "") + " " + sid + " ").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Counts messages that it is offered, as many as it still wants, and ends with the last; returns how many. */
    int take(int offered) {
        int taken = offered;
        if (max > 0) {
            taken = (int) Math.min(offered, Math.max(max - delivered, 1));
            removed = delivered + taken >= max;
        }
        delivered += taken;
        return taken;
    }

    /** Appends a message, {@code MSG subject sid} or HMSG and the rest in one piece; returns its length. */
    int write(Message m, ChunkQueue to) {
        int tail = m.tailLength(), letter = m.headerLength() < 0 ? 0 : 1;
        int length = letter + headLength(m) + tail;
        byte[] bytes = to.room(length);
        int at = to.filled;
        if (letter > 0)
            bytes[at++] = 'H';
        at = copyHead(m, bytes, at);
        System.arraycopy(m.buffer(), m.tailStart(), bytes, at, tail);
        to.filled += length;
        return length;
    }

    /** The same for so many messages of a run; returns the length of all. */
    long write(Run run, int first, int count, ChunkQueue to) {
        byte[] in = run.buffer(), subject = run.match().subject;
        int front = literal ? 0 : MSG.length + subject.length;
        long sum = 0;
        for (int i = first; i < first + count; i++) {
            int tail = run.tailLength(i), length = front + head.length + tail;
            byte[] bytes = to.room(length);
            int at = to.filled;
            if (!literal) {
                System.arraycopy(MSG, 0, bytes, at, MSG.length);
                System.arraycopy(subject, 0, bytes, at + MSG.length, subject.length);
            }
            System.arraycopy(head, 0, bytes, at + front, head.length);
            System.arraycopy(in, run.tailStart(i), bytes, at + front + head.length, tail);
            to.filled = at + length;
            sum += length;
        }
        return sum;
    }

    /** The same for a peer that does not know of headers. */
    int writeWithoutHeaders(Message m, ChunkQueue to) {
        int length = headLength(m) + m.headerlessTailLength();
        byte[] bytes = to.room(length);
        m.copyHeaderlessTail(bytes, copyHead(m, bytes, to.filled));
        to.filled += length;
        return length;
    }

    /** Bytes of {@code MSG subject sid SP} for a message. */
    private int headLength(Message m) {
        return literal ? head.length : MSG.length + m.subjectLength() + head.length;
    }

    /** Writes them; returns where they end. */
    private int copyHead(Message m, byte[] to, int start) {
        int at = start;
        if (!literal) {
            System.arraycopy(MSG, 0, to, at, MSG.length);
            System.arraycopy(m.buffer(), m.subjectStart(), to, at + MSG.length, m.subjectLength());
            at += MSG.length + m.subjectLength();
        }
        System.arraycopy(head, 0, to, at, head.length);
        return at + head.length;
    }

    /** Whether its owner may not have messages on this subject. */
    boolean denies(byte[] subject) {
        List<byte[]> patterns = denied;
        return patterns != null
                && patterns.stream().anyMatch(p -> Subject.matches(p, subject, 0, subject.length));
    }

    /** False if a message has another subject than the one that is wanted; patterns are not looked at. */
    public boolean mayTake(Message m) {
        int length = m.subjectLength(), start = m.subjectStart();
        return !literal || length == subject.length()
                && Arrays.equals(m.buffer(), start, start + length, head, HEAD.length(), HEAD.length() + length);
    }

    public Receiver receiver() {
        return receiver;
    }

    SubscriptionView view() {
        return new SubscriptionView(Arguments.text(subject), queue == null ? "" : Arguments.text(queue),
                Arguments.text(sid), receiver.delivered(this), max, receiver.id());
    }

    public String subject() {
        return subject;
    }

    /** Messages after which it ends; for logs, since it may change at any time. */
    public long max() {
        return max;
    }

    /** Null for a plain subscription. */
    public String queue() {
        return queue;
    }

    public String sid() {
        return sid;
    }
}
