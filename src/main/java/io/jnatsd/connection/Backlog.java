package io.jnatsd.connection;

/**
 * The state of a connection when it became a slow consumer.
 *
 * @param subject the subject of its subscription with the most deliveries, empty if it had none
 * @param pending number of bytes that were pending for it
 */
public record Backlog(String subject, long pending) {
    public static final Backlog NONE = new Backlog("", 0);
}
