package io.jnatsd.jetstream.consumer;

/** What happened to a message at a consumer, for advisories and metrics (JetStream: advisories). */
public sealed interface ConsumerEvent {
    String consumer();

    /** A message has been delivered as often as allowed. */
    record MaxDeliveries(String consumer, long streamSequence, int deliveries) implements ConsumerEvent {
    }

    /** A message was refused. */
    record Naked(String consumer, long consumerSequence, long streamSequence, int deliveries) implements ConsumerEvent {
    }

    /** A message was refused for ever. @param reason null for none */
    record Terminated(String consumer, long consumerSequence, long streamSequence, int deliveries, String reason)
            implements ConsumerEvent {
    }

    /** A message was acknowledged, and its ack was sampled. */
    record Acked(String consumer, long consumerSequence, long streamSequence, long ackNanos, int deliveries)
            implements ConsumerEvent {
    }
}
