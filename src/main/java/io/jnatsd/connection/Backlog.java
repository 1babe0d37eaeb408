package io.jnatsd.connection;

/**
 * What made a connection a slow consumer.
 *
 * @param subject of its subscription that had been sent most messages, empty if it had none
 * @param pending bytes that waited to be written to it
 */
public record Backlog(String subject, long pending) {
    public static final Backlog NONE = new Backlog("", 0);
}
