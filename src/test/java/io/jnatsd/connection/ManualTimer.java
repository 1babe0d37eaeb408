package io.jnatsd.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A timer whose time passes only when a test advances it, so that tests of timeouts do not wait. Tasks run on the
 * thread that advances the time. Periodic tasks are ignored. Threads: any thread; {@code lock} guards the tasks.
 */
public final class ManualTimer extends ScheduledThreadPoolExecutor {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Task> tasks = new ArrayList<>();
    private long now;

    public ManualTimer() {
        super(0);
    }

    private final class Task extends FutureTask<Void> implements RunnableScheduledFuture<Void> {
        private final long due;

        Task(Runnable task, long due) {
            super(task, null);
            this.due = due;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(due, ((Task) other).due);
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        lock.lock();
        try {
            Task added = new Task(task, now + unit.toNanos(delay));
            tasks.add(added);
            return added;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return new Task(task, Long.MAX_VALUE);
    }

    /** Lets time pass, and runs the tasks that are due, in their order. */
    public void advance(Duration time) {
        long end = now + time.toNanos();
        for (Task next; (next = nextUntil(end)) != null;)
            next.run();
        lock.lock();
        try {
            now = end;
        } finally {
            lock.unlock();
        }
    }

    private Task nextUntil(long end) {
        lock.lock();
        try {
            Task next = tasks.stream().filter(task -> !task.isDone()).min(Task::compareTo).orElse(null);
            if (next == null || next.due > end)
                return null;
            tasks.removeIf(task -> task == next || task.isDone());
            now = Math.max(now, next.due);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the time until each task that is scheduled and not cancelled, in order. */
    public List<Duration> delays() {
        lock.lock();
        try {
            return tasks.stream().filter(task -> !task.isDone()).sorted()
                    .map(task -> Duration.ofNanos(task.due - now)).toList();
        } finally {
            lock.unlock();
        }
    }
}
