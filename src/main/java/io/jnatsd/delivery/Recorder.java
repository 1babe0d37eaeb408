package io.jnatsd.delivery;

import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Copies the messages on some subjects for an embedding program. It subscribes without a connection. Deliveries to it
 * do not count, and other servers are not informed of it: so it changes neither statistics nor whether a request has
 * responders, and it gets the messages that are delivered on this server.
 *
 * <p>Threads: the readers of the publishers call {@link #deliver} and so the sink; {@link #close}: any thread. {@link
 * Receiver#lock} guards whether the subscription has ended.
 */
public final class Recorder extends InternalReceiver {
    /** Where the messages go. Called by any number of threads at a time, which must not wait; they hold no lock. */
    public interface Sink {
        /**
         * Takes a message.
         *
         * @param reply empty for none
         * @param headers the header block with its empty line, empty if there is none
         */
        void take(String subject, String reply, byte[] headers, byte[] payload);
    }

    private static final byte[] NONE = {};
    /** What {@link #deliver} returns: nothing that the publisher would count, or do more about. */
    private static final int UNCOUNTED = 0;

    private final Sink sink;
    private final SidTable subs;

    private Recorder(Traffic traffic, Sink sink) {
        // No connection has the id 0.
        super(0, "recorder");
        this.sink = sink;
        this.subs = traffic.subjects.unannouncedTable();
    }

    /** Records from the time when this returns. The subject is valid and may have wildcards. */
    public static Recorder start(Traffic traffic, String subject, boolean literal, Sink sink) {
        Recorder recorder = new Recorder(traffic, sink);
        String chars = Arguments.chars(subject);
        recorder.subs.add(new Subscription(recorder, chars, null, "1", literal));
        return recorder;
    }

    /** Records no more. A second call has no effect. */
    public void close() {
        subs.all().forEach(subs::remove);
    }

    @Override
    public int deliver(Subscription sub, Message m, long maxPending) {
        if (isOpen(sub)) {
            int start = m.payloadStart(), end = start + m.payloadLength(), body = start + Math.max(m.headerLength(), 0);
            String reply = new String(m.buffer(), m.tailStart(), m.replyLength(), StandardCharsets.UTF_8);
            sink.take(m.subjectText(), reply, copy(m.buffer(), start, body), copy(m.buffer(), body, end));
        }
        return UNCOUNTED;
    }

    @Override
    public int deliver(Subscription sub, Run run, int first, long maxPending) {
        if (isOpen(sub)) {
            String subject = new String(run.match().subject(), StandardCharsets.UTF_8);
            for (int i = first; i < run.count(); i++) {
                int end = run.tailStart(i) + run.tailLength(i) - 2, start = end - (int) run.payload(i, i + 1);
                sink.take(subject, "", NONE, copy(run.buffer(), start, end));
            }
        }
        return UNCOUNTED;
    }

    private boolean isOpen(Subscription sub) {
        lock.lock();
        try {
            return !sub.isRemoved();
        } finally {
            lock.unlock();
        }
    }

    private static byte[] copy(byte[] buffer, int from, int to) {
        return from == to ? NONE : Arrays.copyOfRange(buffer, from, to);
    }

    /** Not called: {@link #deliver} never returns {@link Receiver#FLUSH}. */
    @Override
    public boolean flush() {
        return false;
    }

    /** Not called: {@link #deliver} never returns {@link Receiver#CROWDED}. */
    @Override
    public void awaitRoom(long nanos, long maxPending) {
    }

    /** Not called: {@link #deliver} never returns {@link Receiver#LAST}. */
    @Override
    public void exhausted(Subscription sub) {
    }
}
