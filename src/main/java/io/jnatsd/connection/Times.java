package io.jnatsd.connection;

/**
 * Times of a connection, as the {@link io.jnatsd.log.SteadyClock} shows them.
 *
 * @param lastActivity the start time if there was no activity
 * @param roundTripNanos round trip time of the last PING that was answered; 0 if there was none
 */
public record Times(long started, long lastActivity, long roundTripNanos) {
}
