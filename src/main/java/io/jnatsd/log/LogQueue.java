package io.jnatsd.log;

import java.util.ArrayDeque;
import java.util.LinkedList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the log thread has not taken yet, bounded in bytes. Threads: {@link #put} and {@link #close} by any thread,
 * {@link #take} by the log thread. No caller waits: a line that finds the queue full is dropped and counted, since a
 * server must not stand still because its log does.
 */
final class LogQueue {
    private static final long MIN_BUDGET = 1L << 20, MAX_BUDGET = 32L << 20;
    /** Of the heap, the queue takes this part at most. */
    private static final int HEAP_SHARE = 16;
    /** Steps besides lines. Each has a caller that waits for a second or longer, so they stay few. */
    private static final int MAX_CONTROL_STEPS = 1000;
    /** A batch that the log thread cannot get out is held besides what is queued here. */
    private static final long BATCH_BYTES = 256 * 1024;

    private final long budget;
    private final Losses losses;
    private final ReentrantLock lock = new ReentrantLock(); // guards: steps, bytes, controlSteps, closed
    private final Condition notEmpty = lock.newCondition();
    /** Linked: when an {@link ArrayDeque} cannot grow for lack of memory, it loses what it holds. */
    private final Queue<LogStep> steps = new LinkedList<>();
    private long bytes;
    private int controlSteps;
    private boolean closed;

    LogQueue(Losses losses) {
        this(Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_SHARE, MIN_BUDGET, MAX_BUDGET), losses);
    }

    /**
     * A queue for tests.
     *
     * @param budget of the lines, in bytes
     */
    LogQueue(long budget, Losses losses) {
        this.budget = budget;
        this.losses = losses;
    }

    /** False if the step is refused: the queue is closed or full. A line refused because it is full is counted. */
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
     * Adds the next steps to {@code batch}, about 256 KB of them, after waiting for one if there is none.
     *
     * @param nanos how long to wait, 0 for as long as it takes
     * @return false if the queue is closed and empty
     */
    boolean take(List<LogStep> batch, long nanos) {
        lock.lock();
        try {
            awaitStepsLocked(nanos);
            boolean ended = steps.isEmpty() && closed;
            long taken = 0;
            for (LogStep step = steps.peek(); step != null && taken < BATCH_BYTES; step = steps.peek()) {
                batch.add(step); // before it is removed: this may throw for lack of memory
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
            // Nobody has a reason to interrupt the log thread. An interrupt that stayed set would close its files.
            assert !Thread.currentThread().isInterrupted();
        }
    }

    /** What was put before can still be taken. */
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
