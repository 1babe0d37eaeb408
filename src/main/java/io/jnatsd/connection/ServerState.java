package io.jnatsd.connection;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.delivery.PendingBudget;
import io.jnatsd.delivery.Traffic;
import io.jnatsd.delivery.WriteWatchdog;
import io.jnatsd.events.AuthFailureEvent;
import io.jnatsd.events.ConnectionOpenedEvent;
import io.jnatsd.events.EventRecording;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.subject.SubjectSpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What all connections of one server share: those that are open, the timer, the limits, the memory for output.
 *
 * <p>Threads: any thread. Collections and counters are concurrent; the start and a reload replace the volatile fields,
 * each as a whole.
 */
public final class ServerState {
    /** After so long a thread is started again that could not be started when it was due. */
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** At the stop, a write that lasts longer has a peer that is not waited for. */
    private static final Duration STUCK_AT_STOP = Duration.ofSeconds(1);
    private static final Duration STOP_SWEEP = Duration.ofMillis(50);

    public final Log log;
    /** Starts every thread that this server needs for a while. */
    public final Threads threads;
    /** The subscriptions of all connections. */
    public final SubjectSpace subjects = new SubjectSpace();
    /** What the deliveries of all connections share. */
    public final Traffic traffic;
    /** For the end of connections where there is no other memory. */
    public final MemoryReserve reserve = new MemoryReserve();
    /** For the pending output of all connections. */
    public final PendingBudget pendingBudget = new PendingBudget();
    final WriteWatchdog watchdog;

    /** Every connection whose reader runs, by its id. */
    private final Map<Long, Connection> running = new ConcurrentHashMap<>();
    private final ReentrantLock stopLock = new ReentrantLock();
    /** Signalled when the last reader has ended, once the server is stopping. */
    private final Condition allEnded = stopLock.newCondition();
    /** The last cid or rid given out; the first connection gets 1. */
    private final AtomicLong lastId = new AtomicLong();
    final LongAdder slowConsumers = new LongAdder();
    /** Of the slow consumers, those that were routes. */
    final LongAdder slowRoutes = new LongAdder();

    /** Starts the threads of pings and timeouts, and runs the watchdog; nothing on it may block. */
    private final ScheduledThreadPoolExecutor timer;
    /** The watchdog's looks, and the time between them. Written by the start and by a reload. */
    private Future<?> sweeps;
    private Duration sweepPause;

    /** Bounds on what connections may use. */
    public volatile ServerOptions.Limits limits;
    /** What INFO says to the next client. */
    public volatile ServerInfo info;
    /** Where clients may turn to instead, for INFO. Written by the cluster. */
    public volatile List<String> connectUrls = List.of();
    /** Set when the server stops: a connection that opens from then on is closed at once. */
    private volatile boolean stopping;

    public ServerState(Log log, ServerOptions options) {
        this.log = log;
        threads = new Threads(log);
        traffic = new Traffic(subjects, log);
        watchdog = new WriteWatchdog(threads);
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        apply(options);
    }

    /** Options that a reload has changed come into force. */
    public void apply(ServerOptions options) {
        limits = options.limits();
        pendingBudget.limit(limits.maxPendingTotal());
        sweepEvery(WriteWatchdog.pause(limits.writeDeadline()));
        traffic.apply(options.log(), limits, options.monitor().topSubjects());
    }

    /** A task of the timer that repeats itself needs no memory for that, and ends only if it throws something. */
    private void sweepEvery(Duration pause) {
        if (pause.equals(sweepPause) || timer.isShutdown())
            return;
        Future<?> before = sweeps;
        sweeps = timer.scheduleWithFixedDelay(
                threads.guarded("watchdog", () -> watchdog.sweep(limits.writeDeadline())), pause.toNanos(),
                pause.toNanos(), TimeUnit.NANOSECONDS);
        sweepPause = pause;
        if (before != null)
            before.cancel(false);
    }

