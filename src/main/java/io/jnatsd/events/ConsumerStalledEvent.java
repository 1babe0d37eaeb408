package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * Flight Recorder event: a consumer has delivered as many messages as may be unacknowledged, and no acknowledgement comes.
 * Threads: created and committed by one thread.
 */
@Name("jnatsd.ConsumerStalled")
@Label("Consumer Stalled")
@Category("jnatsd")
@StackTrace(false)
public final class ConsumerStalledEvent extends Event {
    @Label("Stream")
    private final String stream;
    @Label("Consumer")
    private final String consumer;
    @Label("Unacknowledged")
    private final long unacknowledged;
    @Label("Pending")
    private final long pending;

    private ConsumerStalledEvent(String stream, String consumer, long unacknowledged, long pending) {
        this.stream = stream;
        this.consumer = consumer;
        this.unacknowledged = unacknowledged;
        this.pending = pending;
    }

    /** @param pending the messages that wait for delivery */
    public static void commit(String stream, String consumer, long unacknowledged, long pending) {
        new ConsumerStalledEvent(stream, consumer, unacknowledged, pending).commit();
    }
}
