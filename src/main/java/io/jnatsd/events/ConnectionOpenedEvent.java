package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a client or route connection has been accepted or dialled. Threads: created and committed by one thread. */
@Name("jnatsd.ConnectionOpened")
@Label("Connection Opened")
@Category("jnatsd")
@StackTrace(false)
public final class ConnectionOpenedEvent extends Event {
    @Label("Connection")
    private final String connection;

    private ConnectionOpenedEvent(String connection) {
        this.connection = connection;
    }

    /** @param connection the label of the connection */
    public static void commit(String connection) {
        new ConnectionOpenedEvent(connection).commit();
    }
}
