package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** For Flight Recorder: a client has gone, and why. Threads: made and committed by one. */
@Name("jnatsd.ConnectionClosed")
@Label("Connection Closed")
@Category("jnatsd")
@StackTrace(false)
public final class ConnectionClosedEvent extends Event {
    @Label("Connection")
    private String connection;
    @Label("Reason")
    private String reason;
    @Label("Client Name")
    private String clientName;
    @Label("User")
    private String user;
    @Label("Connected For")
    @Timespan(Timespan.MILLISECONDS)
    private long connectedFor;
    @Label("Messages In")
    private long inMessages;
    @Label("Bytes In")
    @DataAmount
    private long inBytes;
    @Label("Messages Out")
    private long outMessages;
    @Label("Bytes Out")
    @DataAmount
    private long outBytes;

    private ConnectionClosedEvent() {
    }

    static void commit(Connection connection, ClientView last) {
        ConnectionClosedEvent event = new ConnectionClosedEvent();
        if (!event.shouldCommit())
            return;
        event.connection = connection.label();
        event.reason = last.end().reason().toString();
        event.clientName = last.identity().name();
        event.user = last.identity().user();
        event.connectedFor = last.end().stopped() - last.times().started();
        event.inMessages = last.traffic().inMessages();
        event.inBytes = last.traffic().inBytes();
        event.outMessages = last.traffic().outMessages();
        event.outBytes = last.traffic().outBytes();
        event.commit();
    }
}
