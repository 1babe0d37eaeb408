package io.jnatsd.subject;

/**
 * One subscription as monitoring shows it, at one moment. Threads: immutable.
 *
 * @param queue empty for a plain subscription
 * @param delivered messages that it has been sent
 * @param max messages after which it ends, 0 for no end
 * @param owner the cid of its client
 */
public record SubscriptionView(String subject, String queue, String sid, long delivered, long max, long owner) {
}
