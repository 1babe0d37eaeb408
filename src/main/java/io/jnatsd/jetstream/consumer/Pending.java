package io.jnatsd.jetstream.consumer;

/** A message that was delivered and not acknowledged. Threads: the actor of the stream. */
final class Pending extends Deadlines.Element {
    final long sequence;
    /** Of its first delivery. */
    final long consumerSequence;
    int deliveries = 1;
    /** When it was delivered last. */
    long delivered;
    /** It is to be delivered again now. */
    boolean again;
    /** Its neighbours in the order of the stream. */
    Pending before;
    Pending after;

    Pending(long sequence, long consumerSequence) {
        this.sequence = sequence;
        this.consumerSequence = consumerSequence;
    }
}
