package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Flight Recorder: a route to another server has ended. Threads: made and committed by one. */
@Name("jnatsd.RouteDown")
@Label("Route Down")
@Category("jnatsd")
@StackTrace(false)
public final class RouteDownEvent extends Event {
    @Label("Connection")
    private final String connection;
    @Label("Remote Server")
    private final String remoteId;
    @Label("Reason")
    private final String reason;

    private RouteDownEvent(String connection, String remoteId, String reason) {
        this.connection = connection;
        this.remoteId = remoteId;
        this.reason = reason;
    }

    public static void commit(Connection route, String remoteId) {
        new RouteDownEvent(route.label(), remoteId, String.valueOf(route.closeReason())).commit();
    }
}
