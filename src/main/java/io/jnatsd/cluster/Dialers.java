package io.jnatsd.cluster;

import io.jnatsd.config.RouteUrl;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.log.Log;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The servers that are dialled: those of the configuration, and those that are known from gossip. Threads: any thread;
 * {@code lock} guards the maps.
 */
final class Dialers {
    private final Cluster cluster;
    private final Log log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<URI, RouteDialer> explicit = new LinkedHashMap<>();
    /** By address. */
    private final Map<String, RouteDialer> implicit = new HashMap<>();
    private boolean stopped;

    Dialers(Cluster cluster) {
        this.cluster = cluster;
        this.log = cluster.server().log;
    }

    /** Dials servers that are new in the configuration, and stops dialling those that are no longer in it. */
    void configure(List<URI> routes) {
        Map<URI, RouteDialer> removed;
        List<RouteDialer> added = new ArrayList<>();
        lock.lock();
        try {
            if (stopped)
                return;
            removed = new LinkedHashMap<>(explicit);
            removed.keySet().removeAll(routes);
            explicit.keySet().retainAll(routes);
            for (URI route : routes)
                if (!explicit.containsKey(route))
                    added.add(add(route));
        } finally {
            lock.unlock();
        }
        for (RouteDialer dialer : removed.values())
            if (dialer.stop(CloseReason.ROUTE_REMOVED))
                log.notice("Removed route " + dialer);
        added.forEach(RouteDialer::start);
    }

    private RouteDialer add(URI route) {
        try {
            RouteDialer dialer = new RouteDialer(cluster, RouteUrl.of(route), true);
            explicit.put(route, dialer);
            return dialer;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the options hold a route that is no URL", e);
        }
    }

    /** Dials a server that is known from gossip. */
    void dial(RouteUrl url) {
        RouteDialer dialer = new RouteDialer(cluster, url, false);
        lock.lock();
        try {
            if (stopped || isConfigured(dialer.address()))
                return;
            RouteDialer present = implicit.putIfAbsent(dialer.address(), dialer);
            if (present != null) {
                present.renew();
                return;
            }
        } finally {
            lock.unlock();
        }
        dialer.start();
    }

    /** Returns the dialers of configured servers, in the order of the configuration. */
    List<RouteDialer> configured() {
        lock.lock();
        try {
            return new ArrayList<>(explicit.values());
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the configuration contains this address, in the same spelling. */
    boolean isConfigured(String address) {
        lock.lock();
        try {
            return explicit.values().stream().anyMatch(dialer -> dialer.address().equals(address));
        } finally {
            lock.unlock();
        }
    }

    /** Removes a dialer that has ended. */
    void finished(RouteDialer dialer) {
        lock.lock();
        try {
            implicit.remove(dialer.address(), dialer);
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        List<RouteDialer> all;
        lock.lock();
        try {
            stopped = true;
            all = new ArrayList<>(explicit.values());
            all.addAll(implicit.values());
        } finally {
            lock.unlock();
        }
        for (RouteDialer dialer : all)
            dialer.stop(CloseReason.SERVER_SHUTDOWN);
    }
}
