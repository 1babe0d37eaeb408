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
 * The memory of the read buffers of all connections, except a few kilobytes of each, and its limit. Up to half of the
 * limit makes reading faster, or is kept for the next large message. The rest is for messages that have not arrived
 * completely: a reader waits, first come, first served, until its whole message fits. A reader waits at most once for
 * a message, so a reader that has memory can always finish, and a reader that waits holds none. A message that is larger
 * than the limit is read when no other message holds memory.
 *
 * <p>A peer that stops within a message would make others wait. While readers wait, connections that hold memory and
 * make no progress are closed, beginning with the one whose last progress is the oldest.
 *
 * <p>Threads: any thread. Guarded by {@code lock}, a leaf: no other lock is taken while it is held. Readers wait in
 * {@link Share#await}; the timer calls {@link #look}.
 */
public final class InputBudget {
    /** The time between two calls of {@link #look}. */
    static final long PAUSE_MILLIS = 250;
    /**
     * The number of looks without progress after which a connection is closed: 1.5 seconds. Looks are counted, because a
     * time would also pass while the process is suspended, or while the machine is busy and the reader cannot run.
     */
    private static final int MOST_LOOKS = 6;
    /** Fewer bytes than this are no progress. */
    private static final int STEP = 16 * 1024;

    /** The connection whose input this is. */
    interface Owner {
        /** Only {@code come} bytes of a message have arrived, and other readers wait for memory. Called by the timer. */
        void inputStalled(int come);
    }

    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();
    /** The bytes of all shares. */
    private long held;
    /** The part of {@code held} that is reserved for incomplete messages. */
    private long granted;
    private final Queue<Share> waiting = new ArrayDeque<>();
    /** The shares that hold memory for an incomplete message. */
    private final Set<Share> holders = new LinkedHashSet<>();

    InputBudget(long limit) {
        this.limit = limit;
    }

    /** The memory of one connection. Threads: the reader of the connection; any thread calls {@link #end}. */
    final class Share implements InputMemory {
        private final Owner owner;
        /** The reader of the connection, once it has asked for the memory of a message. */
        private Thread reader;
        private int bytes;
        /** The bytes are for an incomplete message. */
        private boolean isGrant;
        /** The bytes that the reader waits for, or 0. */
        private int wanted;
        /** Created when the reader waits for the first time. */
        private Condition turn;
        private boolean ended;
        /** The bytes of the message that have arrived. Written by the reader, without the lock. */
        private volatile int come;
        /** The value of {@code come} at the last progress, and the number of looks since then. */
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
                reader = Thread.currentThread();
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

        /** Ends the wait of the reader, because the connection is closed. */
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

        /** A virtual thread that is runnable lacks a processor; the peer may have sent more. */
        private boolean waitsForPeer() {
            return !reader.isVirtual() || reader.getState() != Thread.State.RUNNABLE;
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

    /** Grants memory that was returned, in the order of arrival. */
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

    /** Closes stalled connections, as few as the first waiting reader needs. */
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
        if (progress) {
            share.seen = come;
            share.looks = 0;
        } else if (share.waitsForPeer()) {
            share.looks++;
        }
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
