package io.jnatsd.jetstream.consumer;

import io.jnatsd.delivery.Destination;

/** Who takes the messages of a consumer: open pull requests, or a deliver subject. Threads: the actor of the stream. */
abstract sealed class Taker permits PullRequests, PushTarget {
    /** Returns where the next message goes; null if nobody takes one now. */
    abstract Destination target();

    /**
     * Returns whether the target takes a message of this size. If not, it has been told so and is the target no longer.
     *
     * @param size of subject, ack subject, headers and payload in bytes
     */
    abstract boolean fits(int size);

    /** A message was sent to the target. */
    abstract void sent(int size);

    /** Nobody received the message that was sent to the target. */
    abstract void unreachable();

    /** There is no message that could be delivered now, and none waits for acks of others. */
    abstract void drained();

    /** Does what is due; returns when there is something to do again, {@link Long#MAX_VALUE} for never. */
    abstract long run(long now);

    /** Returns whether somebody takes messages, or may do so soon. */
    abstract boolean isActive();

    /** Returns what keeps it from taking a message that is there, {@link DeliveryState.Kind#RUNNING} if nothing does. */
    abstract DeliveryState state(long now);

    /** Returns the memory of what waits here. */
    abstract long memory();

    /** The consumer ends: tells all who wait. */
    abstract void end(String status);
}
