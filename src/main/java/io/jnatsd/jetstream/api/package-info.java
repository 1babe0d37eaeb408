/**
 * JetStream of a server: {@link io.jnatsd.jetstream.api.JetStream} answers requests under {@code $JS.API},
 * {@code StreamRequests} and {@code ConsumerRequests} carry them out, {@code Streams} knows the streams by name, and
 * {@code Advisories} makes the events, and {@code JetStreamMonitor} answers the monitoring port. Start reading at {@code JetStream.answer}.
 *
 * <p>It uses the other packages of JetStream, and gson for requests and answers. The server starts it if the
 * configuration says so; nothing else knows it.
 */
package io.jnatsd.jetstream.api;
