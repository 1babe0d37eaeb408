package io.jnatsd.connection;

import io.jnatsd.protocol.InputMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory that the read buffers of all connections take together, but for a few kilobytes of each, and how much they
 * may take. Up to half of it makes reading faster, or is kept for the next large message. The rest is for messages that
 * have not come whole: a reader waits, in the order of arrival, until all of its message fits. It never waits twice for
 * one message, so those that have got memory can end, and whoever holds none waits without harm: its peer is not read
 * from. A message that alone is larger than the limit is taken in when no other one is.
 *
 * <p>A peer that stops within a message would keep others waiting. While anybody waits, a connection that holds memory
 * and makes no progress is ended, the one that has made none for longest first.
 *
 * <p>Threads: any thread. Everything is guarded by {@code lock}, a leaf: no other lock is taken under it. Readers wait
 * in {@link Share#await}; the timer calls {@link #look}.
 */
public final class InputBudget {
    /** Between two looks. */
    static final long PAUSE_MILLIS = 250;
    /** So many looks in a row without progress are too many: a second and a half. Not a time, since processes may rest. */
    private static final int MOST_LOOKS = 6;
    /** Less than this between two looks at progress is none. */
    private static final int STEP = 16 * 1024;

    /** The connection whose input this is. */
    interface Owner {
        /** No more than so many bytes of a message have come, and others wait for memory. Called by the timer. */
        void inputStalled(int come);
    }

    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();
    /** Bytes of all shares. */
    private long held;
    /** Of those, bytes that readers have waited for. */
    private long granted;
    private final Queue<Share> waiting = new ArrayDeque<>();
    /** Whose reader has waited for what they hold. */
    private final Set<Share> holders = new LinkedHashSet<>();

    InputBudget(long limit) {
        this.limit = limit;
    }

    /** What one connection holds. Threads: the connection's reader, but for {@link #end}, which any thread calls. */
    final class Share implements InputMemory {
        private final Owner owner;
        private int bytes;
        /** The reader has waited for them. */
        private boolean isGrant;
        /** What the reader waits for; 0 if it does not. */
        private int wanted;
        /** Created when it first waits. */
        private Condition turn;
        private boolean ended;
        /** Bytes that have come of the message. Written by the reader, without the lock. */
        private volatile int come;
        /** {@link #come} when there was progress last, and the looks since then. */
        private int seen;
        private int looks;

        Share(Owner owner) {
            this.owner = owner;
        }

        @Override
        public boolean tryHold(int size) {
            lock.lock();
            try {
                long kept = held - granted + size - (isGrant ? 0 : bytes);
                if (size > 0 && (!waiting.isEmpty() || kept > limit / 2 || held - bytes + size > limit))
                    return false;
                set(size, false);
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void hold(int size) {
            lock.lock();
            try {
                set(size, false);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean await(int size) {
            lock.lock();
            try {
                if (ended)
                    return false;
                wanted = size;
                if (waiting.isEmpty() && fits()) {
                    grant();
                    return true;
                }
                if (turn == null)
                    turn = lock.newCondition();
                waiting.add(this);
                while (wanted > 0 && !ended)
                    turn.awaitUninterruptibly();
                return wanted == 0;
            } finally {
                if (wanted > 0) {
                    wanted = 0;
                    waiting.remove(this);
                    serveWaiting();
                }
                lock.unlock();
            }
        }

        @Override
        public void progress(int size) {
            come = size;
        }

        /** The connection has been closed: its reader does not wait any more. */
        void end() {
            lock.lock();
            try {
                ended = true;
                if (wanted > 0)
                    turn.signal();
            } finally {
                lock.unlock();
            }
        }

        private boolean fits() {
            long others = granted - (isGrant ? bytes : 0);
            return others == 0 || held - bytes + wanted <= limit;
        }

        private void grant() {
            set(wanted, true);
            wanted = 0;
        }

        private void set(int size, boolean grant) {
            assert lock.isHeldByCurrentThread();
            boolean fewer = size < bytes || isGrant && !grant;
            held += size - bytes;
            granted += (grant ? size : 0) - (isGrant ? bytes : 0);
            bytes = size;
            isGrant = grant;
            looks = 0;
            seen = come = 0;
            if (grant)
                holders.add(this);
            else
                holders.remove(this);
            if (fewer)
                serveWaiting();
        }
    }

    /** Memory has been given back: those that have waited longest get theirs. */
    private void serveWaiting() {
        assert lock.isHeldByCurrentThread();
        for (Share first; (first = waiting.peek()) != null && first.fits();) {
            waiting.remove();
            first.grant();
            first.turn.signal();
        }
    }

    private record Stalled(Share share, int looks, int come, int size) {
    }

    /** Ends connections that keep others waiting for nothing, as few as the first that waits needs. */
    void look() {
        for (Stalled each : stalled())
            each.share.owner.inputStalled(each.come);
    }

    private List<Stalled> stalled() {
        lock.lock();
        try {
            Share first = waiting.peek();
            if (first == null)
                return List.of();
            List<Stalled> all = new ArrayList<>();
            for (Share share : holders)
                if (!madeProgress(share) && share.looks >= MOST_LOOKS)
                    all.add(new Stalled(share, share.looks, share.come, share.bytes));
            all.sort(Comparator.comparingInt(Stalled::looks).reversed());
            long missing = held - first.bytes + first.wanted - limit;
            int count = 0;
            for (; count < all.size() && missing > 0; count++)
                missing -= all.get(count).size;
            return all.subList(0, count);
        } finally {
            lock.unlock();
        }
    }

    private boolean madeProgress(Share share) {
        int come = share.come;
        boolean progress = come - share.seen >= STEP;
        share.looks = progress ? 0 : share.looks + 1;
        if (progress)
            share.seen = come;
        return progress;
    }

    /** Bytes that all connections hold. */
    public long held() {
        lock.lock();
        try {
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that they may hold. */
    public long limit() {
        return limit;
    }
}
