package io.jnatsd.cluster;

import io.jnatsd.connection.ServerState;
import io.jnatsd.subject.Interest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The routes of this server by the id of the other server, one for each, and the set of routes that are informed of
 * subscriptions.
 *
 * <p>Two servers that dial each other at the same time have two connections for a short time. gnatsd 1.0 keeps the one
 * on which it hears first, so each server may close the connection that the other one keeps. Here both servers choose
 * the same one: the one that the server with the lower id has dialled. If both servers support it, the chosen
 * connection takes over at once. The sender says on it which connection it continues, and says on the other one that
 * nothing more is sent. The receiver reads the other connection to its end before it continues with the chosen one.
 * With a gnatsd the second connection stays open as a spare for a short time: gnatsd closes one of the two by its own
 * rule, and the remaining one is used.
 *
 * <p>Threads: any thread. {@code lock} guards all fields; it may be held while the {@link Interest} of the server is
 * replaced.
 */
final class RouteTable {
    /** The result of registering a connection whose server is known. */
    enum Arrival {
        /** The first connection to that server. */
        FIRST,
        /** Preferred to the present connection, which becomes the spare. */
        BETTER,
        /** Not preferred to the present connection; becomes the spare. */
        SPARE,
        /** Preferred to the present connection, which is handed over to this one. */
        REPLACES,
        /** Not preferred to the present connection; is handed over to it. */
        REPLACED,
        /** A third connection, which is not needed. */
        SURPLUS,
        /** The connection is already registered. */
        AGAIN,
        /** The server is stopping, or the connection is closed. */
        TOO_LATE
    }

    /** The time that a connection waits for its predecessor to end, or for its successor to be known. */
    private static final long HAND_OVER_NANOS = 2_000_000_000;
    private static final int REMEMBERED = 64;

    private final String ownId;
    private final ServerState server;
    private final DepartedMembers departed;
    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when there is no route to a server any more. */
    private final Condition gone = lock.newCondition();
    /** Signalled when a route is replaced or has ended. */
    private final Condition changed = lock.newCondition();
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Map<String, Route> spares = new LinkedHashMap<>();
    /** The open routes that are or were in {@link #routes}, which are informed of subscriptions. */
    private final List<Route> informed = new ArrayList<>();
    /** Routes that were replaced and are still being read. */
    private final List<Route> retiring = new ArrayList<>();
    /** The routes that ended last. */
    private final Set<Ended> ended = new LinkedHashSet<>();
    private boolean stopped;

    private record Ended(String remoteId, long peerRid) {
    }

    RouteTable(String ownId, ServerState server, DepartedMembers departed) {
        this.ownId = ownId;
        this.server = server;
        this.departed = departed;
    }

    Arrival arrive(Route route) {
        lock.lock();
        try {
            String id = route.remoteId();
            Route present = routes.get(id);
            if (stopped || route.closeReason() != null)
                return Arrival.TOO_LATE;
            if (present == route || spares.get(id) == route || retiring.contains(route))
                return Arrival.AGAIN;
            if (present == null) {
                enter(id, route);
                return Arrival.FIRST;
            }
            if (present.handsOver() && route.handsOver())
                return replace(id, present, route);
            if (spares.containsKey(id))
                return Arrival.SURPLUS;
            boolean better = isBetter(route, present);
            spares.put(id, better ? present : route);
            if (better)
                enter(id, route);
            return better ? Arrival.BETTER : Arrival.SPARE;
        } finally {
            lock.unlock();
        }
    }

    private Arrival replace(String id, Route present, Route route) {
        assert lock.isHeldByCurrentThread();
        boolean better = route.isDialled() == present.isDialled() ? isNewer(route, present) : isBetter(route, present);
        Route loser = better ? present : route, winner = better ? route : present;
        if (better)
            // Must be the first line of this connection, before subscriptions and messages.
            route.continueAfter(present);
        loser.yieldTo(winner);
        retiring.add(loser);
        changed.signalAll();
        if (!better)
            return Arrival.REPLACED;
        informed.remove(present);
        enter(id, route);
        return Arrival.REPLACES;
    }

    /**
     * Compares the rids of the server that has dialled both: it has lost the older connection, or both are equally
     * good.
     */
    private static boolean isNewer(Route route, Route present) {
        return route.isDialled() ? route.id() > present.id() : route.peerRid() > present.peerRid();
    }

    private boolean isBetter(Route route, Route present) {
        boolean weDial = ownId.compareTo(present.remoteId()) < 0;
        return route.isDialled() != present.isDialled() && route.isDialled() == weDial;
    }

    private void enter(String id, Route route) {
        assert lock.isHeldByCurrentThread();
        routes.put(id, route);
        if (informed.contains(route))
            return;
        informed.add(route);
        server.subjects.interest(RouteInterest.of(informed, departed));
    }

    /**
     * Removes a route that has ended.
     *
     * @return the spare connection that becomes the route, or null
     */
    Route leave(Route route) {
        lock.lock();
        try {
            String id = route.remoteId();
            if (informed.remove(route))
                server.subjects.interest(RouteInterest.of(informed, departed));
            if (retiring.remove(route) || spares.remove(id, route) || !routes.remove(id, route))
                return null;
            Route spare = spares.remove(id);
            if (spare != null && !stopped && spare.closeReason() == null) {
                enter(id, spare);
                return spare;
            }
            gone.signalAll();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the route to a server, or null. */
    Route get(String id) {
        lock.lock();
        try {
            return routes.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the other connection to a server, or null. */
    Route spare(String id) {
        lock.lock();
        try {
            return spares.getOrDefault(id, retiring.stream().filter(r -> r.remoteId().equals(id)).findAny().orElse(null));
        } finally {
            lock.unlock();
        }
    }

    /** Returns the routes that were replaced and are still being read. */
    List<Route> retiring() {
        lock.lock();
        try {
            return new ArrayList<>(retiring);
        } finally {
            lock.unlock();
        }
    }

    /** Records that everything a route has received is delivered, and its subscriptions belong to its successor. */
    void ended(Route route) {
        lock.lock();
        try {
            if (route.peerRid() == 0)
                return;
            ended.add(new Ended(route.remoteId(), route.peerRid()));
            if (ended.size() > REMEMBERED)
                ended.remove(ended.iterator().next());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the connection with the other server's number {@code peerRid} has been read to its end. */
    void awaitEnded(Route route, long peerRid) {
        Ended before = new Ended(route.remoteId(), peerRid);
        await(() -> route.closeReason() != null || ended.contains(before));
    }

    /** Waits until another connection to the same server has replaced this one. */
    void awaitSuccessor(Route route) {
        await(() -> route.closeReason() != null || route.successor() != null);
    }

    private void await(BooleanSupplier condition) {
        long left = HAND_OVER_NANOS;
        lock.lock();
        try {
            while (left > 0 && !stopped && !condition.getAsBoolean())
                left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    List<Route> all() {
        lock.lock();
        try {
            return new ArrayList<>(routes.values());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is no route to a server, or until {@link #wake} is called and the waiting dialer is stopped.
     */
    void awaitGone(String id, RouteDialer waiting) throws InterruptedException {
        lock.lock();
        try {
            while (routes.containsKey(id) && !waiting.isStopped())
                gone.await();
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            gone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no more routes. Routes that are open are removed as they end. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
