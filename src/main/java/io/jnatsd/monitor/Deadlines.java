package io.jnatsd.monitor;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Gives every visitor so much time and no more. Whoever is late has his thread interrupted, and a channel that an
 * interrupted thread reads or writes is closed: thus a request that never ends goes, and an answer that nobody takes.
 * (The JDK's server has limits of its own, but under HTTPS its timer waits for the very writer that it should end.)
 *
 * <p>Threads: any; one timer thread, which goes when there is nothing to wait for.
 */
final class Deadlines implements AutoCloseable {
    /** How long a visit may be answered before it is ended for a new one. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A visit that goes on. Its request is complete once its own thread says so. */
    private static final class Visit {
        private final long begun = System.nanoTime();
        private final Future<?> end;
        private volatile boolean asked;

        Visit(Future<?> end) {
            this.end = end;
        }
    }

    private final Map<Thread, Visit> pending = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private final Duration time;

    Deadlines(Duration time) {
        this.time = time;
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("http-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(2 * time.toMillis(), TimeUnit.MILLISECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a visit; the calling thread must be there for it alone.
     *
     * @param place is released at the end, unless the visit was ended for another one, which has its place
     */
    void run(Runnable visit, Semaphore place) {
        start();
        try {
            visit.run();
        } finally {
            if (stop())
                place.release();
        }
    }

    /** What came before was not the visitor's fault: the calling thread's time begins now. */
    void restart() {
        if (!stop())
            return;
        Thread.interrupted();
        start();
    }

    /** The calling thread has the visitor's whole request. */
    void asked() {
        Visit visit = pending.get(Thread.currentThread());
        if (visit != null)
            visit.asked = true;
    }

    /**
     * Ends the oldest visit whose request is not complete, or else the oldest that has been there for a second. A new
     * visit has its place then.
     *
     * @return false if there is none
     */
    boolean endSlowest() {
        Thread slowest = null;
        long now = System.nanoTime(), longest = -1;
        boolean waits = false;
        for (Map.Entry<Thread, Visit> entry : pending.entrySet()) {
            Visit visit = entry.getValue();
            boolean reading = !visit.asked;
            long age = now - visit.begun;
            if (reading ? !waits || age > longest : !waits && age > Math.max(longest, ANSWER_NANOS)) {
                slowest = entry.getKey();
                waits = reading;
                longest = age;
            }
        }
        Visit ended = slowest == null ? null : pending.remove(slowest);
        if (ended == null)
            return false;
        ended.end.cancel(false);
        slowest.interrupt();
        return true;
    }

    private void start() {
        Thread visitor = Thread.currentThread();
        try {
            pending.put(visitor, new Visit(timer.schedule(visitor::interrupt, time.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (RejectedExecutionException e) {
            // The monitor has just been closed.
            visitor.interrupt();
        }
    }

    /** @return false if the visit was ended for another one */
    private boolean stop() {
        Visit visit = pending.remove(Thread.currentThread());
        if (visit != null)
            visit.end.cancel(false);
        return visit != null;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
