package io.jnatsd.jetstream.stream;

import io.jnatsd.delivery.InternalReceiver;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Subject;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.SidTable;
import io.jnatsd.subject.Subscription;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.locks.Condition;

/**
 * What waits for the actor of a stream: the messages of its subscriptions, copied one behind the other into an array,
 * and tasks. A publisher whose messages find the inbox full waits until there is room. A publisher that must not wait
 * goes on; when its messages reach the limit of memory, they are refused, and the actor answers them.
 *
 * <p>The actor has a thread of its own. A client whose few messages find the actor idle does its work itself: that saves
 * the time for waking another thread, which is most of the time of a publish that waits for its answer.
 *
 * <p>Threads: any thread delivers and posts; {@link Receiver#lock} guards what waits. One thread at a time works, either
 * that of the actor, between two calls of {@link #take}, or that of a client.
 */
public final class Inbox extends InternalReceiver {
    /** Publishers wait while more bytes than this wait. One batch of each may be added beyond it, up to the limit. */
    private static final int ENOUGH = 4 * 1024 * 1024;
    /** The limit of one inbox. One message that is larger is taken alone. */
    private static final int MOST = 16 * 1024 * 1024;
    private static final int SMALLEST = 4096, LARGEST_KEPT = 1024 * 1024, LARGEST_IDLE = 4 * SMALLEST;
    /** The refused messages that are answered at once, in characters of their reply subjects. */
    private static final int MOST_REFUSED = 64 * 1024;
    /** More bytes are left to the thread of the actor, so that the client can read on meanwhile. */
    private static final int FEW = 4096;
    /** Before each message: kind, and the lengths of subject, reply, headers and body. */
    private static final int HEAD = 20;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** What a message is for, by the subscription that it came for. */
    public enum Kind { PUBLISH, ACK, PULL, FLOW_CONTROL, GET, GET_LAST, API }

    /** What the actor takes at once. Threads: the actor. */
    public static final class Contents {
        private byte[] bytes;
        private int end;
        private int at;
        private Kind kind;
        private int subjectLength;
        private int replyLength;
        private int headerLength;
        private int bodyLength;

        private Contents(int size) {
            bytes = new byte[size];
        }

        /** Goes to the next message; returns false at the end. */
        public boolean next() {
            if (at == end)
                return false;
            kind = KINDS[(int) INT.get(bytes, at)];
            subjectLength = (int) INT.get(bytes, at + 4);
            replyLength = (int) INT.get(bytes, at + 8);
            headerLength = (int) INT.get(bytes, at + 12);
            bodyLength = (int) INT.get(bytes, at + 16);
            at += HEAD + subjectLength + replyLength + bodyLength;
            return true;
        }

        public Kind kind() {
            return kind;
        }

        public byte[] bytes() {
            return bytes;
        }

        public int subjectStart() {
            return at - bodyLength - replyLength - subjectLength;
        }

        int subjectLength() {
            return subjectLength;
        }

        /** Returns the subject, one char per byte. */
        public String subject() {
            return new String(bytes, subjectStart(), subjectLength, StandardCharsets.ISO_8859_1);
        }

        public boolean hasReply() {
            return replyLength > 0;
        }

        public String reply() {
            return new String(bytes, replyStart(), replyLength, StandardCharsets.ISO_8859_1);
        }

        int replyStart() {
            return at - bodyLength - replyLength;
        }

        int replyLength() {
            return replyLength;
        }

        /** Returns where headers and payload begin. */
        public int bodyStart() {
            return at - bodyLength;
        }

        /** Returns the length of headers and payload together. */
        public int bodyLength() {
            return bodyLength;
        }

        /** Returns the length of the headers, -1 for a message without headers. */
        public int headerLength() {
            return headerLength;
        }

        public int payloadStart() {
            return bodyStart() + Math.max(headerLength, 0);
        }

        public int payloadLength() {
            return bodyLength - Math.max(headerLength, 0);
        }

        /** Returns the bytes of memory that this gives back. */
        private int clear(int mostKept) {
            int before = bytes.length;
            at = end = 0;
            if (before > mostKept)
                bytes = new byte[SMALLEST];
            return before - bytes.length;
        }
    }

    /** The actor that an inbox belongs to. */
    public interface Owner {
        /**
         * Answers a message that was refused, because the inbox was full. Called by the actor, as a task.
         *
         * @param reply the reply subject of the message
         */
        void refuse(Kind kind, String reply);

        /** Reports messages that were refused and cannot be answered. Called by the actor, as a task. */
        void lost(long messages);

        /** Returns whether the inbox takes a message. Any thread. */
        default boolean takes(Message m) {
            return true;
        }

        /** Returns whether a client may do the work of the actor. */
        default boolean sharesWork() {
            return false;
        }

        /** Returns after how many nanoseconds without work the thread of the actor ends; {@link Long#MAX_VALUE} for never. */
        default long restsAfter() {
            return Long.MAX_VALUE;
        }

