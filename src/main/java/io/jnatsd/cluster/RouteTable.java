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
 * The routes of this server: the connections to other servers whose ids are known, and what each is used for.
 *
 * <p>Two servers that dial each other at the same time have two connections for a short time. gnatsd 1.0 keeps the one
 * on which it hears first, so each server may close the connection that the other one keeps. Here both servers choose
 * the same one: the one that the server with the lower id has dialled. If both servers support it, the chosen
 * connection takes over at once. The sender says on it which connection it continues, and says on the other one that
 * nothing more is sent. The receiver reads the other connection to its end before it continues with the chosen one.
 * With a gnatsd the second connection stays open as a spare for a short time: gnatsd closes one of the two by its own
 * rule, and the remaining one is used.
 *
 * <pre>
 *  id known, first connection ------------> IN_USE
 *  id known, present one is preferred ----> SPARE      (gnatsd)
 *  id known, present one is preferred ----> RETIRING   (both can hand over)
 *
 *  IN_USE --- another one is preferred ---> DISPLACED  (gnatsd)
 *  IN_USE --- another one takes over -----> RETIRING   (both can hand over)
 *  SPARE, DISPLACED --- the one in use has ended ---> IN_USE
 *
 *  any --- the connection has ended ------> removed
 * </pre>
 *
 * <p>Threads: any thread. {@code lock} guards all fields; it may be held while the {@link Interest} of the server is
 * replaced.
 */
final class RouteTable {
    /** What a connection to another server is used for. */
    private enum Standing {
        /** Messages and subscriptions are sent on it. One connection for each server. */
        IN_USE,
        /** It was in use until another one was preferred; it is still informed of subscriptions. */
        DISPLACED,
        /** A second connection, needed if the other server closes the one in use. */
        SPARE,
        /** Another connection continues it; it is only read to its end. */
        RETIRING
    }

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
    /** The open connections whose server is known, in the order of arrival. */
    private final Map<Route, Standing> standings = new LinkedHashMap<>();
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
            Route present = find(id, Standing.IN_USE);
            if (stopped || route.closeReason() != null)
                return Arrival.TOO_LATE;
            if (standings.containsKey(route))
                return Arrival.AGAIN;
            if (present == null) {
                use(route);
                return Arrival.FIRST;
            }
            if (present.handsOver() && route.handsOver())
                return replace(present, route);
            if (openSpare(id) != null)
                return Arrival.SURPLUS;
            if (!isBetter(route, present)) {
                standings.put(route, Standing.SPARE);
                return Arrival.SPARE;
            }
            standings.put(present, Standing.DISPLACED);
            use(route);
            return Arrival.BETTER;
        } finally {
            lock.unlock();
        }
    }

    private Arrival replace(Route present, Route route) {
        assert lock.isHeldByCurrentThread();
        boolean better = route.isDialled() == present.isDialled() ? isNewer(route, present) : isBetter(route, present);
        Route loser = better ? present : route, winner = better ? route : present;
        if (better)
            // Before it is told of any subscription, or sent any message.
            route.continueAfter(present);
        loser.yieldTo(winner);
        standings.put(loser, Standing.RETIRING);
        changed.signalAll();
        if (!better)
            return Arrival.REPLACED;
        use(route);
        return Arrival.REPLACES;
    }

    /** By the count of the server that dialled both: it has lost the first one, or this one is as good. */
    private static boolean isNewer(Route route, Route present) {
        return route.isDialled() ? route.id() > present.id() : route.peerRid() > present.peerRid();
    }

    private boolean isBetter(Route route, Route present) {
        boolean weDial = ownId.compareTo(present.remoteId()) < 0;
        return route.isDialled() != present.isDialled() && route.isDialled() == weDial;
    }

    private void use(Route route) {
        assert lock.isHeldByCurrentThread();
        standings.put(route, Standing.IN_USE);
        updateInterest();
    }

    private void updateInterest() {
        assert lock.isHeldByCurrentThread();
        List<Route> told = new ArrayList<>(all(Standing.IN_USE));
        told.addAll(all(Standing.DISPLACED));
        server.subjects.interest(RouteInterest.of(told, departed));
    }

    /**
     * A route has ended.
     *
     * @return the spare that is the route from now on, or null
     */
    Route leave(Route route) {
        lock.lock();
        try {
            Standing was = standings.remove(route);
            if (was == Standing.IN_USE || was == Standing.DISPLACED)
                updateInterest();
            if (was != Standing.IN_USE)
                return null;
            Route spare = openSpare(route.remoteId());
            if (spare != null && !stopped) {
                use(spare);
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
            return find(id, Standing.IN_USE);
        } finally {
            lock.unlock();
        }
    }

    /** Returns the other connection to a server, or null. */
    Route spare(String id) {
        lock.lock();
        try {
            Route spare = openSpare(id);
            return spare != null ? spare : find(id, Standing.RETIRING);
        } finally {
            lock.unlock();
        }
    }

    private Route openSpare(String id) {
        Route spare = find(id, Standing.SPARE), displaced = find(id, Standing.DISPLACED);
        return spare != null && spare.closeReason() == null ? spare
                : displaced != null && displaced.closeReason() == null ? displaced : null;
    }

    private Route find(String id, Standing standing) {
        assert lock.isHeldByCurrentThread();
        for (Map.Entry<Route, Standing> each : standings.entrySet())
            if (each.getValue() == standing && each.getKey().remoteId().equals(id))
                return each.getKey();
        return null;
    }

    private List<Route> all(Standing standing) {
        assert lock.isHeldByCurrentThread();
        List<Route> all = new ArrayList<>();
        standings.forEach((route, is) -> {
            if (is == standing)
                all.add(route);
        });
        return all;
    }

    /** Returns the routes that were replaced and are still being read. */
    List<Route> retiring() {
        lock.lock();
        try {
            return all(Standing.RETIRING);
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

    /** Returns the routes in use, one for each other server. */
    List<Route> all() {
        lock.lock();
        try {
            return all(Standing.IN_USE);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is no route to a server, or until {@link #wake} finds the waiting dialler stopped. */
    void awaitGone(String id, RouteDialer waiting) throws InterruptedException {
        lock.lock();
        try {
            while (find(id, Standing.IN_USE) != null && !waiting.isStopped())
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
