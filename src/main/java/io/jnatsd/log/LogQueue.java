package io.jnatsd.log;

import java.util.ArrayDeque;
import java.util.LinkedList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The steps that the log thread has not taken yet, bounded in bytes. No caller waits: if the queue is full, a line is
 * dropped and counted, because a slow log must not stop the server. Threads: {@link #put} and {@link #close} any
 * thread, {@link #take} the log thread.
 */
final class LogQueue {
    private static final long MIN_BUDGET = 1L << 20, MAX_BUDGET = 32L << 20;
    /** The queue may take at most this fraction of the heap. */
    private static final int HEAP_SHARE = 16;
    /**
     * The most steps that are not lines. The caller of each waits up to a second or longer, so there are few of them.
     */
    private static final int MAX_CONTROL_STEPS = 1000;
    /** The size of a batch. The log thread may hold one batch that it cannot write, in addition to the queue. */
    private static final long BATCH_BYTES = 256 * 1024;

    private final long budget;
    private final Losses losses;
    private final ReentrantLock lock = new ReentrantLock(); // guards: steps, bytes, controlSteps, closed
    private final Condition notEmpty = lock.newCondition();
    /** A linked list, because an {@link ArrayDeque} loses its content when it cannot grow for lack of memory. */
    private final Queue<LogStep> steps = new LinkedList<>();
    private long bytes;
    private int controlSteps;
    private boolean closed;

    LogQueue(Losses losses) {
        this(Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_SHARE, MIN_BUDGET, MAX_BUDGET), losses);
    }

    /**
     * Creates a queue for tests.
     *
     * @param budget the most bytes of the lines
     */
    LogQueue(long budget, Losses losses) {
        this.budget = budget;
        this.losses = losses;
    }

    /**
     * Returns false if the step is refused because the queue is closed or full. A line refused by a full queue is
     * counted.
     */
    boolean put(LogStep step) {
        lock.lock();
        try {
            if (closed || !hasRoomLocked(step))
                return false;
            steps.add(step);
            bytes += step.bytes();
            if (step.isControl())
                controlSteps++;
            if (steps.size() == 1)
                notEmpty.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomLocked(LogStep step) {
        assert lock.isHeldByCurrentThread();
        if (step.isControl())
            return controlSteps < MAX_CONTROL_STEPS;
        boolean room = bytes + step.bytes() <= budget;
        if (!room)
            losses.dropped();
        return room;
    }

    /**
     * Adds the next steps to {@code batch}, about 256 KB of them. Waits for one if there is none.
     *
     * @param nanos how long to wait, 0 for no limit
     * @return false if the queue is closed and empty
     */
    boolean take(List<LogStep> batch, long nanos) {
        lock.lock();
        try {
            awaitStepsLocked(nanos);
            boolean ended = steps.isEmpty() && closed;
            long taken = 0;
            for (LogStep step = steps.peek(); step != null && taken < BATCH_BYTES; step = steps.peek()) {
                batch.add(step); // before the removal: this may throw an OutOfMemoryError
                steps.remove();
                taken += step.bytes();
                bytes -= step.bytes();
                if (step.isControl())
                    controlSteps--;
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    private void awaitStepsLocked(long nanos) {
        assert lock.isHeldByCurrentThread();
        long left = nanos;
        try {
            while (steps.isEmpty() && !closed && (nanos == 0 || left > 0)) {
                if (nanos == 0)
                    notEmpty.await();
                else
                    left = notEmpty.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // The log thread is never interrupted. An interrupt status that stayed set would close its files.
            assert !Thread.currentThread().isInterrupted();
        }
    }

    /** Closes the queue. Steps put before can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
    }
}
