package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * Flight Recorder event: a message was delivered as often as allowed, and not acknowledged. Threads: created and committed
 * by one thread.
 */
@Name("jnatsd.MaxDeliveries")
@Label("Max Deliveries")
@Category("jnatsd")
@StackTrace(false)
public final class MaxDeliveriesEvent extends Event {
    @Label("Stream")
    private final String stream;
    @Label("Consumer")
    private final String consumer;
    @Label("Stream Sequence")
    private final long sequence;
    @Label("Deliveries")
    private final int deliveries;

    private MaxDeliveriesEvent(String stream, String consumer, long sequence, int deliveries) {
        this.stream = stream;
        this.consumer = consumer;
        this.sequence = sequence;
        this.deliveries = deliveries;
    }

    /** Commits the event. */
    public static void commit(String stream, String consumer, long sequence, int deliveries) {
        new MaxDeliveriesEvent(stream, consumer, sequence, deliveries).commit();
    }
}
