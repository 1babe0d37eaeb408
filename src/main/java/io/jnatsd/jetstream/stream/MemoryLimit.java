package io.jnatsd.jetstream.stream;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all streams may take together. Threads: any thread. */
public final class MemoryLimit {
    /** Written by a reload. */
    private volatile long most;
    private final AtomicLong used = new AtomicLong();
    /** What streams with {@code max_bytes} may still take. */
    private final AtomicLong reserved = new AtomicLong();

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
        used.addAndGet(difference);
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