        /** Starts the thread of the actor again; returns false if that is not possible. Called under the lock of the inbox. */
        default boolean resume() {
            return false;
        }

        /** Does what the actor does with messages, on the thread of a client. Throws nothing. */
        default void work(Contents messages) {
        }
    }

    private static final Kind[] KINDS = Kind.values();
    /** What {@link #take} returns when there was no work for a while. */
    private final Contents rest = new Contents(0);

    private final SidTable subs;
    private final MemoryPool memory;
    private final int enough;
    private final int mostMessages;
    private final Owner owner;
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private Contents waiting = new Contents(SMALLEST);
    /** What a thread works on, which has taken it. */
    private Contents taken = new Contents(SMALLEST);
    /** A thread works, or the thread of the actor has not begun. */
    private boolean working = true;
    /** The actor has no thread, because there was no work for a while. */
    private boolean resting;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    /** The number of messages in {@code waiting}. */
    private int count;
    /** The memory of both arrays beyond the smallest. */
    private long held;
    private int refusedChars;
    /** The messages that were refused and cannot be answered, and are not reported yet. */
    private long lost;
    private int lastSid;
    private boolean woken;
    private boolean flushPromised;
    private boolean closed;

    /**
     * @param memory what the arrays of all inboxes take
     * @param mostMessages the number of messages that may wait
     */
    public Inbox(long id, String stream, SidTable subs, MemoryPool memory, int mostMessages, Owner owner) {
        super(id, "stream " + stream);
        this.subs = subs;
        this.memory = memory;
        this.enough = Math.clamp(memory.most() / 8, SMALLEST, ENOUGH);
        this.mostMessages = mostMessages;
        this.owner = owner;
    }

    /** Subscribes; the sid begins with the number of the kind. */
    public Subscription subscribe(Kind kind, String subject) {
        byte[] bytes = subject.getBytes(StandardCharsets.ISO_8859_1);
        boolean literal = !Subject.hasWildcard(bytes, 0, bytes.length);
        Subscription sub = new Subscription(this, subject, null, kind.ordinal() + "-" + ++lastSid, literal);
        subs.add(sub);
        return sub;
    }

    public void unsubscribe(Subscription sub) {
        subs.remove(sub);
    }

    // ---- other threads ---------------------------------------------------------------------------------------

    @Override
    public int deliver(Subscription sub, Message m, long maxPending) {
        if (!owner.takes(m))
            return 0;
        lock.lock();
        try {
            if (sub.isRemoved() || closed)
                return 0;
            sub.take(1);
            int at = begin(sub, m.subjectLength(), m.replyLength(), m.headerLength(), m.payloadLength());
            if (at < 0)
                return refuse(sub, m);
            System.arraycopy(m.buffer(), m.subjectStart(), waiting.bytes, at, m.subjectLength());
            at += m.subjectLength();
            System.arraycopy(m.buffer(), m.tailStart(), waiting.bytes, at, m.replyLength());
            System.arraycopy(m.buffer(), m.payloadStart(), waiting.bytes, at + m.replyLength(), m.payloadLength());
            return DELIVERED | outcome();
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
            int count = sub.take(run.count() - first);
            byte[] subject = run.match().subject();
            for (int i = first; i < first + count; i++) {
                // A message of a run has neither a reply nor headers: its tail is "size CR LF payload CR LF".
                int size = (int) run.payload(i, i + 1), end = run.tailStart(i) + run.tailLength(i) - 2;
                int at = begin(sub, subject.length, 0, -1, size);
                if (at < 0) {
                    lose();
                    continue;
                }
                System.arraycopy(subject, 0, waiting.bytes, at, subject.length);
                System.arraycopy(run.buffer(), end - size, waiting.bytes, at + subject.length, size);
            }
            return DELIVERED | count << COUNT_SHIFT | outcome();
        } finally {
            lock.unlock();
        }
    }

    private int outcome() {
        int outcome = isFull() ? CROWDED : 0;
        if (!flushPromised) {
            flushPromised = true;
            outcome |= FLUSH;
        }
        return outcome;
    }

    private boolean isFull() {
        return waiting.end > enough || count > mostMessages / 2;
    }

    /** Has the actor answer a message for which there is no room. */
    private int refuse(Subscription sub, Message m) {
        if (m.replyLength() > 0 && refusedChars < MOST_REFUSED) {
            Kind kind = kind(sub);
            String reply = m.replyText();
            refusedChars += reply.length();
            tasks.add(() -> owner.refuse(kind, reply));
        } else {
            lose();
        }
        return DELIVERED | CROWDED | outcome();
    }

    private void lose() {
        if (lost++ == 0)
            tasks.add(() -> owner.lost(takeLost()));
    }

    private long takeLost() {
        lock.lock();
        try {
            long count = lost;
            lost = 0;
            return count;
        } finally {
            lock.unlock();
        }
    }

