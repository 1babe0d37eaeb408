package io.jnatsd.delivery;

import io.jnatsd.delivery.ChunkQueue.Chunk;
import io.jnatsd.log.LogOrigin;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.Subscription;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * The pending output of one connection. Any thread appends, and copies directly from the read buffer of the publisher.
 * One writer, a virtual thread that is started when it is first needed, takes the pending bytes and writes them, at
 * most 128 KB at a time. Nothing is written while the lock is held, and no reader ever waits for the socket of a peer.
 * A publisher that is faster than its receivers pauses for a limited time ({@link #awaitRoom}). A receiver is
 * disconnected as a slow consumer if more than {@code maxPending} bytes are pending, or one write lasts longer than the
 * write deadline.
 *
 * <p>The writer also writes the data that the stream itself produces: pongs and the close frame of a WebSocket, and the
 * end of TLS. Other threads only write the first few bytes to a plain socket, which cannot block. The watchdog watches
 * all writes.
 *
 * <p>Threads: any thread, except for the writing described above. The thread that has set {@code writing} may write,
 * and owns the chunk that it has taken. {@code lock} guards everything else. It is a leaf: no other lock is taken under
 * it.
 */
public final class Outbound extends Receiver implements Runnable {
    /** Publishers pause while more than this number of bytes is pending. */
    private static final int ROOM = ChunkQueue.CHUNK;
    /**
     * The send buffer of a new socket has room for this number of bytes. Until then a write cannot block, so most idle
     * connections never need a writer thread.
     */
    private static final int NEVER_BLOCKS = 4096;
    /**
     * Less than this is not written while a batch is still appending, so that the output of a batch is sent in one
     * piece.
     */
    private static final int LEAST_WRITE = 2 * 1024;
    /** Publishers do not wait for a writer whose current write has lasted this long. */
    private static final long STUCK_NANOS = 50_000_000;
    /** The same if half of the allowed bytes are pending, because the peer may only be short of processor time. */
    private static final long STUCK_WHEN_FULL_NANOS = 2_000_000_000;

    /** The connection that owns this output. */
    public interface Owner extends LogOrigin {
        long id();

        String remoteId();

        /** Returns whether the peer is a server. */
        boolean isRoute();

        boolean isTraced();

        String threadName(String role);

        /** Runs the writer, on the thread that was started for it. */
        void runWriter(Runnable writer);

        /** Handles that more bytes are pending than allowed. */
        void overflowed();

        /** Handles that a write has lasted longer than the write deadline. */
        void deadlineExceeded();

        /** Handles that the output of all connections together uses more memory than allowed. */
        void overBudget();

        void exhausted(Subscription sub);

        /** Handles that nothing more can be written. An IOException is caused by the peer or the network. */
        void writeFailed(Throwable e);

        /** Handles that all output up to {@link Outbound#finish} was written. */
        void outputFinished();
    }

    private final Owner owner;
    private final WriteWatchdog watchdog;
    private OutputStream out;
    private final Condition drained = lock.newCondition();

    private final ChunkQueue waiting;
    /** Number of bytes not written yet, including those of the current write. */
    private long pending;
    private long written;
    private long messages;
    private long messageBytes;
    /** {@link #messages} when bytes were last taken for writing, and the time when messages were, by the steady clock. */
    private long messagesTaken;
    private long lastDelivery;
    private boolean writing;
    /** No other stream was put over the plain socket, so any thread may write the first bytes. */
    private boolean plain = true;
    /** The stream has data of its own to write, such as a pong. */
    private boolean controlDue;
    private boolean flushPromised;
    private boolean finishing;
    /** No more output is accepted. */
    private boolean sealed;
    private boolean dead;
    private Thread writer;
    /** The peer supports HMSG. */
    private boolean takesHeaders;
    private final CurrentWrite current = new CurrentWrite();

    public Outbound(Owner owner, OutputStream out, WriteWatchdog watchdog, PendingBudget budget) {
        this.waiting = new ChunkQueue(budget);
        this.owner = owner;
        this.out = out;
        this.watchdog = watchdog;
    }

    /** Sets whether the peer supports HMSG. If not, messages are sent without their headers. */
    public void takeHeaders(boolean on) {
        lock.lock();
        try {
            takesHeaders = on;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes to another stream from now on, such as TLS or WebSocket frames over the socket. Waits until the pending
     * output was written to the old stream.
     */
    public void writeTo(OutputStream other) {
        lock.lock();
        try {
            while (pending > 0 && !dead)
                drained.awaitUninterruptibly();
            out = other;
            plain = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a stream over the current one, such as one that delays what is written. From now on only the writer writes,
     * so the stream may block.
     */
    public void interpose(UnaryOperator<OutputStream> stream) {
        lock.lock();
        try {
            // Another thread may be about to write the first bytes, which must not block in the new stream.
            while (writing && writer == null && !dead)
                drained.awaitUninterruptibly();
            out = stream.apply(out);
            plain = false;
        } finally {
            lock.unlock();
        }
    }

    /** Sets what goes wrong with messages from now on; null for nothing. */
    public void inject(DeliveryFaults faults) {
        lock.lock();
        try {
            waiting.inject(faults);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int deliver(Subscription sub, Message m, long maxPending) {
        lock.lock();
        try {
            if (sub.isRemoved() || dead || finishing || sealed)
                return 0;
            sub.take(1);
            messages++;
            messageBytes += m.payloadLength();
            int outcome = sub.isRemoved() ? DELIVERED | LAST : DELIVERED;
            // Clients do not accept an HMSG whose header section is empty, so it is sent as MSG.
            if (m.headerLength() < 0 || takesHeaders && m.headerLength() > 0)
                return outcome | added(waiting.add(sub, m), maxPending);
            messageBytes -= m.headerLength();
            return outcome | STRIPPED | added(waiting.addWithoutHeaders(sub, m), maxPending);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int deliver(Subscription sub, Run run, int first, long maxPending) {
        lock.lock();
        try {
            if (sub.isRemoved() || dead || finishing || sealed)
                return 0;
            int count = sub.take(run.count() - first);
            messages += count;
            messageBytes += run.payload(first, first + count);
            int outcome = sub.isRemoved() ? DELIVERED | LAST : DELIVERED;
            return outcome | count << COUNT_SHIFT | added(waiting.add(sub, run, first, count), maxPending);
        } finally {
            lock.unlock();
        }
    }

    /** Appends protocol text; returns the same bits as {@link #deliver}. */
    public int append(byte[] text, long maxPending) {
        lock.lock();
        try {
            if (dead || finishing || sealed)
                return 0;
            waiting.add(text);
            return DELIVERED | added(text.length, maxPending);
        } finally {
            lock.unlock();
        }
    }

    private int added(long length, long maxPending) {
        pending += length;
        int outcome = 0;
        if (!flushPromised) {
            flushPromised = true;
            outcome = FLUSH;
        }
        if (pending > ROOM)
            outcome |= pending > maxPending ? OVERFLOW | CROWDED : CROWDED;
        if (waiting.overBudget) {
            waiting.overBudget = false;
            outcome |= OVER_BUDGET;
        }
        return outcome;
    }

    /**
     * Starts writing what is pending: by the writer, or on this thread if the write cannot block.
     *
     * @return whether the writer was woken
     */
    @Override
    public boolean flush() {
        Throwable failure = null;
        lock.lock();
        try {
            flushPromised = false;
            if (pending == 0 || writing || dead)
                return false;
            writing = true;
            if (writer == null && !(plain && written + pending <= NEVER_BLOCKS))
                failure = startWriter();
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            owner.writeFailed(failure);
            return false;
        }
        if (writer == null) {
            writeFirstBytes();
            return false;
        }
        LockSupport.unpark(writer);
        return true;
    }

    /** Lets the writer flush the stream, which has data of its own to write. Never writes on the calling thread. */
    public void flushControl() {
        Throwable failure = null;
        lock.lock();
        try {
            if (dead)
                return;
            controlDue = true;
            if (writing)
                return;
            writing = true;
            if (writer == null)
                failure = startWriter();
        } finally {
            lock.unlock();
        }
        if (failure != null)
            owner.writeFailed(failure);
        else
            LockSupport.unpark(writer);
    }

    /** Returns the reason if the writer could not be started, or null. */
    private Throwable startWriter() {
        assert lock.isHeldByCurrentThread() && writing;
        try {
            // Not started by Threads: run() handles everything that it throws.
            writer = Thread.ofVirtual().name(owner.threadName("write")).unstarted(this);
            watchdog.watch(this);
            writer.start();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** Writes on the calling thread, while {@code writing} is set and there is no writer. */
    private void writeFirstBytes() {
        lock.lock();
        Chunk first = dead ? Chunk.NOTHING : takeOldest();
        lock.unlock();
        watchdog.watch(this);
        Throwable failure = write(first);
        boolean finished;
        lock.lock();
        try {
            // Must come before another thread may write and be watched.
            watchdog.forget(this);
            wrote(first);
            finished = finishing && pending == 0;
            writing = failure == null && hasWork() && !dead;
            if (writing)
                failure = startWriter();
        } finally {
            lock.unlock();
        }
        if (failure != null)
            owner.writeFailed(failure);
        else if (finished)
            owner.outputFinished();
    }

    /** Runs the writer. A failure ends the connection. */
    @Override
    public void run() {
        try {
            owner.runWriter(this::writeAll);
        } catch (Throwable e) {
            owner.writeFailed(e);
        }
    }

    /** Takes the pending bytes and writes them, and parks when nothing is pending. */
    private void writeAll() {
        while (true) {
            Chunk chunk = null;
            lock.lock();
            try {
                if (dead)
                    return;
                boolean work = hasWork();
                writing = work || controlDue;
                if (writing)
                    chunk = work ? takeOldest() : Chunk.NOTHING;
                else if (finishing)
                    break;
                controlDue = false;
            } finally {
                lock.unlock();
            }
            if (chunk == null) {
                LockSupport.park(this);
                continue;
            }
            Throwable failure = write(chunk);
            if (failure != null) {
                owner.writeFailed(failure);
                return;
            }
            lock.lock();
            try {
                wrote(chunk);
            } finally {
                lock.unlock();
            }
        }
        // With WebSocket or TLS this also writes.
        current.begin();
        try {
            owner.outputFinished();
        } finally {
            current.end();
        }
    }

    /** Returns whether bytes are pending, and the batch that appended them is complete or has appended much. */
    private boolean hasWork() {
        assert lock.isHeldByCurrentThread();
        return pending > 0 && (!flushPromised || finishing || pending > LEAST_WRITE);
    }

    private Chunk takeOldest() {
        assert lock.isHeldByCurrentThread();
        if (messages != messagesTaken) {
            messagesTaken = messages;
            lastDelivery = SteadyClock.millis();
        }
        return waiting.takeOldest();
    }

    private Throwable write(Chunk chunk) {
        current.begin();
        try {
            if (chunk.length() > 0)
                out.write(chunk.bytes(), 0, chunk.length());
            else
                out.flush();
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            current.end();
        }
    }

    private void wrote(Chunk chunk) {
        assert lock.isHeldByCurrentThread();
        if (dead || chunk.length() == 0)
            return;
        pending -= chunk.length();
        written += chunk.length();
        waiting.giveBack(chunk);
        if (pending <= ROOM)
            drained.signalAll();
    }

    /**
     * Waits until the writer has caught up, for a limited time. If half of the allowed bytes are pending, the time is
     * eight to sixteen times longer. A receiver whose writes make no progress is not waited for, except for a route:
     * disconnecting it would affect all clients of another server.
     */
    @Override
    public void awaitRoom(long nanos, long maxPending) throws InterruptedException {
        lock.lock();
        try {
            boolean full = pending > maxPending / (owner.isRoute() ? 4 : 2);
            long left = full ? (long) (nanos * 16.0 * pending / maxPending) : nanos;
            long stuck = !full ? STUCK_NANOS : owner.isRoute() ? Long.MAX_VALUE : STUCK_WHEN_FULL_NANOS;
            while (pending > ROOM && left > 0 && !dead && !current.lasts(System.nanoTime(), stuck))
                left = drained.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the current write has lasted longer than this number of nanoseconds, and waits for the peer. */
    public boolean waitsForPeer(long now, long nanos) {
        return current.waits(now, nanos);
    }

    /** Appends a last text. Later output is discarded; what is pending is still written. */
    public void seal(byte[] last) {
        lock.lock();
        try {
            if (dead || sealed)
                return;
            waiting.add(last);
            pending += last.length;
            sealed = true;
        } finally {
            lock.unlock();
        }
        flush();
    }

    /** Writes what is pending, then informs the owner. Later output is discarded. */
    public void finish() {
        Throwable failure = null;
        lock.lock();
        try {
            if (dead || finishing)
                return;
            finishing = true;
            if (writing)
                return;
            if (writer == null && (pending > 0 || !plain)) {
                writing = true;
                failure = startWriter();
                if (failure == null)
                    return;
            }
        } finally {
            lock.unlock();
        }
        if (failure != null)
            owner.writeFailed(failure);
        else if (writer == null)
            owner.outputFinished();
        else
            LockSupport.unpark(writer);
    }

    /** Discards what is pending, and ends the writer. The owner closes the socket. */
    public void die() {
        lock.lock();
        try {
            dead = true;
            waiting.clear();
            pending = 0;
            drained.signalAll();
        } finally {
            lock.unlock();
        }
        watchdog.forget(this);
        if (writer != null)
            LockSupport.unpark(writer);
    }

    @Override
    public void overflowed() {
        owner.overflowed();
    }

    @Override
    public void overBudget() {
        owner.overBudget();
    }

    /** Returns the memory of the output in bytes: what is pending, and arrays that are kept for reuse. */
    public long held() {
        lock.lock();
        try {
            return waiting.held();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of bytes that were appended since the connection began. */
    public long appended() {
        lock.lock();
        try {
            return written + pending;
        } finally {
            lock.unlock();
        }
    }

    /** Releases the arrays that are kept for reuse. */
    public void trim() {
        lock.lock();
        try {
            waiting.trim();
        } finally {
            lock.unlock();
        }
    }

    /** Called by the watchdog when the current write has lasted longer than the write deadline. */
    void deadlineExceeded() {
        owner.deadlineExceeded();
    }

    @Override
    public void exhausted(Subscription sub) {
        owner.exhausted(sub);
    }

    @Override
    public boolean isTraced() {
        return owner.isTraced();
    }

    @Override
    public long id() {
        return owner.id();
    }

    @Override
    public String remoteId() {
        return owner.remoteId();
    }

    @Override
    public String label() {
        return owner.label();
    }

    @Override
    public String clientName() {
        return owner.clientName();
    }

    @Override
    public String user() {
        return owner.user();
    }

    /** Statistics for monitoring. The last delivery is a time of the {@link SteadyClock}, 0 if there was none. */
    public record Stats(long messages, long bytes, long pending, long lastDelivery) {
    }

    public Stats stats() {
        lock.lock();
        try {
            return new Stats(messages, messageBytes, pending, lastDelivery);
        } finally {
            lock.unlock();
        }
    }
}
