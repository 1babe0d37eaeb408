package io.jnatsd.delivery;

import io.jnatsd.delivery.ChunkQueue.Chunk;
import io.jnatsd.log.LogOrigin;
import io.jnatsd.protocol.Message;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.Subscription;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;

/**
 * What waits to be written to one connection. Any thread appends, copying straight from the read buffer of the
 * publisher; one writer, a virtual thread that starts on first need, takes what has gathered and writes it, 128 KB at a
 * time, which is also the most that the JDK hands to the socket in one call. Nothing is written while the lock is held,
 * and no reader ever waits for the socket of a peer: a publisher that is ahead of its receivers pauses a little
 * ({@link #awaitRoom}), and a receiver that lets more than {@code maxPending} bytes gather, or one write last longer
 * than the write deadline, is cut off as a slow consumer.
 *
 * <p>The writer also writes what the stream itself has to say: pongs and the close frame of a WebSocket, the end of
 * TLS. The only writes that other threads do are the first few bytes to a plain socket, which cannot block. The
 * watchdog watches all of them.
 *
 * <p>Threads: see above. {@code writing} is the right to write; a chunk that was taken belongs to the thread that has
 * that right. Everything else is guarded by {@code lock}, a leaf: no other lock is taken under it.
 */
public final class Outbound extends Receiver implements Runnable {
    /** So much may wait before publishers are asked to wait as well. */
    private static final int ROOM = ChunkQueue.CHUNK;
    /**
     * So many bytes fit into the send buffer of any fresh socket: until then a write cannot block, and most idle
     * connections never need a writer thread.
     */
    private static final int NEVER_BLOCKS = 4096;
    /** Less than this is held back while a batch that adds to it goes on, so that the batch leaves in one piece. */
    private static final int WORTH_A_WRITE = 2 * 1024;
    /** A writer that makes no progress for so long gets no more consideration from publishers, */
    private static final long STUCK_NANOS = 50_000_000;
    /** but so much once half of what may wait does: it may be alive and short of processor time. */
    private static final long STUCK_WHEN_FULL_NANOS = 2_000_000_000;

    /** The connection whose output this is. */
    public interface Owner extends LogOrigin {
        long id();

        String remoteId();

        /** The peer is a server. */
        boolean isRoute();

        boolean isTraced();

        String threadName(String role);

        /** More bytes wait than may. */
        void overflowed();

        /** A write has lasted longer than the write deadline. */
        void deadlineExceeded();

        /** The output of all connections together takes more memory than it may. */
        void overBudget();

        void exhausted(Subscription sub);

        /** Nothing more can be written; an IOException is the peer's or the network's doing. */
        void writeFailed(Throwable e);

        /** All output up to {@link Outbound#finish} is written. */
        void outputFinished();
    }

    private final Owner owner;
    private final WriteWatchdog watchdog;
    private OutputStream out;
    private final Condition drained = lock.newCondition();

    private final ChunkQueue waiting;
    /** Bytes not yet written, those of the present write included. */
    private long pending;
    private long written;
    private long messages;
    private long messageBytes;
    /** {@link #messages} when something was last taken to be written, and when messages were, in milliseconds. */
    private long messagesTaken;
    private long lastDelivery;
    private boolean writing;
    /** Any thread may write the first bytes: nothing has been put over the plain socket. */
    private boolean plain = true;
    /** The stream has something of its own to write, such as a pong. */
    private boolean controlDue;
    private boolean flushPromised;
    private boolean finishing;
    /** Nothing more is taken. */
    private boolean sealed;
    private boolean dead;
    private Thread writer;
    /** The peer understands HMSG. */
    private boolean takesHeaders;
    /** When the present write began, 0 if there is none; read by the watchdog. */
    private volatile long writeStarted;

    public Outbound(Owner owner, OutputStream out, WriteWatchdog watchdog, PendingBudget budget) {
        this.waiting = new ChunkQueue(budget);
        this.owner = owner;
        this.out = out;
        this.watchdog = watchdog;
    }

