package io.jnatsd.subject;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The subscriptions of one connection by sid, kept consistent with the index and with what routes were informed of.
 *
 * <p>Threads: any thread. {@code lock} guards the map. It is held while the index is changed and routes are informed,
 * so that all three agree.
 */
public final class SidTable {
    private final SubjectSpace space;
    private final SubscriptionIndex index;
    /** Routes are informed of these subscriptions. */
    private final boolean announced;
    private final ReentrantLock lock = new ReentrantLock();
    /** Null after the connection has closed: no subscription can be added. Guarded by {@code lock}. */
    private Map<String, Subscription> subs = new HashMap<>(4);
    /** The memory of all of them. Guarded by {@code lock}. */
    private long bytes;
    /** Number of subscriptions when the connection closed. Guarded by {@code lock}. */
    private int leftWith;
    /** The subscriptions at that time, until they are removed or moved. Used by the closing thread only. */
    private List<Subscription> leaving = List.of();
    /**
     * The positions in that list up to which routes were informed and the index was changed. Used by the closing thread
     * only.
     */
    private int nextToInform, nextToRemove;
    /** The routes that were informed of all subscriptions in the map. Guarded by {@code lock}. */
    private Interest informed = Interest.NONE;

    /** @param announced whether routes are informed of these subscriptions */
    SidTable(SubjectSpace space, boolean announced) {
        this.space = space;
        this.index = space.index();
        this.announced = announced;
    }

    /** Adds a subscription. Returns false if the sid is in use, or the connection has closed. */
    public boolean add(Subscription sub) {
        Interest flush;
        lock.lock();
        try {
            catchUpLocked();
            if (subs == null || subs.putIfAbsent(sub.sid, sub) != null)
                return false;
            bytes += sub.bytes();
            index.insert(sub);
            informed.subscribed(sub);
            flush = informed;
        } finally {
            lock.unlock();
        }
        flush.flush();
        return true;
    }

    /**
     * Whether there is memory for another subscription: no client's take more than what is free for all. So clients
     * with few subscriptions get more of them even if others want as many as they can have.
     */
    public boolean mayGrow() {
        lock.lock();
        try {
            return bytes <= index.mostBytes() - index.bytes();
        } finally {
            lock.unlock();
        }
    }

    public Subscription get(String sid) {
        lock.lock();
        try {
            return subs == null ? null : subs.get(sid);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the number of messages after which a subscription ends. Returns the number that it has received, or -1 if
     * that is enough and the caller must remove it.
     */
    public long endAfter(Subscription sub, long max) {
        Interest flush;
        long received;
        lock.lock();
        try {
            received = sub.receiver.endAfter(sub, max);
            if (received < 0)
                return received;
            catchUpLocked();
            if (subs != null)
                informed.unsubscribed(sub, max);
            flush = informed;
        } finally {
            lock.unlock();
        }
        flush.flush();
        return received;
    }

    /** Removes a subscription. Returns false if it was already removed. */
    public boolean remove(Subscription sub) {
        Interest flush;
        lock.lock();
        try {
            catchUpLocked();
            if (subs == null || !subs.remove(sub.sid, sub))
                return false;
            bytes -= sub.bytes();
            sub.receiver.end(sub);
            index.remove(sub);
            informed.unsubscribed(sub, 0);
            flush = informed;
        } finally {
            lock.unlock();
        }
        flush.flush();
        return true;
    }

    /**
     * Removes all subscriptions when the connection closes. If this throws, for example for lack of memory, the next
     * call continues where this one stopped. Called by one thread at a time.
     */
    public void removeAll() {
        Interest flush;
        lock.lock();
        try {
            leaveLocked();
            // No catch-up here: a route that was never informed of these subscriptions need not be informed of their
            // end.
            for (; nextToInform < leaving.size(); nextToInform++)
                informed.unsubscribed(leaving.get(nextToInform), 0);
            flush = informed;
        } finally {
            lock.unlock();
        }
        for (; nextToRemove < leaving.size(); nextToRemove++)
            index.remove(leaving.get(nextToRemove));
        flush.flush();
        space.left(this);
        leaving = List.of();
    }

    private void leaveLocked() {
        assert lock.isHeldByCurrentThread();
        if (subs == null)
            return;
        leaving = new ArrayList<>(subs.values());
        leftWith = leaving.size();
        subs = null;
        bytes = 0;
    }

    /**
     * Moves all subscriptions to another connection with the same server when this one closes. Those that the other one
     * already has are removed. Only for subscriptions that are not announced. If this throws, the next call continues
     * where this one stopped, as in {@link #removeAll}.
     */
    public void moveTo(SidTable other, Receiver receiver) {
        lock.lock();
        try {
            leaveLocked();
        } finally {
            lock.unlock();
        }
        for (; nextToRemove < leaving.size(); nextToRemove++) {
            Subscription sub = leaving.get(nextToRemove);
            Subscription moved = new Subscription(receiver, sub.subject, sub.queue, sub.sid, sub.literal);
            moved.max = sub.receiver.wanted(sub);
            // Not marked as removed: a publisher that matched it earlier delivers to the successor.
            if (other.accept(moved))
                index.replace(sub, moved);
            else
                index.remove(sub);
        }
        leaving = List.of();
    }

    private boolean accept(Subscription sub) {
        lock.lock();
        try {
            if (subs == null || subs.putIfAbsent(sub.sid, sub) != null)
                return false;
            bytes += sub.bytes();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Announces the subscriptions to routes that were added since the last change. Does not flush the routes. */
    void catchUp() {
        lock.lock();
        try {
            catchUpLocked();
        } finally {
            lock.unlock();
        }
    }

    private void catchUpLocked() {
        assert lock.isHeldByCurrentThread();
        Interest now = announced ? space.interest() : Interest.NONE;
        if (now == informed || subs == null)
            return;
        now.catchUp(informed, subs.values());
        informed = now;
    }

    /** Discards the cached matches of these subscriptions, after a property of their receiver has changed. */
    public void ownerChanged() {
        lock.lock();
        try {
            Collection<Subscription> present = subs == null ? List.of() : subs.values();
            for (Subscription sub : present)
                index.changed(sub);
        } finally {
            lock.unlock();
        }
    }

    /** Returns a copy of all subscriptions. */
    public List<Subscription> all() {
        lock.lock();
        try {
            return subs == null ? List.of() : new ArrayList<>(subs.values());
        } finally {
            lock.unlock();
        }
    }

    /** Returns at most this number of subscriptions, for monitoring. */
    public List<SubscriptionView> views(int most) {
        List<Subscription> some = new ArrayList<>();
        lock.lock();
        try {
            if (subs != null)
                for (Subscription sub : subs.values()) {
                    if (some.size() == most)
                        break;
                    some.add(sub);
                }
        } finally {
            lock.unlock();
        }
        return some.stream().map(Subscription::view).toList();
    }

    /** Returns the number of subscriptions, or their number when the connection closed. */
    public int size() {
        lock.lock();
        try {
            return subs == null ? leftWith : subs.size();
        } finally {
            lock.unlock();
        }
    }
}
