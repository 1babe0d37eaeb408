package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a limit kept a message out of a stream. Threads: created and committed by one thread. */
@Name("jnatsd.PublishRefused")
@Label("Publish Refused")
@Category("jnatsd")
@StackTrace(false)
public final class PublishRefusedEvent extends Event {
    @Label("Stream")
    private final String stream;
    @Label("Subject")
    private final String subject;
    @Label("Reason")
    private final String reason;

    private PublishRefusedEvent(String stream, String subject, String reason) {
        this.stream = stream;
        this.subject = subject;
        this.reason = reason;
    }

    /**
     * Commits the event.
     *
     * @param subject empty if the message was refused before it was read
     * @param reason the text that the publisher gets
     */
    public static void commit(String stream, String subject, String reason) {
        new PublishRefusedEvent(stream, subject, reason).commit();
    }
}
