package io.jnatsd.core;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For Flight Recorder: somebody's credentials were refused. Threads: made and committed by one. */
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

    /** If that is why a connection has ended. */
    static void commitFor(Connection ended) {
        CloseReason why = ended.closeReason();
        if (why == CloseReason.AUTHENTICATION_FAILURE || why == CloseReason.AUTHENTICATION_TIMEOUT)
            commit(ended.label(), ended.user(), why.toString());
    }

    /**
     * Somebody has failed to log in.
     *
     * @param connection its label, or the address of a visitor to the monitor
     * @param user who it said it was, empty if it said nothing; never a token
     */
    public static void commit(String connection, String user, String reason) {
        new AuthFailureEvent(connection, user, reason).commit();
    }
}
