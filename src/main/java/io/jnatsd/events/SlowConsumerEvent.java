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

    /** What the peer says that it is; empty texts for what is not known. */
    public SlowConsumerEvent peer(String name, String userName) {
        clientName = name;
        user = userName;
        return this;
    }

    /**
     * What was pending.
     *
     * @param busiest the subject of its subscription that had been sent most messages, empty if there is none
     */
    public SlowConsumerEvent backlog(String busiest, long bytes) {
        subject = busiest;
        pendingBytes = bytes;
        return this;
    }
}
