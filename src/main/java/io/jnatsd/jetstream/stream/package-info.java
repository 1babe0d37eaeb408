/**
 * Streams: {@link io.jnatsd.jetstream.stream.Stream} is the actor that owns a stream with its consumers,
 * {@link io.jnatsd.jetstream.stream.Inbox} what waits for it, {@link io.jnatsd.jetstream.stream.Output} what it sends,
 * {@code Publishing} how a message gets into it, and {@code StreamReports} what operators are told. Start reading at
 * {@code Stream.run}.
 *
 * <p>It uses {@code jetstream.store} and {@code jetstream.consumer}, and subscribes and publishes by {@code subject} and
 * {@code delivery} as a client does, but without a connection.
 */
package io.jnatsd.jetstream.stream;
