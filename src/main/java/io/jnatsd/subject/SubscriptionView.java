package io.jnatsd.subject;

/**
 * A snapshot of one subscription for monitoring. Threads: immutable.
 *
 * @param queue empty for a plain subscription
 * @param delivered number of messages that were delivered to it
 * @param max number of messages after which it ends, 0 for no limit
 * @param owner the cid of its client
 */
public record SubscriptionView(String subject, String queue, String sid, long delivered, long max, long owner) {
}
