package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a route to another server is established. Threads: created and committed by one thread. */
@Name("jnatsd.RouteUp")
@Label("Route Up")
@Category("jnatsd")
@StackTrace(false)
public final class RouteUpEvent extends Event {
    @Label("Connection")
    private final String connection;
    @Label("Remote Server")
    private final String remoteId;
    @Label("Dialled by Us")
    private final boolean solicited;

    private RouteUpEvent(String connection, String remoteId, boolean solicited) {
        this.connection = connection;
        this.remoteId = remoteId;
        this.solicited = solicited;
    }

    /**
     * Commits the event.
     *
     * @param connection the label of the route's connection
     * @param solicited whether this server has dialled
     */
    public static void commit(String connection, String remoteId, boolean solicited) {
        new RouteUpEvent(connection, remoteId, solicited).commit();
    }
}
