package io.jnatsd.jetstream.store;

/**
 * What a message counts for {@code max_bytes} and in the state of a stream; users see it, so it is the same as that of
 * other servers (JetStream: bytes of a message).
 */
public enum MessageSize {
    /** Of a memory stream. */
    MEMORY(16, 0),
    /** Of a file stream. */
    FILE(30, 4);

    private final int each;
    private final int headers;

    MessageSize(int each, int headers) {
        this.each = each;
        this.headers = headers;
    }

    /**
     * @param bodyLength the bytes of headers and payload together
     * @param headerLength the bytes of headers, below zero for a message without headers
     */
    public int of(int subjectLength, int bodyLength, int headerLength) {
        return each + subjectLength + bodyLength + (headerLength < 0 ? 0 : headers);
    }
}