    /** Whether the peer is sent HMSG for messages that have headers, or the same messages without them. */
    public void takeHeaders(boolean on) {
        lock.lock();
        try {
            takesHeaders = on;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes to another stream from now on: TLS or frames have been put over the socket. What was flushed before still
     * goes to the old one, and this waits for that.
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
            // Clients do not understand an HMSG whose headers have no bytes: it goes as a MSG.
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

    /** Appends protocol text; returns what {@link #deliver} does. */
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
     * Has what waits written: by the writer, or right here while that cannot block.
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

    /** Has the writer flush the stream, which has something of its own to write. Never writes on this thread. */
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

    /** Returns what stands in the way, null for nothing. */
    private Throwable startWriter() {
        assert lock.isHeldByCurrentThread() && writing;
        try {
            // run() itself answers for what it throws.
            writer = Thread.ofVirtual().name(owner.threadName("write")).unstarted(this);
            watchdog.watch(this);
            writer.start();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /** {@code writing} is set and there is no writer: this thread is the writer for a moment. */
    private void writeFirstBytes() {
        lock.lock();
        Chunk first = dead ? Chunk.NOTHING : takeOldest();
        lock.unlock();
        watchdog.watch(this);
        Throwable failure = write(first);
        boolean finished;
        lock.lock();
        try {
            // Before others may write, and have themselves watched.
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

    /** The writer. What it throws ends the connection. */
    @Override
    public void run() {
        try {
            writeAll();
        } catch (Throwable e) {
            owner.writeFailed(e);
        }
    }

    /** Takes what has gathered, writes it, and rests when there is nothing more. */
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
        // With frames or TLS this is a write as well.
        writeStarted = System.nanoTime();
        try {
            owner.outputFinished();
        } finally {
            writeStarted = 0;
        }
    }

    /** Something waits, and the batch that it was appended by is done or has appended much. */
    private boolean hasWork() {
        assert lock.isHeldByCurrentThread();
        return pending > 0 && (!flushPromised || finishing || pending > WORTH_A_WRITE);
    }

    private Chunk takeOldest() {
        assert lock.isHeldByCurrentThread();
        if (messages != messagesTaken) {
            messagesTaken = messages;
            lastDelivery = System.currentTimeMillis();
        }
        return waiting.takeOldest();
    }

    private Throwable write(Chunk chunk) {
        writeStarted = System.nanoTime();
        try {
            if (chunk.length() > 0)
                out.write(chunk.bytes(), 0, chunk.length());
            else
                out.flush();
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            writeStarted = 0;
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
     * Lets the writer catch up before the caller publishes more to it: a little while, and once half of what may wait
     * does, eight to sixteen times that. A receiver that makes no progress is soon not waited for, but for a route:
     * with it a whole server's clients would be cut off.
     */
    @Override
    public void awaitRoom(long nanos, long maxPending) throws InterruptedException {
        lock.lock();
        try {
            boolean full = pending > maxPending / (owner.isRoute() ? 4 : 2);
            long left = full ? (long) (nanos * 16.0 * pending / maxPending) : nanos;
            long stuck = !full ? STUCK_NANOS : owner.isRoute() ? Long.MAX_VALUE : STUCK_WHEN_FULL_NANOS;
            while (pending > ROOM && left > 0 && !dead && !isStuck(System.nanoTime(), stuck))
                left = drained.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the present write has lasted longer than so many nanoseconds. */
    public boolean isStuck(long now, long nanos) {
        long started = writeStarted;
        return started != 0 && now - started > nanos;
    }

    /** Appends a last text; what comes later is not taken, while what waits is still written. */
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

    /** Everything up to here is still written, then the output is shut down and the owner told. */
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

    /** Nothing is written any more; the writer, if there is one, ends. The owner closes the socket beneath it. */
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

    /** Bytes of memory that the output takes: what is pending, and what is kept for later output. */
    public long held() {
        lock.lock();
        try {
            return waiting.held();
        } finally {
            lock.unlock();
        }
    }

    /** Drops the memory that is kept for later output. */
    public void trim() {
        lock.lock();
        try {
            waiting.trim();
        } finally {
            lock.unlock();
        }
    }

    /** The present write has lasted longer than the write deadline. */
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

    /** Figures for monitoring; the last delivery in milliseconds since 1970, 0 if there was none. */
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
