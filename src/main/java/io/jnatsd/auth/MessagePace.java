package io.jnatsd.auth;

/**
 * How fast a client may publish: the limits of its user and of its address, each of which it may share with other
 * clients. Threads: any.
 *
 * @param user null for no limit
 * @param address null for no limit
 */
public record MessagePace(Limit user, Limit address) {
    /** @param rate messages a second */
    public record Limit(TokenBucket bucket, int rate) {
        private long take(long now) {
            return bucket.take(rate, now);
        }
    }

    /** Returns null if there is no limit. */
    public static MessagePace of(Limit user, Limit address) {
        return user == null && address == null ? null : new MessagePace(user, address);
    }

    /** Counts a message, and returns the nanoseconds that the client has to wait before it is published; 0 for none. */
    public long take(long now) {
        return Math.max(0, Math.max(user == null ? 0 : user.take(now), address == null ? 0 : address.take(now)));
    }
}
