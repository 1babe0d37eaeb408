package io.jnatsd.connection;

/**
 * When things happened to a connection, in milliseconds since 1970.
 *
 * @param lastActivity the start if nothing has happened since
 * @param roundTripNanos of the last PING that was answered; 0 if none was
 */
public record Times(long started, long lastActivity, long roundTripNanos) {
}
