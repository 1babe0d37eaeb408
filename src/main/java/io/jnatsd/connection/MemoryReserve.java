package io.jnatsd.connection;

/**
 * Memory that is set aside for the time when there is none: to end a connection needs a little, and only its end frees
 * what it holds. Threads: all methods any thread, but for {@link #renew}, which the timer calls.
 */
public final class MemoryReserve {
    private static final int LARGEST = 4 * 1024 * 1024;
    private static final int SHARE = 32;
    private static final int LONGEST_PAUSE = 64;

    private final int size = (int) Math.min(Runtime.getRuntime().maxMemory() / SHARE, LARGEST);
    private volatile byte[] kept = new byte[size];
    /** Calls of {@link #renew} to leave out, since the last attempts have failed. Belong to the timer. */
    private int left;
    private int pause = 1;

    /** There is none: what is set aside is given back. */
    public void release() {
        kept = null;
    }

    /** Whether less than an eighth of the heap is free; garbage that is not collected yet counts as used. */
    public boolean isNeeded() {
        Runtime runtime = Runtime.getRuntime();
        long most = runtime.maxMemory();
        return most - runtime.totalMemory() + runtime.freeMemory() < most / 8;
    }

    /**
     * Sets memory aside again after a release, where there is some. Called every second; each attempt in vain has the
     * JVM collect all garbage, and so they become rare.
     */
    public void renew() {
        if (kept != null || left-- > 0)
            return;
        tryRenew();
        left = kept != null ? 0 : pause;
        pause = kept != null ? 1 : Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** The same at once, by who has just freed much. */
    void tryRenew() {
        try {
            if (kept == null)
                kept = new byte[size];
        } catch (OutOfMemoryError e) {
            kept = null;
        }
    }
}
