package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a login was refused. Threads: created and committed by one thread. */
@Name("jnatsd.AuthFailure")
@Label("Authentication Failure")
@Category("jnatsd")
@StackTrace(false)
public final class AuthFailureEvent extends Event {
    @Label("Connection")
    private final String connection;
    @Label("User")
    private final String user;
    @Label("Reason")
    private final String reason;

    private AuthFailureEvent(String connection, String user, String reason) {
        this.connection = connection;
        this.user = user;
        this.reason = reason;
    }

    /**
     * Commits the event.
     *
     * @param connection the label of the connection, or the address of a request to the monitoring port
     * @param user the user name that the peer gave, empty if none; never a token
     */
    public static void commit(String connection, String user, String reason) {
        new AuthFailureEvent(connection, user, reason).commit();
    }
}
