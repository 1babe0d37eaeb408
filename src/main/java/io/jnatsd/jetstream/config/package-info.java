/**
 * The configurations of streams and consumers as clients send them, with their defaults, the rules that they must keep,
 * and the errors that JetStream answers with: {@link io.jnatsd.jetstream.config.StreamConfig},
 * {@link io.jnatsd.jetstream.config.ConsumerConfig}, {@link io.jnatsd.jetstream.config.ErrorCode}. Start reading at
 * {@code StreamConfigCheck.check}.
 *
 * <p>It uses {@code protocol} for the rules of subjects, and {@code text} for durations. It knows no stream.
 */
package io.jnatsd.jetstream.config;
