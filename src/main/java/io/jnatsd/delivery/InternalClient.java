package io.jnatsd.delivery;

import io.jnatsd.log.Threads;
import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.Subscription;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.function.Function;

/**
 * A component of this server that answers requests. It subscribes and publishes as a client does, so its subscriptions
 * are announced to routes and its responses are routed. It has no connection and is not counted as a client. If too
 * many requests are waiting, a new one is dropped, because a publisher must not wait for this server's own responses.
 *
 * <p>Threads: a virtual thread computes the responses one after the other; {@link Receiver#lock} guards the queue; all
 * other methods: any thread.
 */
public final class InternalClient extends InternalReceiver implements Runnable {
    private static final int MOST_REQUESTS = 1024;
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final Traffic traffic;
    private final Threads threads;
    private final Function<Request, byte[]> answers;
    private final SidTable subs;
    private final Batch batch = new Batch();
    private final Delivery delivery;

    private final Condition arrived = lock.newCondition();
    private final Queue<Request> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean flushPromised;
    private boolean closed;

    /** One request. Subjects have one char per byte. */
    public record Request(String subject, String reply, byte[] body) {
        int bytes() {
            return subject.length() + reply.length() + body.length;
        }
    }

    private InternalClient(Traffic traffic, Threads threads, long id, Function<Request, byte[]> answers) {
        super(id, "internal - cid:" + id);
        this.traffic = traffic;
        this.threads = threads;
        this.answers = answers;
        this.subs = traffic.subjects.announcedTable();
        this.delivery = new Delivery(traffic, batch, this, false);
    }

    /**
     * Subscribes. Requests are answered from the time this returns.
     *
     * @param id a cid that no connection has
     * @param answers returns the response to a request, or null for none
     */
    public static InternalClient start(Traffic traffic, Threads threads, long id, List<String> subjects,
            Function<Request, byte[]> answers) {
        InternalClient client = new InternalClient(traffic, threads, id, answers);
        for (String subject : subjects)
            client.subs.add(new Subscription(client, subject, null, String.valueOf(client.subs.size() + 1), true));
        if (!threads.start("internal-client", client))
            client.close();
        return client;
    }

    @Override
    public void run() {
        try {
            for (Request next; (next = next()) != null;) {
                Request request = next;
                threads.run(this, "answer to a request", () -> answer(request));
            }
        } catch (InterruptedException e) {
            traffic.log.debug("The internal client was interrupted");
        } finally {
            close();
        }
    }

    private void answer(Request request) throws InterruptedException {
        byte[] answer = answers.apply(request);
        if (answer != null)
            publish(request.reply(), answer);
    }

    /** Returns the next request, or null after {@link #close}. */
    private Request next() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed)
                arrived.await();
            Request next = closed ? null : waiting.remove();
            if (next != null)
                waitingBytes -= next.bytes();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void publish(String subject, byte[] payload) throws InterruptedException {
        batch.begin(traffic.maxPending());
        Message m = Message.of(subject, payload);
        delivery.publish(delivery.match(m), m);
        delivery.endBatch();
        batch.flush(false);
    }

    @Override
    public int deliver(Subscription sub, Message m, long maxPending) {
        lock.lock();
        try {
            if (sub.isRemoved() || closed)
                return 0;
            sub.take(1);
            return DELIVERED | (sub.isRemoved() ? LAST : 0) | (m.replyLength() > 0 ? enqueue(m) : 0);
        } finally {
            lock.unlock();
        }
    }

    /** Messages of a run have no reply subject, so they need no response. */
    @Override
    public int deliver(Subscription sub, Run run, int first, long maxPending) {
        lock.lock();
        try {
            if (sub.isRemoved() || closed)
                return 0;
            return DELIVERED | sub.take(run.count() - first) << COUNT_SHIFT | (sub.isRemoved() ? LAST : 0);
        } finally {
            lock.unlock();
        }
    }

    private int enqueue(Message m) {
        assert lock.isHeldByCurrentThread();
        byte[] body = new byte[m.payloadLength()];
        System.arraycopy(m.buffer(), m.payloadStart(), body, 0, body.length);
        Request request = new Request(m.subjectText(), m.replyText(), body);
        if (waiting.size() == MOST_REQUESTS || waitingBytes + request.bytes() > MOST_BYTES)
            return 0;
        waiting.add(request);
        waitingBytes += request.bytes();
        if (flushPromised)
            return 0;
        flushPromised = true;
        return FLUSH;
    }

    @Override
    public boolean flush() {
        lock.lock();
        try {
            flushPromised = false;
            if (waiting.isEmpty())
                return false;
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Not called: {@link #deliver} never returns {@link Receiver#CROWDED}. */
    @Override
    public void awaitRoom(long nanos, long maxPending) {
    }

    @Override
    public void exhausted(Subscription sub) {
        subs.remove(sub);
    }

    /** Unsubscribes and ends the thread. A second call has no effect. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            arrived.signal();
        } finally {
            lock.unlock();
        }
        subs.removeAll();
    }
}
