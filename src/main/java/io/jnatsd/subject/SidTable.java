package io.jnatsd.subject;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection's subscriptions by sid, kept in step with the index and with what others have been told. Threads:
 * anybody's; {@code lock} guards the map and is held while the index changes and while others are told, so that all
 * agree.
 */
public final class SidTable {
    private final SubjectSpace space;
    private final SubscriptionIndex index;
    /** Other servers are told of these subscriptions. */
    private final boolean announced;
    private final ReentrantLock lock = new ReentrantLock();
    /** Null when the connection has left: nothing is added any more. */
    private Map<String, Subscription> subs = new HashMap<>(4);
    /** How many there were when the connection left. guarded by {@code lock}. */
    private int leftWith;
    /** Those that it left with, until they are removed or moved. Belongs to the thread in which it leaves. */
    private List<Subscription> leaving = List.of();
    /** Where in that list nobody has been told, and where the index has not been changed. Belongs to the same thread. */
    private int untold, unremoved;
    /** Who knows of all that is in the map. guarded by {@code lock}. */
    private Interest told = Interest.NONE;

    /** @param announced other servers are told of these subscriptions */
    SidTable(SubjectSpace space, boolean announced) {
        this.space = space;
        this.index = space.index();
        this.announced = announced;
    }

    /** False if the sid is in use, which keeps its subscription, or the connection has left. */
    public boolean add(Subscription sub) {
        Interest flush;
        lock.lock();
        try {
            catchUpLocked();
            if (subs == null || subs.putIfAbsent(sub.sid, sub) != null)
                return false;
            index.insert(sub);
            told.subscribed(sub);
            flush = told;
        } finally {
            lock.unlock();
        }
        flush.flush();
        return true;
    }

    public Subscription get(String sid) {
        lock.lock();
        try {
            return subs == null ? null : subs.get(sid);
        } finally {
            lock.unlock();
        }
    }

    /** Sets when a subscription ends; its messages so far, -1 if it has had them all and is still to be removed. */
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
                told.unsubscribed(sub, max);
            flush = told;
        } finally {
            lock.unlock();
        }
        flush.flush();
        return received;
    }

    /** False if it has gone already. */
    public boolean remove(Subscription sub) {
        Interest flush;
        lock.lock();
        try {
            catchUpLocked();
            if (subs == null || !subs.remove(sub.sid, sub))
                return false;
            sub.receiver.end(sub);
            index.remove(sub);
            told.unsubscribed(sub, 0);
            flush = told;
        } finally {
            lock.unlock();
        }
        flush.flush();
        return true;
    }

    /**
     * The connection leaves. Where it throws, as it may for lack of memory, the next call goes on from there. Only one
     * thread at a time.
     */
    public void removeAll() {
        Interest flush;
        lock.lock();
        try {
            leaveLocked();
            // Whoever has come since, and was not told of them, need not hear of their end.
            for (; untold < leaving.size(); untold++)
                told.unsubscribed(leaving.get(untold), 0);
            flush = told;
        } finally {
            lock.unlock();
        }
        for (; unremoved < leaving.size(); unremoved++)
            index.remove(leaving.get(unremoved));
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
    }

    /**
     * The connection leaves, and another one to the same server takes over its subscriptions. Those that the other
     * has already end. Only for subscriptions that nobody is told of. Where it throws, as {@link #removeAll}.
     */
    public void moveTo(SidTable other, Receiver receiver) {
        lock.lock();
        try {
            leaveLocked();
        } finally {
            lock.unlock();
        }
        for (; unremoved < leaving.size(); unremoved++) {
            Subscription sub = leaving.get(unremoved);
            Subscription moved = new Subscription(receiver, sub.subject, sub.queue, sub.sid, sub.literal);
            moved.max = sub.receiver.wanted(sub);
            // Not marked as removed: a publisher that has found it before delivers to the successor.
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
            return subs != null && subs.putIfAbsent(sub.sid, sub) == null;
        } finally {
            lock.unlock();
        }
    }

    /** Those who have come since the last change learn what is here; they are not flushed. */
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
        if (now == told || subs == null)
            return;
        now.catchUp(told, subs.values());
        told = now;
    }

    /** What their owner stands for has changed: matches that they are in are made anew. */
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

    /** All of them, at this moment. */
    public List<Subscription> all() {
        lock.lock();
        try {
            return subs == null ? List.of() : new ArrayList<>(subs.values());
        } finally {
            lock.unlock();
        }
    }

    /** At most so many of them, for monitoring. */
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

    /** How many there are, or were when the connection left. */
    public int size() {
        lock.lock();
        try {
            return subs == null ? leftWith : subs.size();
        } finally {
            lock.unlock();
        }
    }
}
