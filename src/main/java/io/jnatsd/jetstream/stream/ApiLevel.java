package io.jnatsd.jetstream.stream;

/**
 * The level of the API that a request needs, which is in one of its headers (JetStream: API conventions). This server has
 * level 0, as all before 2.11. Threads: stateless.
 */
public final class ApiLevel {
    /** What requests are answered with that are answered by a status. */
    static final String STATUS = "412 Required Api Level";
    private static final long OURS = 0;

    private ApiLevel() {
    }

    /** Returns whether a request needs a level that this server does not have. */
    public static boolean isTooHigh(Inbox.Contents m) {
        if (m.headerLength() < 0)
            return false;
        PublishHeaders headers = new PublishHeaders();
        headers.set(m.bytes(), m.bodyStart(), m.headerLength());
        Long needed = headers.number(PublishHeaders.REQUIRED_API_LEVEL);
        return needed != null && Long.compareUnsigned(needed, OURS) > 0;
    }
}
