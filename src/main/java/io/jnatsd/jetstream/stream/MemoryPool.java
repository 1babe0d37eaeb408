package io.jnatsd.jetstream.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit of memory for one purpose, shared by many. No one gets more than what is left for all others, so that one who
 * takes as much as possible leaves something for those who take little. Threads: any thread.
 */
public final class MemoryPool {
    /** This much is given to each as long as there is something. */
    private static final int SMALL = 64 * 1024;
    /** New owners are admitted until this part is held, so that those that exist can go on. */
    private static final int ADMITTED = 3, OF = 4;

    /** Written by a reload. */
    private volatile long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most bytes of all together */
    public MemoryPool(long most) {
        this.most = most;
    }

    public long most() {
        return most;
    }

    /** Changes the limit; what is held already is kept. */
    public void most(long changed) {
        most = changed;
    }

    public long held() {
        return held.get();
    }

    /**
     * Takes memory.
     *
     * @param own what the caller holds already
     * @return false if there is not enough
     */
    public boolean take(long own, long bytes) {
        long left = most - held.addAndGet(bytes);
        if (left >= 0 && (own + bytes <= left || own + bytes <= SMALL))
            return true;
        held.addAndGet(-bytes);
        return false;
    }

    /** Returns whether somebody who holds this much may take a little more, which is counted by {@link #add}. */
    boolean hasRoom(long own) {
        return own < most - held.get();
    }

    /** Returns whether somebody new may be admitted, who takes this much. */
    public boolean admits(long bytes) {
        return held.get() + bytes <= most / OF * ADMITTED;
    }

    /** Counts memory that was taken already. */
    public void add(long bytes) {
        held.addAndGet(bytes);
    }

    /** Gives memory back. */
    public void give(long bytes) {
        held.addAndGet(-bytes);
    }
}
