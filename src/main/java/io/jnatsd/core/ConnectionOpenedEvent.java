package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Flight Recorder: a client or route has been accepted or dialled. Threads: made and committed by one. */
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

    static void commit(Connection connection) {
        new ConnectionOpenedEvent(connection.label()).commit();
    }
}
