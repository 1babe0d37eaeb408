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
 * The routes of this server by the server at the other end, one for each, and who is told of subscriptions.
 *
 * <p>Two servers that dial each other at the same time have two connections for a while. gnatsd keeps the one that it
 * hears from first, so that each server may close the one that the other keeps. Here both servers choose the same one,
 * the one that the server with the lower id dialled. Between two servers of this kind it takes over at once: the sender
 * says on it which connection it continues, and says on the other one that nothing more comes; the receiver reads the
 * other one to its end before it reads on here. With a gnatsd the other one stays open for a moment as a spare: a gnatsd
 * closes one of the two by its own rule, and what it leaves is then the route.
 *
 * <p>Threads: any thread. {@code lock} guards everything; it may be held while the {@link Interest} of the server is replaced.
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
        /** Better than the one that was there, which is handed over to it. */
        REPLACES,
        /** Not as good as the one that is there, and handed over to it. */
        REPLACED,
        /** One more than can be of use. */
        SURPLUS,
        /** It is there already. */
        AGAIN,
        /** The server is stopping. */
        TOO_LATE
    }

    /** So long a connection waits for the one before it, or for the one after it. */
    private static final long HAND_OVER_NANOS = 2_000_000_000;
    private static final int REMEMBERED = 64;

    private final String ownId;
    private final ServerState server;
    private final DepartedMembers departed;
    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when no route is left to some server. */
    private final Condition gone = lock.newCondition();
    /** Signalled when a route is replaced or has ended. */
    private final Condition changed = lock.newCondition();
    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Map<String, Route> spares = new LinkedHashMap<>();
    /** Everybody that is or was in {@link #routes} and is still open: they are told of subscriptions. */
    private final List<Route> told = new ArrayList<>();
    /** Those that another one has replaced, and that are still being read. */
    private final List<Route> retiring = new ArrayList<>();
    /** The last ones that have ended. */
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
            // Before it is told of any subscription, or sent any message.
            route.continueAfter(present);
        loser.yieldTo(winner);
        retiring.add(loser);
        changed.signalAll();
        if (!better)
            return Arrival.REPLACED;
        told.remove(present);
        enter(id, route);
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

    private void enter(String id, Route route) {
        assert lock.isHeldByCurrentThread();
        routes.put(id, route);
        if (told.contains(route))
            return;
        told.add(route);
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
            String id = route.remoteId();
            if (told.remove(route))
                server.subjects.interest(RouteInterest.of(told, departed));
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
            return spares.getOrDefault(id, retiring.stream().filter(r -> r.remoteId().equals(id)).findAny().orElse(null));
        } finally {
            lock.unlock();
        }
    }

    /** Those that another one has replaced. */
    List<Route> retiring() {
        lock.lock();
        try {
            return new ArrayList<>(retiring);
        } finally {
            lock.unlock();
        }
    }

    /** Everything that a route has brought is delivered, and its subscriptions belong to its successor. */
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

    /** Waits until the connection that a route continues, by the other server's count, has been read to its end. */
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
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
