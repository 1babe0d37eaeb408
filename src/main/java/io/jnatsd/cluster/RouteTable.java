package io.jnatsd.cluster;

import io.jnatsd.core.ServerState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The routes of this server by the server at the other end, one for each, and who is told of subscriptions.
 *
 * <p>Two servers that dial each other at the same time have two connections for a while. gnatsd keeps the one that it
 * hears from first, so that each server may close the one that the other keeps. Here both servers choose the same one,
 * the one that the server with the lower id dialled, and the other stays open for a moment as a spare: a gnatsd closes
 * one of the two by its own rule, and what it leaves is then the route.
 *
 * <p>Threads: anybody's. {@code lock} guards everything; it may be held while {@link ServerState#interest} is swapped.
 */
final class RouteTable {
    /** What a route is when it has said who it is. */
    enum Arrival {
        /** The only one to that server. */
        FIRST,
        /** Better than the one that was there, which is the spare now. */
        BETTER,
        /** Not as good as the one that is there. */
        SPARE,
        /** One more than can be of use. */
        SURPLUS,
        /** It is there already. */
        AGAIN,
        /** The server is stopping. */
        TOO_LATE
    }

    private final String ownId;
    private final ServerState server;
    private final DepartedMembers departed;
    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when no route is left to some server. */
    private final Condition gone = lock.newCondition();
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Map<String, Route> spares = new LinkedHashMap<>();
    /** Everybody that is or was in {@link #routes} and is still open: they are told of subscriptions. */
    private final List<Route> told = new ArrayList<>();
    private boolean stopped;

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
            if (present == route || spares.get(id) == route)
                return Arrival.AGAIN;
            if (present == null) {
                enter(id, route);
                return Arrival.FIRST;
            }
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

    private boolean isBetter(Route route, Route present) {
        boolean weDial = ownId.compareTo(present.remoteId()) < 0;
        return route.isDialled() != present.isDialled() && route.isDialled() == weDial;
    }

    private void enter(String id, Route route) {
        assert lock.isHeldByCurrentThread();
        routes.put(id, route);
        if (told.contains(route))
            return;
        told.add(route);
        server.interest = RouteInterest.of(told, departed);
    }

    /**
     * A route has ended.
     *
     * @return the spare that is the route from now on, or null
     */
    Route leave(Route route) {
        lock.lock();
        try {
            String id = route.remoteId();
            if (told.remove(route))
                server.interest = RouteInterest.of(told, departed);
            if (spares.remove(id, route) || !routes.remove(id, route))
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

    /** The route to a server; null if there is none. */
    Route get(String id) {
        lock.lock();
        try {
            return routes.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** The other connection to a server; null if there is none. */
    Route spare(String id) {
        lock.lock();
        try {
            return spares.get(id);
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

    /** Waits until there is no route to a server, or until {@link #wake} finds the waiting dialler stopped. */
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

    /** Takes no more routes; those that are there leave as they end. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
        } finally {
            lock.unlock();
        }
    }
}
