package io.jnatsd.jetstream.consumer;

/** A message that was delivered and not acknowledged. Threads: the actor of the stream. */
final class Pending {
    /** Of its first delivery. */
    final long consumerSequence;
    int deliveries = 1;
    /** When it was delivered last. */
    long delivered;
    /** When it is delivered again. */
    long due;

    Pending(long consumerSequence) {
        this.consumerSequence = consumerSequence;
    }
}
