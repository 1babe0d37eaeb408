package io.jnatsd.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the log thread has not taken yet. Threads: {@link #put} and {@link #close} by anyone, {@link #take} by the log
 * thread. Callers wait while it is full: a log that cannot keep up slows the server down, but loses nothing.
 */
final class LogQueue {
    private static final int STEPS = 16 * 1024;
    /** Traced payloads may be large: a bound in memory besides the one in lines. */
    private static final int CHARS = 16 * 1024 * 1024;

    private final ReentrantLock lock = new ReentrantLock(); // guards: steps, chars, closed
    private final Condition notEmpty = lock.newCondition(), notFull = lock.newCondition();
    private final List<LogStep> steps = new ArrayList<>();
    private long chars;
    private boolean closed;

    /** False if the queue is closed. */
    boolean put(LogStep step) {
        lock.lock();
        try {
            while (!closed && (steps.size() >= STEPS || chars >= CHARS))
                notFull.awaitUninterruptibly();
            if (closed)
                return false;
            steps.add(step);
            chars += step.chars();
            if (steps.size() == 1)
                notEmpty.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds what there is to {@code batch}, after waiting for something if there is nothing.
     *
     * @param nanos how long to wait, 0 for as long as it takes
     * @return false if the queue is closed and empty
     */
    boolean take(List<LogStep> batch, long nanos) {
        lock.lock();
        try {
            awaitStepsLocked(nanos);
            boolean ended = steps.isEmpty() && closed;
            batch.addAll(steps);
            steps.clear();
            chars = 0;
            notFull.signalAll();
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
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
