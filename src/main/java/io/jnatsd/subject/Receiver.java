package io.jnatsd.subject;

import io.jnatsd.log.LogOrigin;
import io.jnatsd.protocol.Message;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the messages of subscriptions go: the output of a connection, or a part of this server that subscribes itself.
 * It owns the counters of its subscriptions, so that counting a message, finding that it was the last one wanted and
 * appending it is one step under one lock.
 *
 * <p>{@link #deliver} returns what happened as bits of one number, so that a delivery allocates nothing; 0 means that
 * the subscription or the receiver has gone.
 *
 * <p>Threads: any thread. {@code lock} is a leaf: no other lock is taken under it, and nothing is written under it.
 */
public abstract class Receiver implements LogOrigin {
    public static final int DELIVERED = 1;
    /** The caller must call {@link #flush} at the end of its batch. */
    public static final int FLUSH = 2;
    /** More bytes wait than should: the caller waits in {@link #awaitRoom} at the end of its batch. */
    public static final int CROWDED = 4;
    /** That was the last message that the subscription wanted: the caller calls {@link #exhausted}. */
    public static final int LAST = 8;
    /** More bytes wait than may: the caller calls {@link #overflowed}. */
    public static final int OVERFLOW = 16;
    /** The message was delivered without its headers. */
    public static final int STRIPPED = 32;
    /** The output of all connections takes more memory than it may: the caller calls {@link #overBudget}. */
    public static final int OVER_BUDGET = 64;
    /** The bits from here on are the number of messages of a run that were delivered. */
    public static final int COUNT_SHIFT = 8;

    /** Guards delivered, max and removed of this receiver's subscriptions, and what subclasses say. */
    protected final ReentrantLock lock = new ReentrantLock();

    /** Receives instead of this one, once it takes nothing more. Written once, by any thread. */
    private volatile Receiver successor;

    /** Delivers a message for one of this receiver's subscriptions. */
    public abstract int deliver(Subscription sub, Message m, long maxPending);

    /** Delivers the messages of a run from one index on, as many as the subscription still wants. */
    public abstract int deliver(Subscription sub, Run run, int first, long maxPending);

    /**
     * Has what waits processed. Whoever is told {@link #FLUSH} owes this call; others rely on it.
     *
     * @return whether another thread was woken
     */
    public abstract boolean flush();

    /** Waits until less is pending, for a limited time. No lock is held. */
    public abstract void awaitRoom(long nanos, long maxPending) throws InterruptedException;

    /** More bytes wait than may. */
    public abstract void overflowed();

    /** The output of all connections takes more memory than it may. No lock is held. */
    public abstract void overBudget();

    /** A subscription has had the last message that it wanted, and is to be removed. */
    public abstract void exhausted(Subscription sub);

    /** Whether what it receives is written to the log. */
    public abstract boolean isTraced();

    /** The cid or rid, which is also the number in the RSID of its subscriptions. */
    public abstract long id();

    /** The id of the server that its subscriptions stand for, which gets each message once; null if they are local. */
    public abstract String remoteId();

    /** From when this receiver takes nothing more, another one does. */
    public final void succeededBy(Receiver next) {
        successor = next;
    }

    /** The receiver that has taken this one's place; null if there is none. */
    public final Receiver successor() {
        return successor;
    }

    /** Sets when a subscription ends. Returns the messages it has had, or -1 if those were enough. */
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

    /** How many more messages a subscription wants, 0 for no limit. */
    public final long wanted(Subscription sub) {
        lock.lock();
        try {
            return sub.max == 0 ? 0 : Math.max(sub.max - sub.delivered, 1);
        } finally {
            lock.unlock();
        }
    }

    /** No message is delivered to a subscription after this. */
    final void end(Subscription sub) {
        lock.lock();
        try {
            sub.removed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Messages that a subscription has been sent. */
    final long delivered(Subscription sub) {
        lock.lock();
        try {
            return sub.delivered;
        } finally {
            lock.unlock();
        }
    }
}
