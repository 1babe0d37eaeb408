package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Flight Recorder: a connection is cut off because it does not read. Threads: made and committed by one. */
@Name("jnatsd.SlowConsumer")
@Label("Slow Consumer")
@Category("jnatsd")
@StackTrace(false)
public final class SlowConsumerEvent extends Event {
    @Label("Connection")
    private String connection;
    @Label("Reason")
    private String reason;
    @Label("Client Name")
    private String clientName;
    @Label("User")
    private String user;
    @Label("Subject")
    private String subject;
    @Label("Pending Bytes")
    @DataAmount
    private long pendingBytes;

    private SlowConsumerEvent() {
    }

    static void commit(Connection connection, CloseReason reason, ClientView.Backlog backlog) {
        SlowConsumerEvent event = new SlowConsumerEvent();
        if (!event.shouldCommit())
            return;
        event.connection = connection.label();
        event.reason = reason.toString();
        event.clientName = connection.clientName();
        event.user = connection.user();
        event.subject = backlog.subject();
        event.pendingBytes = backlog.pending();
        event.commit();
    }
}
