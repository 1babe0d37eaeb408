package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Flight Recorder event: a client connection has ended. Threads: created and committed by one thread. */
@Name("jnatsd.ConnectionClosed")
@Label("Connection Closed")
@Category("jnatsd")
@StackTrace(false)
public final class ConnectionClosedEvent extends Event {
    @Label("Connection")
    private final String connection;
    @Label("Reason")
    private final String reason;
    @Label("Client Name")
    private String clientName;
    @Label("User")
    private String user;
    @Label("Connected For")
    @Timespan(Timespan.MILLISECONDS)
    private final long connectedFor;
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

    /**
     * Creates the event when the connection ends.
     *
     * @param connection the label of the connection
     * @param millis how long it was connected
     */
    public ConnectionClosedEvent(String connection, String reason, long millis) {
        this.connection = connection;
        this.reason = reason;
        this.connectedFor = millis;
    }

    /** Sets the names that the client gave in CONNECT; empty for those that it did not give. */
    public ConnectionClosedEvent peer(String name, String userName) {
        clientName = name;
        user = userName;
        return this;
    }

    /** Sets the messages and payload bytes from the client. */
    public ConnectionClosedEvent in(long messages, long bytes) {
        inMessages = messages;
        inBytes = bytes;
        return this;
    }

    /** Sets the messages and payload bytes to the client. */
    public ConnectionClosedEvent out(long messages, long bytes) {
        outMessages = messages;
        outBytes = bytes;
        return this;
    }
}
