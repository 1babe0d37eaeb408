package io.jnatsd.core;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.events.AuthFailureEvent;
import io.jnatsd.events.ConnectionOpenedEvent;
import io.jnatsd.events.EventRecording;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.protocol.ServerInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What all connections of one server share. Data and the bookkeeping that keeps it consistent, no behaviour of any
 * connection.
 *
 * <p>Threads: anybody's. Collections and counters are concurrent; the volatile fields are swapped whole, by the start
 * and by a reload.
 */
public final class ServerState {
    /** After so long a thread is started again that could not be started when it was due. */
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** At the stop, a write that lasts longer has a peer that is not waited for. */
    private static final Duration STUCK_AT_STOP = Duration.ofSeconds(1);
    private static final Duration STOP_SWEEP = Duration.ofMillis(50);

    /** Every subscription of this server's clients, and what other servers want for theirs. */
    public final SubscriptionIndex index = new SubscriptionIndex();
    public final Log log;
    /** Starts every thread that this server needs for a while. */
    public final Threads threads;
    /** For the end of connections where there is no other memory. */
    public final MemoryReserve reserve = new MemoryReserve();

    /** Every connection whose reader runs. */
    private final Set<Connection> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock stopLock = new ReentrantLock();
    /** Signalled when the last reader has ended, once the server is stopping. */
    private final Condition allEnded = stopLock.newCondition();
    /** For users that may only have so many. */
    final UserConnections users = new UserConnections();
    /** Registered clients by cid. */
    private final Map<Long, Client> clients = new ConcurrentHashMap<>();
    /** How many places of {@code max_connections} are taken. */
    private final AtomicInteger admitted = new AtomicInteger();
    /** The last cid or rid given out; the first connection gets 1. */
    private final AtomicLong lastId = new AtomicLong();

    /** Connections ever accepted, those that were refused included. */
    final LongAdder totalConnections = new LongAdder();
    final LongAdder inMessages = new LongAdder();
    final LongAdder inBytes = new LongAdder();
    final LongAdder outMessages = new LongAdder();
    final LongAdder outBytes = new LongAdder();
    final LongAdder slowConsumers = new LongAdder();
    /** Of the slow consumers, those that were routes. */
    final LongAdder slowRoutes = new LongAdder();
    /** Lookups in the subscription index. */
    final LongAdder matches = new LongAdder();

    /** Clients that have gone. */
    public final ClosedClients closed = new ClosedClients();

    final WriteWatchdog watchdog;
    /** For the pending output of all connections. */
    public final PendingBudget pendingBudget = new PendingBudget();
    /** Starts the threads of pings and timeouts, and runs the watchdog; nothing on it may block. */
    private final ScheduledThreadPoolExecutor timer;
    /** The watchdog's looks, and the time between them. Written by the start and by a reload. */
    private Future<?> sweeps;
    private Duration sweepPause;

    /** Bounds on what clients may use. */
    public volatile ServerOptions.Limits limits;
    /** Who may connect. */
    public volatile ClientAuth auth = ClientAuth.NONE;
    /** TLS for clients; null if there is none. */
    public volatile ClientTls tls;
    /** How clients come over WebSocket; null if there is no port for them. */
    public volatile ClientWebSocket webSocket;
    /** Whose traces are written. */
    volatile TraceFilter traceFilter;
    /** Null unless somebody wants to know the busiest subjects. */
    public volatile TopSubjects topSubjects;
    /** What INFO says to the next client. */
    public volatile ServerInfo info;
    /** Where clients may turn to instead, for INFO. Written by the cluster. */
    public volatile List<String> connectUrls = List.of();
    /** The subscriptions that other servers are told of. */
    final Set<SidTable> announced = ConcurrentHashMap.newKeySet();
    /** Who is told of the subscriptions of clients; swapped when a route comes or goes. */
    public volatile Interest interest = Interest.NONE;
    /** Set when the server stops: whoever is accepted from then on is turned away. */
    private volatile boolean stopping;
    /** Set when the server leaves or stops: no more clients are taken. */
    private volatile boolean turningAway;

