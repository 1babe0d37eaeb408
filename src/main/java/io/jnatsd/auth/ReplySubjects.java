package io.jnatsd.auth;

import io.jnatsd.config.ServerOptions.ResponseRules;
import io.jnatsd.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The reply subjects to which a client may publish because it has received a request with them ({@code
 * allow_responses}; protocol.md, section 14). Threads: {@link #expect}: the readers of the requesters; {@link #take}:
 * the client's reader; {@code lock} guards all fields and is a leaf.
 */
public final class ReplySubjects {
    /** With more pending requests than this, the oldest can no longer be answered. */
    private static final int MOST = 64 * 1024;
    /** The same if they use more than this fraction of the heap, or this number of bytes. */
    private static final int HEAP_SHARE = 32;
    private static final long MOST_BYTES = Math.min(Runtime.getRuntime().maxMemory() / HEAP_SHARE, 16 * 1024 * 1024);
    /** Approximate memory of an entry without the characters of its subject. */
    private static final int ENTRY_BYTES = 160;

    private final ResponseRules rules;
    private final long lifeNanos;
    private final ReentrantLock lock = new ReentrantLock();
    /** Oldest first. */
    private final Map<String, Reply> expected = new LinkedHashMap<>();
    private long bytes;

    private static final class Reply {
        private final long until;
        private int left;

        private Reply(long until, int left) {
            this.until = until;
            this.left = left;
        }
    }

    private ReplySubjects(ResponseRules rules) {
        this.rules = rules;
        this.lifeNanos = rules.expires().toNanos();
    }

    /** Returns null without rules. Pending requests are kept if the rules have not changed. */
    public static ReplySubjects of(ResponseRules rules, ReplySubjects before) {
        if (rules == null)
            return null;
        return before != null && before.rules.equals(rules) ? before : new ReplySubjects(rules);
    }

    /** Records the reply subject of a message that is about to be delivered. */
    public void expect(Message m) {
        long now = System.nanoTime();
        Reply reply = new Reply(now + lifeNanos, rules.max());
        String subject = new String(m.buffer(), m.tailStart(), m.replyLength(), StandardCharsets.ISO_8859_1);
        lock.lock();
        try {
            remove(subject);
            expected.put(subject, reply);
            bytes += ENTRY_BYTES + subject.length();
            Iterator<Map.Entry<String, Reply>> oldest = expected.entrySet().iterator();
            while (oldest.hasNext()) {
                Map.Entry<String, Reply> first = oldest.next();
                if (!isOver(first.getValue(), now) && expected.size() <= MOST && bytes <= MOST_BYTES)
                    break;
                bytes -= ENTRY_BYTES + first.getKey().length();
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    private void remove(String subject) {
        assert lock.isHeldByCurrentThread();
        if (expected.remove(subject) != null)
            bytes -= ENTRY_BYTES + subject.length();
    }

    private boolean isOver(Reply reply, long now) {
        return lifeNanos > 0 && reply.until - now <= 0;
    }

    /** Returns whether the client may publish to a reply subject, and counts the reply. */
    public boolean take(byte[] subject) {
        String text = new String(subject, StandardCharsets.ISO_8859_1);
        lock.lock();
        try {
            Reply reply = expected.get(text);
            if (reply == null)
                return false;
            boolean open = !isOver(reply, System.nanoTime());
            // A negative maximum means no limit.
            if (!open || rules.max() > 0 && --reply.left == 0)
                remove(text);
            return open;
        } finally {
            lock.unlock();
        }
    }
}
