package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a connection is closed as a slow consumer. Threads: created and committed by one thread. */
@Name("jnatsd.SlowConsumer")
@Label("Slow Consumer")
@Category("jnatsd")
@StackTrace(false)
public final class SlowConsumerEvent extends Event {
    @Label("Connection")
    private final String connection;
    @Label("Reason")
    private final String reason;
    @Label("Client Name")
    private String clientName;
    @Label("User")
    private String user;
    @Label("Subject")
    private String subject;
    @Label("Pending Bytes")
    @DataAmount
    private long pendingBytes;

    /** @param connection the label of the connection */
    public SlowConsumerEvent(String connection, String reason) {
        this.connection = connection;
        this.reason = reason;
    }

    /** Sets the names that the peer gave in CONNECT; empty for those that it did not give. */
    public SlowConsumerEvent peer(String name, String userName) {
        clientName = name;
        user = userName;
        return this;
    }

    /**
     * Sets the pending data.
     *
     * @param busiest the subject of its subscription with the most messages, empty if it has none
     */
    public SlowConsumerEvent backlog(String busiest, long bytes) {
        subject = busiest;
        pendingBytes = bytes;
        return this;
    }
}
