package io.jnatsd.monitor;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Gives every visitor so much time and no more. Whoever is late has his thread interrupted, and a channel that an
 * interrupted thread reads or writes is closed: thus a request that never ends goes, and an answer that nobody takes.
 * (The JDK's server has limits of its own, but under HTTPS its timer waits for the very writer that it should end.)
 *
 * <p>Threads: anybody's; one timer thread, which goes when there is nothing to wait for.
 */
final class Deadlines implements AutoCloseable {
    private final Map<Thread, Future<?>> pending = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private final Duration time;

    Deadlines(Duration time) {
        this.time = time;
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("http-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(2 * time.toMillis(), TimeUnit.MILLISECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** Runs a visit; the calling thread must be there for it alone. */
    void run(Runnable visit) {
        start();
        try {
            visit.run();
        } finally {
            stop();
        }
    }

    /** What came before was not the visitor's fault: the calling thread's time begins now. */
    void restart() {
        stop();
        Thread.interrupted();
        start();
    }

    private void start() {
        Thread visitor = Thread.currentThread();
        try {
            pending.put(visitor, timer.schedule(visitor::interrupt, time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            // The monitor has just been closed.
            visitor.interrupt();
        }
    }

    private void stop() {
        Future<?> end = pending.remove(Thread.currentThread());
        if (end != null)
            end.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
