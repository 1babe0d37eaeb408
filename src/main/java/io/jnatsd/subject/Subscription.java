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
 * <p>Threads: any thread reads the final fields. {@code delivered}, {@code max} and {@code removed} are guarded by the
 * {@link Receiver#lock}; {@code slot} by the lock of the index that lists it.
 */
public final class Subscription {
    private static final String HEAD = "MSG ";

    final Receiver receiver;
    /** Subject, queue and sid keep one char per byte; see {@link io.jnatsd.protocol.Arguments#token}. */
    final String subject;
    /** Null for a plain subscription. */
    final String queue;
    final String sid;
    private final byte[] head;
    final boolean literal;

    long delivered;
    /** Messages after which it ends, 0 for no end. */
    long max;
    boolean removed;
    int slot = -1;
    /** Patterns that its owner must not get messages of; null for none. Read when a match is made. */
    private volatile List<byte[]> denied;
    /** Takes note of whom its owner may reply to; null if that does not matter. */
    private volatile ReplySubjects replies;

    public Subscription(Receiver receiver, String subject, String queue, String sid, boolean literal) {
        this.receiver = receiver;
        this.subject = subject;
        this.queue = queue;
        this.sid = sid;
        this.literal = literal;
        this.head = ((literal ? HEAD + subject : "") + " " + sid + " ").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What a SUB asks for. */
    public Subscription(Receiver receiver, SubLine wanted) {
        this(receiver, wanted.subject(), wanted.queue(), wanted.sid(), wanted.literal());
    }

    /**
     * Counts messages that it is offered, as many as it still wants, and ends with the last. Called under the
     * receiver's lock.
     *
     * @return how many it has taken
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

    /** No message is delivered to it any more. Called under the receiver's lock. */
    public boolean isRemoved() {
        return removed;
    }

    /** A MSG line as far as it is known: {@code MSG subject sid } for a literal subject, else {@code SP sid SP}. */
    public byte[] head() {
        return head;
    }

    /** Its subject has no wildcards. */
    public boolean isLiteral() {
        return literal;
    }

    /** Notes whom its owner may reply to; null if that does not matter. */
    public ReplySubjects replies() {
        return replies;
    }

    /** Sets what notes whom its owner may reply to. */
    public void replies(ReplySubjects next) {
        replies = next;
    }

    /** Patterns that its owner must not get messages of; null for none. */
    public List<byte[]> denied() {
        return denied;
    }

    /** Sets the patterns that its owner must not get messages of; {@link SubscriptionIndex#changed} follows. */
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