    /** The timer itself, for classes that schedule their own tasks. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    /**
     * Runs a task on a virtual thread of its own, so that one that blocks does not hold up the timer. Nothing happens
     * if the server has stopped.
     */
    public ScheduledFuture<?> after(Duration delay, Runnable task) {
        if (timer.isShutdown())
            return null;
        return timer.schedule(() -> startDue(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The task must not be lost: where there is no memory for the thread now, there may be later. */
    private void startDue(Runnable task) {
        if (!threads.start("due", task) && !timer.isShutdown())
            threads.run(null, "timer", () -> timer.schedule(() -> startDue(task), RETRY.toNanos(), TimeUnit.NANOSECONDS));
    }

    public void stopTimer() {
        timer.shutdownNow();
    }

    /** A number for a new connection, which no other has had. */
    public long nextId() {
        return lastId.incrementAndGet();
    }

    // ---- open connections ------------------------------------------------------------------------------------

    void began(Connection connection) {
        running.put(connection.id(), connection);
        if (EventRecording.isPossible())
            ConnectionOpenedEvent.commit(connection.label());
        if (stopping)
            connection.kill(CloseReason.SERVER_SHUTDOWN);
    }

    void ended(Connection connection) {
        running.remove(connection.id());
        CloseReason why = connection.closeReason();
        boolean loginFailed = why == CloseReason.AUTHENTICATION_FAILURE || why == CloseReason.AUTHENTICATION_TIMEOUT;
        if (loginFailed && EventRecording.isPossible())
            AuthFailureEvent.commit(connection.label(), connection.user(), why.toString());
        if (stopping && running.isEmpty()) {
            stopLock.lock();
            try {
                allEnded.signalAll();
            } finally {
                stopLock.unlock();
            }
        }
    }

    /** The connection whose reader runs and that has this cid or rid; null if there is none. */
    public Connection connection(long id) {
        return running.get(id);
    }

    private record Candidate(Connection connection, long held) {
    }

    /**
     * The output of all connections takes more memory than it may: frees what is kept for later output, and if that is
     * not enough, cuts off those that hold most. Threads that do this at the same time begin with the same connection,
     * and each looks at the budget before it goes on to the next, so that no more are cut off than necessary.
     */
    void cutOffLargest() {
        for (Connection connection : running.values())
            connection.outbound.trim();
        if (!pendingBudget.isExceeded())
            return;
        List<Candidate> candidates = new ArrayList<>();
        for (Connection connection : running.values())
            candidates.add(new Candidate(connection, connection.outbound.held()));
        candidates.sort(Comparator.comparingLong(Candidate::held).reversed());
        String limit = "MaxPendingTotal of " + limits.maxPendingTotal() + " exceeded with %d bytes pending";
        for (Candidate largest : candidates) {
            if (pendingBudget.isRelieved())
                return;
            largest.connection.cutOff(CloseReason.PENDING_BYTES, limit);
        }
    }

    /** From now on every connection that opens is closed at once. */
    public void stopOpening() {
        stopping = true;
    }

    /**
     * Closes every connection and gives them a while to write what waits. Those that need longer are killed, and those
     * whose peer takes nothing for a second even before.
     */
    public void closeAll(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        for (Connection connection : running.values())
            if (!threads.start(connection, "close", () -> connection.close(CloseReason.SERVER_SHUTDOWN, "")))
                connection.kill(CloseReason.SERVER_SHUTDOWN);
        while (!awaitEnded(STOP_SWEEP)) {
            long now = System.nanoTime();
            boolean late = now - begun > patience.toNanos();
            for (Connection connection : running.values())
                if (late || connection.outbound.isStuck(now, STUCK_AT_STOP.toNanos()))
                    connection.kill(CloseReason.SERVER_SHUTDOWN);
            if (late) {
                awaitEnded(patience);
                return;
            }
        }
    }

    private boolean awaitEnded(Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        stopLock.lock();
        try {
            while (!running.isEmpty() && nanos > 0)
                nanos = allEnded.awaitNanos(nanos);
            return running.isEmpty();
        } finally {
            stopLock.unlock();
        }
    }

    /** Connections that were cut off as slow consumers, routes included. */
    public long slowConsumers() {
        return slowConsumers.sum();
    }

    /** Of the slow consumers, those that were routes. */
    public long slowRoutes() {
        return slowRoutes.sum();
    }
}
