/**
 * Consumers: which message comes next, who takes it, and which messages wait for an ack.
 * {@link io.jnatsd.jetstream.consumer.Consumer} decides; pull requests and a deliver subject are the two kinds of takers.
 * {@link io.jnatsd.jetstream.consumer.Host} is what a consumer needs of its stream. Start reading at
 * {@code Consumer.deliver}.
 *
 * <p>It uses {@code jetstream.store} and {@code jetstream.config}, and of {@code delivery} the address of a message. All
 * of it belongs to the actor of the stream, so that it has no locks.
 */
package io.jnatsd.jetstream.consumer;
