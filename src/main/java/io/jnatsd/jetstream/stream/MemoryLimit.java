package io.jnatsd.jetstream.stream;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all streams may take together. Threads: any thread. */
public final class MemoryLimit {
    /** A refusal is reported again when this part of the memory, one divided by it, was given back. */
    private static final int MARGIN = 20;
    private static final long NEVER = Long.MIN_VALUE / 2;

    /** Written by a reload. */
    private volatile long most;
    private final AtomicLong used = new AtomicLong();
    /** What streams with {@code max_bytes} may still take. */
    private final AtomicLong reserved = new AtomicLong();
    /** What was used at the refusal that was reported last; {@link #NEVER} if one is to be reported again. */
    private final AtomicLong refusedAt = new AtomicLong(NEVER);

    public MemoryLimit(long most) {
        this.most = most;
    }

    public long most() {
        return most;
    }

    public void most(long changed) {
        most = changed;
    }

    public long used() {
        return used.get();
    }

    public long reserved() {
        return reserved.get();
    }

    void changed(long difference) {
        if (used.addAndGet(difference) < refusedAt.get() - most / MARGIN)
            refusedAt.set(NEVER);
    }

    /** Returns whether a refusal is the first one since a part of the memory was given back. */
    boolean isFirstRefusal() {
        return refusedAt.compareAndSet(NEVER, used.get());
    }

    /** Returns whether a message of this size may still be stored. */
    boolean hasRoom(long bytes) {
        return used.get() + bytes <= most;
    }

    /** Reserves room for a stream; returns false if there is not enough. */
    public boolean reserve(long bytes) {
        if (reserved.addAndGet(bytes) <= most)
            return true;
        reserved.addAndGet(-bytes);
        return false;
    }

    /** Gives reserved room back. */
    public void release(long bytes) {
        reserved.addAndGet(-bytes);
    }
}
