package io.jnatsd;

import io.jnatsd.delivery.Recorder;
import io.jnatsd.protocol.Subject;
import io.jnatsd.server.Server;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the messages on some subjects and keeps the last of them, see {@link NatsServer#record}.
 *
 * <pre>{@code
 * try (MessageLog orders = server.record("orders.>")) {
 *     application.placeOrder("coffee");
 *     orders.awaitCount(1);
 *     assertEquals("coffee", orders.messages().getFirst().text());
 * }
 * }</pre>
 *
 * <p>It gets what clients of this server publish, and what other servers of a cluster pass on to subscriptions here that
 * are in no queue group. It sees all subjects, whatever users may do, and never makes the server wait: the oldest
 * messages are dropped when more than 8 MB or 10,000 are kept. It is no subscription for others: a request to which only a
 * {@code MessageLog} listens still has no responders.
 *
 * <p>It goes on after {@link NatsServer#restart}, and ends with the server. What was recorded can be read afterwards,
 * too. All methods may be called by any thread.
 */
public final class MessageLog implements AutoCloseable {
    /** The memory for kept messages, and their number. */
    static final int MOST_BYTES = 8 * 1024 * 1024, MOST_MESSAGES = 10_000;

    private final String subject;
    private final boolean literal;
    private final NatsServer server;
    private final Waiting waiting;

    private final ReentrantLock lock = new ReentrantLock();
    /** Oldest first. Guarded by {@code lock}. */
    private final Deque<RecordedMessage> kept = new ArrayDeque<>();
    /** The memory of {@link #kept}. Guarded by {@code lock}. */
    private long keptBytes;
    /** Written under {@code lock}. */
    private volatile long count;
    /** The one of the running server; null before the first. Written under the lock of the server. */
    private volatile Recorder recorder;
    /** Written by {@link #close}. */
    private volatile boolean closed;

    MessageLog(String subject, NatsServer server, Waiting waiting) {
        if (!Subject.isValidPattern(subject) || subject.chars().anyMatch(c -> c <= ' '))
            throw new IllegalArgumentException("\"" + subject + "\" is no subject to subscribe to");
        byte[] bytes = subject.getBytes(StandardCharsets.UTF_8);
        this.subject = subject;
        this.literal = Subject.isValidLiteral(bytes, 0, bytes.length);
        this.server = server;
        this.waiting = waiting;
    }

    /** Records on a server that has just been made, instead of the one before. */
    void attach(Server running) {
        recorder = Recorder.start(running.state().traffic, subject, literal, this::take);
        if (closed)
            recorder.close();
    }

    private void take(String on, String replyTo, byte[] headers, byte[] payload) {
        RecordedMessage message = new RecordedMessage(on, replyTo, headers, payload);
        lock.lock();
        try {
            count++;
            kept.addLast(message);
            keptBytes += message.bytes();
            while (kept.size() > MOST_MESSAGES || keptBytes > MOST_BYTES)
                keptBytes -= kept.removeFirst().bytes();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the subject that is recorded.
     *
     * @return as it was given to {@link NatsServer#record}
     */
    public String subject() {
        return subject;
    }

    /**
     * Returns how many messages there were, also those that are no longer kept.
     *
     * @return the number since this object was made, or since {@link #clear}
     */
    public long count() {
        return count;
    }

    /**
     * Returns how many of the messages are no longer kept.
     *
     * @return 0 if {@link #messages} has all of them
     */
    public long dropped() {
        lock.lock();
        try {
            return count - kept.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the messages that are kept. Those of one client are in the order in which it has published them.
     *
     * @return a copy, oldest first
     */
    public List<RecordedMessage> messages() {
        lock.lock();
        try {
            return List.copyOf(kept);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all messages, and counts from 0 again. */
    public void clear() {
        lock.lock();
        try {
            kept.clear();
            keptBytes = 0;
            count = 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits ten seconds at most for messages, see {@link #awaitCount(long, Duration)}.
     *
     * @param messages how many
     * @throws NatsServerException with the reason {@code TIMEOUT}
     */
    public void awaitCount(long messages) {
        awaitCount(messages, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until there were at least this number of messages.
     *
     * @param messages how many
     * @param patience how long to wait
     * @throws NatsServerException with the reason {@code TIMEOUT}; the message says how many there were instead
     * @throws IllegalStateException if the server is closed meanwhile, or the thread is interrupted, which stays so
     */
    public void awaitCount(long messages, Duration patience) {
        if (count >= messages)
            return;
        if (closed)
            throw new IllegalStateException("this message log is closed");
        waiting.await(patience, messages + (messages == 1 ? " message on " : " messages on ") + subject,
                running -> count >= messages ? true : null,
                running -> count == 1 ? "there was 1" : count == 0 ? "there was none" : "there were " + count);
    }

    /** Records no more. What was recorded can still be read. */
    @Override
    public void close() {
        closed = true;
        Recorder last = recorder;
        if (last != null)
            last.close();
        server.ended(this);
    }

    /** Returns the subject and the count, for messages and debuggers. */
    @Override
    public String toString() {
        return "MessageLog[" + subject + ", " + count + " messages]";
    }
}
