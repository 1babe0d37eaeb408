package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * Flight Recorder event: a request to the API of JetStream was answered with an error. Threads: created and committed by
 * one thread.
 */
@Name("jnatsd.JetStreamError")
@Label("JetStream Error")
@Category("jnatsd")
@StackTrace(false)
public final class JetStreamErrorEvent extends Event {
    @Label("Subject")
    private final String subject;
    @Label("Error Code")
    private final int code;
    @Label("Description")
    private final String description;

    private JetStreamErrorEvent(String subject, int code, String description) {
        this.subject = subject;
        this.code = code;
        this.description = description;
    }

    /** @param code the number that clients get as {@code err_code} */
    public static void commit(String subject, int code, String description) {
        new JetStreamErrorEvent(subject, code, description).commit();
    }
}
