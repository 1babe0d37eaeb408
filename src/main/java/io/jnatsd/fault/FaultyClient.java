package io.jnatsd.fault;

import io.jnatsd.client.Client;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ConnectionFaults;
import io.jnatsd.connection.ServerState;
import io.jnatsd.fault.MessageFault.Direction;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.Op;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The faults of one client.
 *
 * <p>Threads: the client's reader and writer wait in methods of this class; {@link #delivered} is called by any thread
 * under the lock of the receiver; other methods: any thread. {@code lock} guards nothing but the waiting: it orders a
 * change of the volatile fields, or of the connection's state, before the threads that wait for it.
 */
final class FaultyClient implements ConnectionFaults {
    private final ServerState server;
    private final Client client;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Replaced as a whole, under the lock of {@link FaultInjection}. */
    private volatile List<ClientFault> active = List.of();
    /** A {@link FaultyOutput} is in place. Guarded by the lock of {@link FaultInjection}. */
    private boolean interposed;
    /** The client was disconnected after a message: no later one gets through. */
    private volatile boolean cut;
    /** Disconnects the client after the current message. Used by the reader. */
    private DisconnectFault due;

    FaultyClient(ServerState server, Client client) {
        this.server = server;
        this.client = client;
    }

    /**
     * Replaces the faults.
     *
     * @return whether the caller must put {@link #over} over the output, without a lock
     */
    boolean apply(List<ClientFault> faults) {
        active = faults;
        wake();
        boolean messages = faults.stream().anyMatch(fault -> fault instanceof DisconnectFault
                || fault instanceof MessageFault lossy && lossy.concerns(Direction.DELIVERED));
        // After a disconnection by count, the messages that follow are kept from the client.
        client.outbound().inject(messages || cut ? this : null);
        boolean writes = faults.stream().anyMatch(fault -> fault instanceof DelayFault
                || fault instanceof PauseFault pause && pause.pausesWriting());
        boolean interpose = writes && !interposed;
        interposed |= writes;
        return interpose;
    }

    OutputStream over(OutputStream out) {
        return new FaultyOutput(out, this);
    }

    // ---- pauses and delays -----------------------------------------------------------------------------------

    @Override
    public void batchCame() {
        awaitDelays();
    }

    private void awaitDelays() {
        for (ClientFault fault : active)
            if (fault instanceof DelayFault delay && delay.takesEffect())
                await(delay, delay.nanos());
    }

    /** Waits for some time, unless the fault or the connection ends. */
    void await(InjectedFault fault, long nanos) {
        lock.lock();
        try {
            for (long left = nanos; left > 0 && !fault.isOver() && isAlive();)
                left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private boolean isAlive() {
        return client.closeReason() == null;
    }

    @Override
    public boolean isReadingPaused() {
        return pause(false) != null && isAlive();
    }

    /** Returns the fault that pauses reading or writing now, or null. */
    private PauseFault pause(boolean writing) {
        for (ClientFault fault : active)
            if (fault instanceof PauseFault pause && pause.pausesWriting() == writing && !pause.isOver())
                return pause;
        return null;
    }

    @Override
    public void awaitReading() {
        awaitEnd(false);
    }

    /** Called by the writer before each write. */
    void awaitWriting() {
        awaitDelays();
        awaitEnd(true);
    }

    private void awaitEnd(boolean writing) {
        PauseFault first = pause(writing);
        if (first == null || !isAlive() || !first.takesEffect())
            return;
        lock.lock();
        try {
            while (pause(writing) != null && isAlive())
                changed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- messages --------------------------------------------------------------------------------------------

    @Override
    public int times(Op op, Message m) {
        if (op != Op.PUB)
            return 1;
        int times = copies(Direction.PUBLISHED, m.buffer(), m.subjectStart(), m.subjectLength());
        if (times > 0)
            due = lastMessage();
        return times;
    }

    @Override
    public void handled() {
        if (due != null)
            disconnectAfterMessage(due);
        due = null;
    }

    @Override
    public int delivered(byte[] subject, int start, int length) {
        int copies = copies(Direction.DELIVERED, subject, start, length);
        DisconnectFault last = copies > 0 ? lastMessage() : null;
        if (last != null)
            disconnectAfterMessage(last);
        return copies;
    }

    private int copies(Direction direction, byte[] subject, int start, int length) {
        if (cut)
            return 0;
        for (ClientFault fault : active)
            if (fault instanceof MessageFault lossy && lossy.concerns(direction)
                    && lossy.matches(subject, start, length) && lossy.takesEffect())
                return lossy.copies();
        return 1;
    }

    /** Counts a message. Returns the fault that disconnects the client after it, or null. */
    private DisconnectFault lastMessage() {
        for (ClientFault fault : active)
            if (fault instanceof DisconnectFault disconnect && disconnect.wasLast())
                return disconnect;
        return null;
    }

    /** Leaves the rest to another thread, because this one may hold the lock of the receiver. */
    private void disconnectAfterMessage(DisconnectFault fault) {
        cut = true;
        server.threads.start(client, client.threadName("fault"), () -> {
            if (fault.resets())
                client.resetWhenClosed();
            client.close(CloseReason.KICKED, "");
        });
    }
}
