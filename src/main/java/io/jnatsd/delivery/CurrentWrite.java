package io.jnatsd.delivery;

/**
 * When the current write of an output began, and on which thread. A write waits for its peer only while its virtual
 * thread is parked. If the thread is runnable, it lacks a processor: the machine is busy, and the peer is not to blame.
 *
 * <p>Threads: the thread that writes calls {@link #begin} and {@link #end}; any thread calls the other methods.
 */
final class CurrentWrite {
    /** Null if there is no write. Published by {@code started}. */
    private Thread thread;
    /** In the time of {@link System#nanoTime}, 0 if there is no write. */
    private volatile long started;

    void begin() {
        thread = Thread.currentThread();
        started = System.nanoTime();
    }

    /** Forgets the thread, which may be the reader of another connection. */
    void end() {
        thread = null;
        started = 0;
    }

    /** Returns whether the write has lasted longer than this number of nanoseconds. */
    boolean lasts(long now, long nanos) {
        return isOlder(started, now, nanos);
    }

    private static boolean isOlder(long begun, long now, long nanos) {
        return begun != 0 && now - begun > nanos;
    }

    /** Returns whether the write has lasted longer than this number of nanoseconds, and waits for the peer now. */
    boolean waits(long now, long nanos) {
        long begun = started;
        if (!isOlder(begun, now, nanos))
            return false;
        Thread writing = thread;
        // A platform thread that waits in the kernel is runnable for Java.
        boolean waiting = writing != null && (!writing.isVirtual() || writing.getState() != Thread.State.RUNNABLE);
        // Otherwise the thread may be the one of the next write.
        return waiting && started == begun;
    }
}
