package io.jnatsd.subject;

import io.jnatsd.log.LogOrigin;
import io.jnatsd.protocol.Message;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The destination of the messages of a subscription: the output of a connection, or a component of this server that
 * subscribes. The receiver owns the counters of its subscriptions. So counting a message, detecting that it was the
 * last one and appending it are one step under one lock.
 *
 * <p>{@link #deliver} returns its outcome as bits of an int, so that a delivery allocates nothing. 0 means that
 * nothing was delivered that counts: the subscription or the receiver no longer exists, or the receiver only observes.
 *
 * <p>Threads: any thread. {@code lock} is a leaf: no other lock is taken under it, and no I/O is done under it.
 */
public abstract class Receiver implements LogOrigin {
    public static final int DELIVERED = 1;
    /** The caller must call {@link #flush} at the end of its batch. */
    public static final int FLUSH = 2;
    /** More bytes are pending than desired: the caller calls {@link #awaitRoom} at the end of its batch. */
    public static final int CROWDED = 4;
    /** This was the last message that the subscription accepts: the caller calls {@link #exhausted}. */
    public static final int LAST = 8;
    /** More bytes are pending than allowed: the caller calls {@link #overflowed}. */
    public static final int OVERFLOW = 16;
    /** The message was delivered without its headers. */
    public static final int STRIPPED = 32;
    /** The output of all connections uses more memory than allowed: the caller calls {@link #overBudget}. */
    public static final int OVER_BUDGET = 64;
    /** The bits from this one up are the number of messages of a run that were delivered. */
    public static final int COUNT_SHIFT = 8;

    /** Guards delivered, max and removed of this receiver's subscriptions, and the state that subclasses name. */
    protected final ReentrantLock lock = new ReentrantLock();

    /** Receives messages in place of this receiver after it was closed. Written once, by any thread. */
    private volatile Receiver successor;

    /** Delivers a message for one of this receiver's subscriptions. */
    public abstract int deliver(Subscription sub, Message m, long maxPending);

    /** Delivers the messages of a run from an index on, as many as the subscription still accepts. */
    public abstract int deliver(Subscription sub, Run run, int first, long maxPending);

    /**
     * Starts processing what is pending. A caller that was given {@link #FLUSH} must call this, because other callers
     * were not given it.
     *
     * @return whether another thread was woken
     */
    public abstract boolean flush();

    /**
     * Does the same, for a thread that may also do the work of a receiver inside the server.
     *
     * @return whether another thread was woken
     */
    public boolean flushAndWork() {
        return flush();
    }

    /** Waits until less is pending, for a limited time. The caller holds no lock. */
    public abstract void awaitRoom(long nanos, long maxPending) throws InterruptedException;

    /** Handles that more bytes are pending than allowed. */
    public abstract void overflowed();

    /** Handles that the output of all connections uses more memory than allowed. The caller holds no lock. */
    public abstract void overBudget();

    /** Removes a subscription that has received its last message. */
    public abstract void exhausted(Subscription sub);

    /** Returns whether the messages that it receives are traced to the log. */
    public abstract boolean isTraced();

    /** Returns the cid or rid, which is also the number in the RSID of its subscriptions. */
    public abstract long id();

    /**
     * Returns the id of the server that its subscriptions belong to, which receives each message once; null if they are
     * local.
     */
    public abstract String remoteId();

    /** Sets the receiver that receives messages after this one was closed. */
    public final void succeededBy(Receiver next) {
        successor = next;
    }

    /** Returns the receiver that has replaced this one, or null. */
    public final Receiver successor() {
        return successor;
    }

    /**
     * Sets the number of messages after which a subscription ends. Returns the number it has received, or -1 if that is
     * enough.
     */
    final long endAfter(Subscription sub, long max) {
        lock.lock();
        try {
            sub.max = max;
            if (max > sub.delivered)
                return sub.delivered;
            sub.removed = true;
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many more messages a subscription accepts, 0 for no limit. */
    public final long wanted(Subscription sub) {
        lock.lock();
        try {
            return sub.max == 0 ? 0 : Math.max(sub.max - sub.delivered, 1);
        } finally {
            lock.unlock();
        }
    }

    /** Marks a subscription as removed; no message is delivered to it afterwards. */
    final void end(Subscription sub) {
        lock.lock();
        try {
            sub.removed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of messages that were delivered to a subscription. */
    final long delivered(Subscription sub) {
        lock.lock();
        try {
            return sub.delivered;
        } finally {
            lock.unlock();
        }
    }
}
