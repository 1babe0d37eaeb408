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
 * Limits the time of each request. After that time, the thread of the request is interrupted; the JDK closes a channel
 * when a thread that reads or writes it is interrupted. This ends requests that are never completed and responses that
 * are never read. (The JDK's server has limits of its own, but under HTTPS its timer waits for the blocked
 * writer.)
 *
 * <p>Threads: any thread; one timer thread, which ends when no request is pending.
 */
final class Deadlines implements AutoCloseable {
    /** A request that has been handled for this long may be ended in favour of a new one. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A pending request. {@code received} is set by its own thread once the request is read completely. */
    private static final class Request {
        private final long begun = System.nanoTime();
        private final Future<?> end;
        private volatile boolean received;

        Request(Future<?> end) {
            this.end = end;
        }
    }

    private final Map<Thread, Request> pending = new ConcurrentHashMap<>();
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
     * Runs a request on the calling thread, which must have no other task.
     *
     * @param permit released at the end, unless the request was ended in favour of another one, which then has the
     *         permit
     */
    void run(Runnable request, Semaphore permit) {
        start();
        try {
            request.run();
        } finally {
            if (stop())
                permit.release();
        }
    }

    /** Starts the time of the calling thread's request again, because the time so far was not spent by the client. */
    void restart() {
        if (!stop())
            return;
        Thread.interrupted();
        start();
    }

    /** Records that the calling thread has read the complete request. */
    void received() {
        Request request = pending.get(Thread.currentThread());
        if (request != null)
            request.received = true;
    }

    /**
     * Ends the oldest request that is not read completely, or else the oldest one that has taken more than a second.
     * Its permit passes to a new request.
     *
     * @return false if there is no such request
     */
    boolean endSlowest() {
        Thread slowest = null;
        long now = System.nanoTime(), longest = -1;
        boolean waits = false;
        for (Map.Entry<Thread, Request> entry : pending.entrySet()) {
            Request request = entry.getValue();
            boolean reading = !request.received;
            long age = now - request.begun;
            if (reading ? !waits || age > longest : !waits && age > Math.max(longest, ANSWER_NANOS)) {
                slowest = entry.getKey();
                waits = reading;
                longest = age;
            }
        }
        Request ended = slowest == null ? null : pending.remove(slowest);
        if (ended == null)
            return false;
        ended.end.cancel(false);
        slowest.interrupt();
        return true;
    }

    private void start() {
        Thread thread = Thread.currentThread();
        try {
            pending.put(thread, new Request(timer.schedule(thread::interrupt, time.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (RejectedExecutionException e) {
            // The monitor has just been closed.
            thread.interrupt();
        }
    }

    /** @return false if the request was ended in favour of another one */
    private boolean stop() {
        Request request = pending.remove(Thread.currentThread());
        if (request != null)
            request.end.cancel(false);
        return request != null;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
