package io.jnatsd.connection;

/**
 * Memory that is kept for the case that the heap is full: ending a connection needs a little memory, and frees much
 * more. Threads: any thread, except {@link #renew}: the timer only.
 */
public final class MemoryReserve {
    private static final int LARGEST = 4 * 1024 * 1024;
    private static final int SHARE = 32;
    /** Small enough for many servers in one JVM, whose program has memory of its own to release. */
    private static final int EMBEDDED = 64 * 1024;
    private static final int LONGEST_PAUSE = 64;

    private final int size;
    private volatile byte[] kept;
    /** Number of calls of {@link #renew} to skip, because the last attempts failed. Used by the timer only. */
    private int left;
    private int pause = 1;

    private MemoryReserve(int size) {
        this.size = size;
        this.kept = new byte[size];
    }

    /** Returns the reserve of a server that has a JVM of its own. */
    public static MemoryReserve ofProcess() {
        return new MemoryReserve((int) Math.min(Runtime.getRuntime().maxMemory() / SHARE, LARGEST));
    }

    /** Returns the reserve of a server that shares its JVM with the program that it is embedded in. */
    public static MemoryReserve embedded() {
        return new MemoryReserve(EMBEDDED);
    }

    /** Releases the reserved memory, because there is no other. */
    public void release() {
        kept = null;
    }

    /** Returns whether less than an eighth of the heap is free. Garbage that was not collected yet counts as used. */
    public boolean isNeeded() {
        Runtime runtime = Runtime.getRuntime();
        long most = runtime.maxMemory();
        return most - runtime.totalMemory() + runtime.freeMemory() < most / 8;
    }

    /**
     * Reserves memory again after a release, if there is enough. Called every second. Each failed attempt makes the JVM
     * collect all garbage, so attempts become less frequent.
     */
    public void renew() {
        if (kept != null || left-- > 0)
            return;
        tryRenew();
        left = kept != null ? 0 : pause;
        pause = kept != null ? 1 : Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** Reserves memory again at once. Called by a thread that has just freed much. */
    void tryRenew() {
        try {
            if (kept == null)
                kept = new byte[size];
        } catch (OutOfMemoryError e) {
            kept = null;
        }
    }
}
