package io.jnatsd.fault;

import io.jnatsd.cluster.Route;
import java.util.function.Predicate;

/** Routes to some servers, or to all, are cut, and cut again when they are restored. Threads: any thread. */
public final class RouteFault extends InjectedFault {
    /** Null for all servers. */
    private final Predicate<String> serverId;

    /** @param serverId selects servers by their id; null for all servers */
    public RouteFault(Predicate<String> serverId) {
        super(0);
        this.serverId = serverId;
    }

    boolean isForAll() {
        return serverId == null;
    }

    /** Returns whether the route is cut. The server of a new route is not known yet. */
    boolean cuts(Route route) {
        return isForAll() || !route.remoteId().isEmpty() && serverId.test(route.remoteId());
    }
}
