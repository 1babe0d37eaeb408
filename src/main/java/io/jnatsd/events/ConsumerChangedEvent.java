package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: a consumer of a stream was created or deleted. Threads: created and committed by one thread. */
@Name("jnatsd.ConsumerChanged")
@Label("Consumer Changed")
@Category("jnatsd")
@StackTrace(false)
public final class ConsumerChangedEvent extends Event {
    @Label("Stream")
    private final String stream;
    @Label("Consumer")
    private final String consumer;
    @Label("Action")
    private final String action;

    private ConsumerChangedEvent(String stream, String consumer, String action) {
        this.stream = stream;
        this.consumer = consumer;
        this.action = action;
    }

    /** @param action {@code created} or {@code deleted} */
    public static void commit(String stream, String consumer, String action) {
        new ConsumerChangedEvent(stream, consumer, action).commit();
    }
}
