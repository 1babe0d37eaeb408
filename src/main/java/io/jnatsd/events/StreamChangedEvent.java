package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a stream of JetStream was created or deleted. Threads: created and committed by one thread. */
@Name("jnatsd.StreamChanged")
@Label("Stream Changed")
@Category("jnatsd")
@StackTrace(false)
public final class StreamChangedEvent extends Event {
    @Label("Stream")
    private final String stream;
    @Label("Action")
    private final String action;

    private StreamChangedEvent(String stream, String action) {
        this.stream = stream;
        this.action = action;
    }

    /** @param action {@code created} or {@code deleted} */
    public static void commit(String stream, String action) {
        new StreamChangedEvent(stream, action).commit();
    }
}