    public ServerState(Log log, ServerOptions options) {
        this.log = log;
        threads = new Threads(log);
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
        traceFilter = new TraceFilter(options.log());
        if (options.monitor().topSubjects() != (topSubjects != null))
            topSubjects = options.monitor().topSubjects() ? new TopSubjects() : null;
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

    /** The timer itself, for those who keep time on their own. */
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

    /** Nobody else would start it: where there is no memory for the thread now, there may be later. */
    private void startDue(Runnable task) {
        if (!threads.start("due", task) && !timer.isShutdown())
            threads.run(null, "timer", () -> timer.schedule(() -> startDue(task), RETRY.toNanos(), TimeUnit.NANOSECONDS));
    }

    void began(Connection connection) {
        running.add(connection);
        if (EventRecording.isPossible())
            ConnectionOpenedEvent.commit(connection.label());
        if (stopping)
            connection.kill(CloseReason.SERVER_SHUTDOWN);
    }

    /** Every connection whose reader runs. */
    Iterable<Connection> running() {
        return running;
    }

    void ended(Connection connection) {
        running.remove(connection);
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

    /**
     * Closes every connection and gives them a while to write what waits. Those that need longer are killed, and those
     * whose peer takes nothing for a second even before.
     */
    public void closeAll(Duration patience) throws InterruptedException {
        long begun = System.nanoTime();
        for (Connection connection : running)
            if (!threads.start(connection, "close", () -> connection.close(CloseReason.SERVER_SHUTDOWN, "")))
                connection.kill(CloseReason.SERVER_SHUTDOWN);
        while (!awaitEnded(STOP_SWEEP)) {
            long now = System.nanoTime();
            boolean late = now - begun > patience.toNanos();
            for (Connection connection : running)
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

    long nextId() {
        return lastId.incrementAndGet();
    }

    /** Takes a place for a client and registers it; false if there is none. */
    boolean admit(Client client) {
        int limit = limits.maxConnections();
        int taken = admitted.incrementAndGet();
        if (turningAway || limit > 0 && taken > limit) {
            admitted.decrementAndGet();
            return false;
        }
        clients.put(client.id(), client);
        return true;
    }

    void dismiss(Client client) {
        if (clients.remove(client.id()) != null)
            admitted.decrementAndGet();
    }

    /** Closes as many clients, any of them, as are more than {@code max_connections} now allows. */
    public int closeExcess() {
        int limit = limits.maxConnections(), excess = limit > 0 ? admitted.get() - limit : 0, closed = 0;
        List<Client> victims = new ArrayList<>(clients.values());
        Collections.shuffle(victims);
        for (Client client : victims) {
            if (closed >= excess)
                break;
            closed++;
            client.refuse();
        }
        return closed;
    }

    /**
     * Holds every client against who may connect now, each on a thread of its own: one whose password takes a while to
     * check keeps nobody waiting.
     */
    public void recheckClients() {
        for (Client client : clients.values())
            if (!threads.start(client, client.threadName("recheck"), client::recheckOrEnd))
                client.kill(CloseReason.SERVER_SHUTDOWN);
    }

    /** Sees to it that everybody in {@link #interest} has been told of all subscriptions. */
    public void announce() {
        for (SidTable table : announced)
            table.catchUp();
        interest.flush();
    }

    public Iterable<Client> clients() {
        return clients.values();
    }

    public Client client(long id) {
        return clients.get(id);
    }

    public int clientCount() {
        return admitted.get();
    }

    /** From now on nobody is admitted. */
    public void stopAdmitting() {
        turningAway = true;
        stopping = true;
    }

    /** From now on no client is admitted; other servers still are. */
    public void stopAdmittingClients() {
        turningAway = true;
    }

    boolean isTurningClientsAway() {
        return turningAway;
    }

    public void stopTimer() {
        timer.shutdownNow();
    }

    /** Totals for monitoring, over all connections ever. */
    public record Totals(long connections, long inMessages, long inBytes, long outMessages, long outBytes,
            long slowConsumers, long slowRoutes, long matches) {
    }

    public Totals totals() {
        return new Totals(totalConnections.sum(), inMessages.sum(), inBytes.sum(), outMessages.sum(), outBytes.sum(),
                slowConsumers.sum(), slowRoutes.sum(), matches.sum());
    }
}
