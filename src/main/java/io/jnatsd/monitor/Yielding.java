package io.jnatsd.monitor;

/**
 * Yields the processor from time to time during a long computation. Virtual threads are not preempted, and their
 * carriers are needed for messages as well. Threads: one.
 */
final class Yielding {
    private static final int STEPS = 1024;

    private int steps;

    /** Counts one of many short steps. */
    void step() {
        if (++steps % STEPS == 0)
            take();
    }

    /** Yields. Platform threads need not, because the system preempts them. */
    static void take() {
        if (Thread.currentThread().isVirtual())
            Thread.yield();
    }
}
