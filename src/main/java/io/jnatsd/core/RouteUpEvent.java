package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Flight Recorder: a route to another server is established. Threads: made and committed by one. */
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

    public static void commit(Connection route, String remoteId, boolean solicited) {
        new RouteUpEvent(route.label(), remoteId, solicited).commit();
    }
}