    private static Kind kind(Subscription sub) {
        return KINDS[sub.sid().charAt(0) - '0'];
    }

    /** Makes room for a message and writes its head; returns where its subject begins, -1 if there is no room. */
    private int begin(Subscription sub, int subjectLength, int replyLength, int headerLength, int bodyLength) {
        int size = HEAD + subjectLength + replyLength + bodyLength, at = waiting.end;
        if (count >= mostMessages || at + size > waiting.bytes.length && !grow(at + size))
            return -1;
        count++;
        INT.set(waiting.bytes, at, kind(sub).ordinal());
        INT.set(waiting.bytes, at + 4, subjectLength);
        INT.set(waiting.bytes, at + 8, replyLength);
        INT.set(waiting.bytes, at + 12, headerLength);
        INT.set(waiting.bytes, at + 16, bodyLength);
        waiting.end += size;
        return at + HEAD;
    }

    private boolean grow(int needed) {
        int present = waiting.bytes.length;
        if (needed > MOST && waiting.end > 0)
            return false;
        int wanted = Math.max(Math.min(2 * present, MOST), needed);
        if (!memory.take(held, wanted - present)) {
            wanted = needed;
            if (!memory.take(held, wanted - present))
                return false;
        }
        held += wanted - present;
        waiting.bytes = Arrays.copyOf(waiting.bytes, wanted);
        return true;
    }

    /** Has the actor work. Called under the lock. */
    private void signal() {
        if (resting)
            resting = !owner.resume();
        else
            arrived.signal();
    }

    @Override
    public boolean flush() {
        lock.lock();
        try {
            flushPromised = false;
            signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean flushAndWork() {
        if (!owner.sharesWork())
            return flush();
        Contents few;
        lock.lock();
        try {
            flushPromised = false;
            if (working || closed || isIdle() || !tasks.isEmpty() || waiting.end > FEW) {
                signal();
                return true;
            }
            few = begin();
        } finally {
            lock.unlock();
        }
        try {
            owner.work(few);
        } finally {
            lock.lock();
            try {
                end();
                if (!isIdle() || woken || closed)
                    signal();
            } finally {
                lock.unlock();
            }
        }
        return false;
    }

    @Override
    public void awaitRoom(long nanos, long maxPending) throws InterruptedException {
        lock.lock();
        try {
            for (long left = nanos; left > 0 && isFull() && !closed;)
                left = room.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    /** Has the actor run a task behind what waits; returns false if the stream is closed. */
    public boolean post(Runnable task) {
        lock.lock();
        try {
            if (closed)
                return false;
            tasks.add(task);
            signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the actor. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void exhausted(Subscription sub) {
        subs.remove(sub);
    }

    // ---- the actor -------------------------------------------------------------------------------------------

    /**
     * Ends the work on what was taken before, waits for something, and takes all messages and tasks.
     *
     * @param receiver receives the tasks
     * @return the messages, null if the inbox was closed and is empty; see also {@link #isRest}
     */
    public Contents take(Queue<Runnable> receiver) throws InterruptedException {
        lock.lock();
        try {
            end();
            while (working || isIdle() && !woken && !closed) {
                if (!working)
                    giveBack(taken.clear(LARGEST_IDLE) + waiting.clear(LARGEST_IDLE));
                if (!awaitWork()) {
                    working = true;
                    return rest;
                }
            }
            if (isIdle() && closed) {
                giveBack(held);
                return null;
            }
            receiver.addAll(tasks);
            tasks.clear();
            return begin();
        } finally {
            lock.unlock();
        }
    }

    /** Returns false if there was no work for so long that the thread is to end. */
    private boolean awaitWork() throws InterruptedException {
        long patience = owner.restsAfter();
        if (patience == Long.MAX_VALUE) {
            arrived.await();
            return true;
        }
        return arrived.awaitNanos(patience) > 0 || working || !isIdle() || woken || closed;
    }

    /** Returns whether there was no work for so long that the actor may {@link #rest}. */
    public boolean isRest(Contents taken) {
        return taken == rest;
    }

    /**
     * Lets the actor rest: its thread ends, and another one is started when there is work again.
     *
     * @return false if there is work meanwhile
     */
    public boolean rest() {
        lock.lock();
        try {
            working = false;
            resting = isIdle() && !woken && !closed;
            return resting;
        } finally {
            lock.unlock();
        }
    }

    private Contents begin() {
        working = true;
        woken = false;
        count = 0;
        refusedChars = 0;
        Contents all = waiting;
        waiting = taken;
        taken = all;
        room.signalAll();
        return all;
    }

    private void end() {
        working = false;
        giveBack(taken.clear(LARGEST_KEPT));
    }

    private boolean isIdle() {
        return waiting.end == 0 && tasks.isEmpty();
    }

    private void giveBack(long bytes) {
        held -= bytes;
        memory.give(bytes);
    }

    /** Unsubscribes, and takes nothing more. What waits is still handled. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        subs.removeAll();
    }
}
