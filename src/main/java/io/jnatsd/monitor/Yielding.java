package io.jnatsd.monitor;

/**
 * Lets others have the processor now and then during a long piece of work. A virtual thread is never interrupted in
 * its work, and its carrier is needed for messages, too. Threads: one.
 */
final class Yielding {
    private static final int STEPS = 1024;

    private int steps;

    /** One of many short steps has been done. */
    void step() {
        if (++steps % STEPS == 0)
            take();
    }

    /** The system sees to it that platform threads don't hold others up. */
    static void take() {
        if (Thread.currentThread().isVirtual())
            Thread.yield();
    }
}
