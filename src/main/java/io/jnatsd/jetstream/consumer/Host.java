package io.jnatsd.jetstream.consumer;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.StoredMessage;

/**
 * What a consumer needs of its stream. Threads: the actor of the stream.
 */
public interface Host {
    /** Returns a time that is this much later, {@link Long#MAX_VALUE} if it is too far away. */
    static long after(long now, long nanos) {
        return nanos < Long.MAX_VALUE - Math.max(now, 0) ? now + nanos : Long.MAX_VALUE;
    }

    /** Returns the messages of the stream. */
    MessageStore store();

    /** Returns the name of the stream. */
    String stream();

    /** Returns a configuration as JSON, which is kept in a file. */
    byte[] json(ConsumerConfig config);

    /** Returns a time in nanoseconds for deadlines. */
    long now();

    /** Returns the time in nanoseconds since 1970. */
    long wallClock();

    /**
     * Sends a stored message to those who subscribe a destination.
     *
     * @param ack the subject for acks, one char per byte
     * @param headersOnly whether to leave the payload out, and to say its size in a header
     * @return false if nobody received it
     */
    boolean send(Destination to, StoredMessage message, CharSequence ack, boolean headersOnly);

    /**
     * Sends a status.
     *
     * @param status what follows {@code NATS/1.0}, {@code "404 No Messages"}
     * @param headers lines with CR LF, empty for none
     * @param reply empty for none
     */
    void sendStatus(Destination to, String status, String headers, String reply);

    /** Sends an empty message. */
    void sendEmpty(String subject);

    boolean hasInterest(Destination to);

    boolean hasInterest(Destination to, String queue);

    /** A message is done for a consumer: it was acknowledged, or delivered without acks. */
    void consumed(Consumer by, long sequence);

    /** Returns whether a consumer that takes this much memory may take more. */
    boolean hasRoom(long own);

    /** A consumer takes more memory, or less. */
    void memory(long difference);

    /** A push consumer has a deliver subject that none had: subscriptions to it are of interest. */
    void delivers(String subject);

    /** No push consumer has this deliver subject any more. */
    void deliversNoMore(String subject);

    /** Publishes an event, if anybody wants it. */
    void publish(ConsumerEvent event);

    /** Reports that no acknowledgement has come for a long time while the limit of unacknowledged messages is reached. */
    void stalled(Consumer consumer);

    /** Removes a consumer that has been idle for too long. */
    void expire(Consumer consumer);
}
