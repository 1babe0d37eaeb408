package io.jnatsd.subject;

import io.jnatsd.protocol.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A receiver without a connection. It appends what happens to it to a list, as {@code name: event}, and answers
 * deliveries as an output does, with additional bits that a test can set.
 */
public final class FakeReceiver extends Receiver {
    private final String name;
    private final String remoteId;
    private final List<String> events;
    /** Bits that are added to the outcome of each delivery. */
    private volatile int bits;
    private volatile boolean closed;
    private volatile RuntimeException flushFailure;

    /** @param remoteId null for a client */
    public FakeReceiver(String name, String remoteId, List<String> events) {
        this.name = name;
        this.remoteId = remoteId;
        this.events = events;
    }

    /** Adds bits to the outcome of each later delivery. */
    public FakeReceiver answering(int more) {
        bits = more;
        return this;
    }

    /** Accepts no more messages. */
    public void close() {
        closed = true;
    }

    /** Lets each later flush fail. */
    public void failToFlush(RuntimeException failure) {
        flushFailure = failure;
    }

    private void record(String event) {
        events.add(name + ": " + event);
    }

    private static String text(byte[] buffer, int start, int length) {
        return new String(buffer, start, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public int deliver(Subscription sub, Message m, long maxPending) {
        lock.lock();
        try {
            if (sub.isRemoved() || closed)
                return 0;
            sub.take(1);
            record("MSG " + m.subjectText() + " " + sub.sid() + " "
                    + text(m.buffer(), m.payloadStart(), m.payloadLength()));
            return DELIVERED | bits | (sub.isRemoved() ? LAST : 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int deliver(Subscription sub, Run run, int first, long maxPending) {
        lock.lock();
        try {
            if (sub.isRemoved() || closed)
                return 0;
            int taken = sub.take(run.count() - first);
            StringBuilder payloads = new StringBuilder();
            for (int i = first; i < first + taken; i++)
                payloads.append(' ').append(text(run.buffer(), run.tailStart(i), run.tailLength(i)).split("\r\n")[1]);
            record("RUN " + text(run.match().subject(), 0, run.match().subject().length) + " " + sub.sid() + payloads);
            return DELIVERED | taken << COUNT_SHIFT | bits | (sub.isRemoved() ? LAST : 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean flush() {
        record("flush");
        if (flushFailure != null)
            throw flushFailure;
        return false;
    }

    @Override
    public void awaitRoom(long nanos, long maxPending) {
        record("await room");
    }

    @Override
    public void overflowed() {
        record("overflowed");
    }

    @Override
    public void overBudget() {
        record("over budget");
    }

    @Override
    public void exhausted(Subscription sub) {
        record("exhausted " + sub.sid());
    }

    @Override
    public boolean isTraced() {
        return false;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public String remoteId() {
        return remoteId;
    }

    @Override
    public String label() {
        return name;
    }

    @Override
    public String clientName() {
        return name;
    }

    @Override
    public String user() {
        return "";
    }
}
