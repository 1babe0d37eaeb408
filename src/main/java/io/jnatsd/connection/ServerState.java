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
import io.jnatsd.protocol.Dialect;
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
 * The state that all connections of one server share: the open connections, the timer, the limits, and the memory for
 * output.
 *
 * <p>Threads: any thread. Collections and counters are concurrent; the start and a reload replace each volatile field
 * as a whole.
 */
public final class ServerState {
    /** If a thread could not be started when it was due, the start is retried after this time. */
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** When the server stops, a peer whose write has lasted longer than this is not waited for. */
    private static final Duration STUCK_AT_STOP = Duration.ofSeconds(1);
    /** Time for the readers of connections that were killed to end. */
    private static final Duration KILLED_AT_STOP = Duration.ofSeconds(2);
    private static final Duration STOP_SWEEP = Duration.ofMillis(50);
    /** The time between two removals of outdated match results. */
    private static final long CACHE_PAUSE_MILLIS = 1000;
    /** Input may take this part of the heap. */
    private static final int INPUT_SHARE = 6, INPUT_SHARE_BESIDE_JETSTREAM = 12;

    /** Connections may take this part of the heap. */
    private static final int CONNECTION_SHARE = 2;
    /** The memory of an idle connection, with its objects and the stack of its reader; plain, and with TLS. */
    private static final int CONNECTION_BYTES = 10 * 1024, TLS_CONNECTION_BYTES = 28 * 1024;

    public final Log log;
    /** Starts the threads of this server. */
    public final Threads threads;
    /** The subscriptions of all connections. */
    public final SubjectSpace subjects = new SubjectSpace();
    /** The state that the deliveries of all connections share. */
    public final Traffic traffic;
    /** Memory for ending connections when the heap is full. */
    public final MemoryReserve reserve;
    /** The budget for the pending output of all connections. */
    public final PendingBudget pendingBudget = new PendingBudget();
    final WriteWatchdog watchdog;

    /** The connections whose reader runs, by cid or rid. */
    private final Map<Long, Connection> running = new ConcurrentHashMap<>();
    private final ReentrantLock stopLock = new ReentrantLock();
    /** Signalled when a reader has ended while the server is stopping. */
    private final Condition ended = stopLock.newCondition();
    /** The last cid or rid that was assigned; the first connection gets 1. */
    private final AtomicLong lastId = new AtomicLong();
    final LongAdder slowConsumers = new LongAdder();
    /** The number of slow consumers that were routes. */
    final LongAdder slowRoutes = new LongAdder();

    /** The memory for the input of all connections. */
    public final InputBudget inputBudget;
    /** Starts the threads of pings and timeouts, and runs the watchdog. Its tasks must not block. */
    private final ScheduledExecutorService timer;
    /** The periodic task of the watchdog, and its interval. Written by the start and by a reload. */
    private Future<?> sweeps;
    private Duration sweepPause;

    /** The number of connections that the heap has room for. */
    private volatile long mostConnections;
    /** The limits of connections. */
    public volatile ServerOptions.Limits limits;
    /** The INFO for the next client. */
    public volatile ServerInfo info;
    /** The field {@code connect_urls} of INFO. Written by the cluster. */
    public volatile List<String> connectUrls = List.of();
    /** Null unless an embedding program wants to know of incidents. Written before the ports are open. */
    private volatile IncidentSink incidents;
    /** Null unless a program has injected faults. Written by that program. */
    private volatile FaultInjector faults;
    /** Set when the server stops: a connection that opens later is closed at once. */
    private volatile boolean stopping;

    public ServerState(Log log, ServerOptions options) {
        this(log, options, MemoryReserve.ofProcess(), newTimer());
    }

    public ServerState(Log log, ServerOptions options, MemoryReserve reserve) {
        this(log, options, reserve, newTimer());
    }

    /** @param timer runs the timeouts of connections; closed by {@link #stopTimer} */
    public ServerState(Log log, ServerOptions options, ScheduledExecutorService timer) {
        this(log, options, MemoryReserve.ofProcess(), timer);
    }

