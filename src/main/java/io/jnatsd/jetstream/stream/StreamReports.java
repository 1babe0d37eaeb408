package io.jnatsd.jetstream.stream;

import io.jnatsd.events.ConsumerChangedEvent;
import io.jnatsd.events.ConsumerStalledEvent;
import io.jnatsd.events.EventRecording;
import io.jnatsd.events.MaxDeliveriesEvent;
import io.jnatsd.events.MemoryLimitEvent;
import io.jnatsd.events.PublishRefusedEvent;
import io.jnatsd.events.StreamChangedEvent;
import io.jnatsd.jetstream.consumer.Consumer;
import io.jnatsd.jetstream.consumer.ConsumerEvent;
import io.jnatsd.protocol.Arguments;
import io.jnatsd.text.Quoted;

/**
 * What operators are told about a stream: Flight Recorder events, and log lines of what is wrong, one of each kind a
 * minute at most. Threads: the actor of the stream; {@link #created} the thread that starts it.
 */
final class StreamReports {
    private final Environment environment;
    private final String stream;
    private final Repeats refusals = new Repeats();
    private final Repeats stalls = new Repeats();

    /** @param stream the name as in the protocol */
    StreamReports(Environment environment, String stream) {
        this.environment = environment;
        this.stream = Arguments.text(stream);
    }

    void created() {
        if (EventRecording.isPossible())
            StreamChangedEvent.commit(stream, "created");
    }

    void deleted() {
        if (EventRecording.isPossible())
            StreamChangedEvent.commit(stream, "deleted");
    }

    void created(Consumer consumer) {
        if (EventRecording.isPossible())
            ConsumerChangedEvent.commit(stream, name(consumer), "created");
    }

    void deleted(Consumer consumer) {
        if (EventRecording.isPossible())
            ConsumerChangedEvent.commit(stream, name(consumer), "deleted");
    }

    private static String name(Consumer consumer) {
        return Arguments.text(consumer.config().name());
    }

    /**
     * A limit kept messages out of the stream.
     *
     * @param subject empty if it is not known
     */
    void refused(long messages, String subject, String reason) {
        if (EventRecording.isPossible())
            PublishRefusedEvent.commit(stream, Arguments.text(subject), reason);
        long count = refusals.count(messages, environment.clock().nanos());
        if (count > 0)
            environment.log().warn("Stream " + Quoted.of(stream) + " refused "
                    + (count == 1 ? "a message: " : count + " messages since the last such line: ") + reason);
    }

    /** @param size of a message that was refused because of the memory of all streams, in bytes */
    void memoryFull(long size) {
        MemoryLimit memory = environment.memory();
        if (!memory.isFirstRefusal())
            return;
        environment.log().warn("JetStream has no memory for a message of " + size + " bytes: " + memory.used() + " of "
                + memory.most() + " bytes are in use");
        if (EventRecording.isPossible())
            MemoryLimitEvent.commit(memory.used(), memory.most());
    }

    void maxDeliveries(ConsumerEvent.MaxDeliveries event) {
        if (EventRecording.isPossible())
            MaxDeliveriesEvent.commit(stream, Arguments.text(event.consumer()), event.streamSequence(), event.deliveries());
    }

    /** No acknowledgement has come for a long time while the limit of unacknowledged messages holds messages back. */
    void stalled(Consumer consumer) {
        if (EventRecording.isPossible())
            ConsumerStalledEvent.commit(stream, name(consumer), consumer.unacknowledged(), consumer.undelivered());
        long count = stalls.count(1, environment.clock().nanos());
        if (count > 0)
            environment.log().warn("Consumer " + Quoted.of(name(consumer)) + " of stream " + Quoted.of(stream) + " waits for acknowledgements: "
                    + consumer.unacknowledged() + " messages are not acknowledged, max_ack_pending allows no more, and "
                    + consumer.undelivered() + " messages wait"
                    + (count == 1 ? "" : " (" + count + " such reports of this stream since the last line)"));
    }
}
