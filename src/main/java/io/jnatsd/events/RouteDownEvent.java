package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a route to another server has ended. Threads: created and committed by one thread. */
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

    /**
     * Commits the event.
     *
     * @param connection the label of the route's connection
     * @param remoteId the id of the other server, empty if it is not known yet
     */
    public static void commit(String connection, String remoteId, String reason) {
        new RouteDownEvent(connection, remoteId, reason).commit();
    }
}
