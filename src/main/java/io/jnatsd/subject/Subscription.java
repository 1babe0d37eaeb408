package io.jnatsd.subject;

import io.jnatsd.auth.ReplySubjects;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.SubLine;
import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One SUB of one connection (protocol.md, section 6).
 *
 * <p>Threads: any thread reads the final fields. {@code delivered}, {@code max} and {@code removed} are guarded by
 * {@link Receiver#lock}; {@code slot} by the lock of the {@link Subscribers} that list it.
 */
public final class Subscription {
    private static final String HEAD = "MSG ";
    /** The memory of one without the characters of its subject, queue and sid: its objects, and its entries in two maps. */
    private static final int OWN_BYTES = 320;
    /** The memory of a level of the {@link WildcardTree}. */
    private static final int LEVEL_BYTES = 240;

    final Receiver receiver;
    /** Subject, queue and sid have one char per byte; see {@link io.jnatsd.protocol.Arguments#token}. */
    final String subject;
    /** Null for a plain subscription. */
    final String queue;
    final String sid;
    private final byte[] head;
    final boolean literal;

    long delivered;
    /** Number of messages after which it ends, 0 for no limit. */
    long max;
    boolean removed;
    int slot = -1;
    /** Patterns of subjects that its owner may not receive, or null. Read when a match result is computed. */
    private volatile List<byte[]> denied;
    /** Records the reply subjects that its owner may publish to; null if the owner has no reply permission. */
    private volatile ReplySubjects replies;

    public Subscription(Receiver receiver, String subject, String queue, String sid, boolean literal) {
        this.receiver = receiver;
        this.subject = subject;
        this.queue = queue;
        this.sid = sid;
        this.literal = literal;
        this.head = ((literal ? HEAD + subject : "") + " " + sid + " ").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Creates a subscription from the arguments of a SUB. */
    public Subscription(Receiver receiver, SubLine wanted) {
        this(receiver, wanted.subject(), wanted.queue(), wanted.sid(), wanted.literal());
    }

    /**
     * Counts messages that are offered to it, as many as it still accepts, and marks it as removed after the last.
     * Called under the receiver's lock.
     *
     * @return the number of messages that it accepts
     */
    public int take(int offered) {
        int taken = offered;
        if (max > 0) {
            taken = (int) Math.min(offered, Math.max(max - delivered, 1));
            removed = delivered + taken >= max;
        }
        delivered += taken;
        return taken;
    }

    /** Returns whether its owner may not receive messages on this subject. */
    boolean denies(byte[] subject) {
        List<byte[]> patterns = denied;
        return patterns != null
                && patterns.stream().anyMatch(p -> Subject.matches(p, subject, 0, subject.length));
    }

    /** Returns false if it has a literal subject that differs from that of the message. Patterns are not checked. */
    public boolean mayTake(Message m) {
        int length = m.subjectLength(), start = m.subjectStart();
        return !literal || length == subject.length()
                && Arrays.equals(m.buffer(), start, start + length, head, HEAD.length(), HEAD.length() + length);
    }

    /** The memory that it takes; it is an estimate, with the levels of the tree that it may share with others. */
    int bytes() {
        int bytes = OWN_BYTES + subject.length() + (queue == null ? 0 : queue.length()) + sid.length() + head.length;
        if (literal)
            return bytes;
        for (int dot = 0; dot >= 0; dot = subject.indexOf('.', dot + 1))
            bytes += LEVEL_BYTES;
        return bytes + subject.length();
    }

    public Receiver receiver() {
        return receiver;
    }

    /** Returns whether no more messages are delivered to it. Called under the receiver's lock. */
    public boolean isRemoved() {
        return removed;
    }

    /**
     * Returns the part of a MSG line that never changes: {@code MSG subject sid } for a literal subject, else {@code SP
     * sid SP}.
     */
    public byte[] head() {
        return head;
    }

    /** Returns whether its subject has no wildcards. */
    public boolean isLiteral() {
        return literal;
    }

    /**
     * Returns the record of reply subjects that its owner may publish to; null if the owner has no reply permission.
     */
    public ReplySubjects replies() {
        return replies;
    }

    /** Sets the record of reply subjects that its owner may publish to. */
    public void replies(ReplySubjects next) {
        replies = next;
    }

    /** Returns the patterns of subjects that its owner may not receive, or null. */
    public List<byte[]> denied() {
        return denied;
    }

    /**
     * Sets the patterns of subjects that its owner may not receive. The caller then calls {@link
     * SubscriptionIndex#changed}.
     */
    public void denied(List<byte[]> patterns) {
        denied = patterns;
    }

    SubscriptionView view() {
        return new SubscriptionView(Arguments.text(subject), queue == null ? "" : Arguments.text(queue),
                Arguments.text(sid), receiver.delivered(this), max, receiver.id());
    }

    public String subject() {
        return subject;
    }

    /** Returns the number of messages after which it ends. Read without a lock, for log lines. */
    public long max() {
        return max;
    }

    /** Returns the queue group, or null for a plain subscription. */
    public String queue() {
        return queue;
    }

    public String sid() {
        return sid;
    }
}