    private ServerState(Log log, ServerOptions options, MemoryReserve reserve, ScheduledExecutorService timer) {
        this.log = log;
        this.reserve = reserve;
        this.timer = timer;
        inputBudget = new InputBudget(Runtime.getRuntime().maxMemory()
                / (options.jetStream().enabled() ? INPUT_SHARE_BESIDE_JETSTREAM : INPUT_SHARE));
        threads = new Threads(log);
        traffic = new Traffic(subjects, log);
        watchdog = new WriteWatchdog(threads);
        timer.scheduleWithFixedDelay(threads.guarded("input budget", inputBudget::look), InputBudget.PAUSE_MILLIS,
                InputBudget.PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(threads.guarded("match cache", subjects::removeOutdated), CACHE_PAUSE_MILLIS,
                CACHE_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        apply(options);
    }

    private static ScheduledExecutorService newTimer() {
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return timer;
    }

    /** Applies options that a reload has changed. */
    public void apply(ServerOptions options) {
        limits = options.limits();
        boolean secure = options.tls() != null || options.webSocket().tls() != null;
        mostConnections = Runtime.getRuntime().maxMemory() / CONNECTION_SHARE
                / (secure ? TLS_CONNECTION_BYTES : CONNECTION_BYTES);
        pendingBudget.limit(limits.maxPendingTotal());
        sweepEvery(WriteWatchdog.pause(limits.writeDeadline()));
        traffic.apply(options.log(), limits, options.monitor().topSubjects());
    }

    /** A periodic task needs no memory for its next run, and ends only if it throws. */
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

    /** Returns the timer, for classes that schedule their own tasks. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    /**
     * Runs a task on a new virtual thread, so that a task that blocks does not delay the timer. Has no effect if the
     * server has stopped.
     */
    public ScheduledFuture<?> after(Duration delay, Runnable task) {
        if (timer.isShutdown())
            return null;
        return timer.schedule(() -> startDue(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** If there is no memory for the thread, the start is retried later, because the task must not be lost. */
    private void startDue(Runnable task) {
        if (!threads.start("due", task) && !timer.isShutdown())
            threads.run(null, "timer", () -> timer.schedule(() -> startDue(task), RETRY.toNanos(), TimeUnit.NANOSECONDS));
    }

    public void stopTimer() {
        timer.shutdownNow();
    }

    /** Returns a number for a new connection that no other connection has had. */
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
        if (stopping) {
            stopLock.lock();
            try {
                ended.signalAll();
            } finally {
                stopLock.unlock();
            }
        }
    }

    /** Returns whether the memory suffices for another connection. */
    public boolean hasRoomForAnother() {
        return running.size() < mostConnections;
    }

    /** Returns the connection with this cid or rid whose reader runs, or null. */
    public Connection connection(long id) {
        return running.get(id);
    }

    /** Sets who is told what is refused, before the ports are open. */
    public void tellIncidents(IncidentSink sink) {
        incidents = sink;
    }

    /**
     * Reports what was refused. Has no effect unless an embedding program wants to know.
     *
     * @param kind null if it is no incident
     */
    public void report(Connection connection, IncidentSink.Kind kind, String text) {
        IncidentSink sink = incidents;
        if (sink != null && kind != null)
            sink.report(connection, kind, text);
    }

    /** Returns the connections whose reader runs. */
    public Iterable<Connection> connections() {
        return running.values();
    }

    /** Returns false if faults have closed the connection before it has opened. */
    boolean mayOpen(Connection connection) {
        FaultInjector injector = faults;
        return injector == null || injector.mayOpen(connection);
    }

    /** Lets faults begin on a connection, when it has opened, and when its peer has said who it is. */
    public void identified(Connection connection) {
        FaultInjector injector = faults;
        if (injector != null)
            injector.identified(connection);
    }

    /** Sets which faults connections get from now on; null for none. */
    public void inject(FaultInjector injector) {
        faults = injector;
    }

    private record Candidate(Connection connection, long held) {
    }

    /**
     * Frees memory if the output of all connections uses more than allowed: first arrays that are kept for reuse, then
     * the connections that hold most are disconnected. Threads that do this at the same time begin with the same
     * connection, and check the budget before the next one, so that no more connections than necessary are
     * disconnected.
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

    /** Closes every connection that opens from now on. */
    public void stopOpening() {
        stopping = true;
    }

    /**
     * Closes the connections of clients or of routes, and waits until they have written their pending output. At the
     * deadline they are killed; those whose peer reads nothing for a second are killed earlier.
     *
     * @param deadline in the time of {@link System#nanoTime}
     */
    public void close(Dialect dialect, long deadline) throws InterruptedException {
        for (Connection connection : running.values())
            if (connection.dialect == dialect
                    && !threads.start(connection, "close", () -> connection.close(CloseReason.SERVER_SHUTDOWN, "")))
                connection.kill(CloseReason.SERVER_SHUTDOWN);
        while (!awaitEnded(dialect, STOP_SWEEP)) {
            long now = System.nanoTime();
            boolean late = now - deadline > 0;
            for (Connection connection : running.values())
                if (connection.dialect == dialect
                        && (late || connection.outbound.waitsForPeer(now, STUCK_AT_STOP.toNanos())))
                    connection.kill(CloseReason.SERVER_SHUTDOWN);
            if (late) {
                awaitEnded(dialect, KILLED_AT_STOP);
                return;
            }
        }
    }

    private boolean awaitEnded(Dialect dialect, Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        stopLock.lock();
        try {
            while (runs(dialect) && nanos > 0)
                nanos = ended.awaitNanos(nanos);
            return !runs(dialect);
        } finally {
            stopLock.unlock();
        }
    }

    private boolean runs(Dialect dialect) {
        for (Connection connection : running.values())
            if (connection.dialect == dialect)
                return true;
        return false;
    }

    /** Returns the number of connections that were disconnected as slow consumers, including routes. */
    public long slowConsumers() {
        return slowConsumers.sum();
    }

    /** Returns the number of slow consumers that were routes. */
    public long slowRoutes() {
        return slowRoutes.sum();
    }
}
