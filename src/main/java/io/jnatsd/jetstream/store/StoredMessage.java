package io.jnatsd.jetstream.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message of a stream, as a view into the store that can be used again for the next one. It is valid until the store
 * changes. Whoever keeps the view calls {@link #clear} in between, since it would keep the memory of a removed message. Threads: the actor of the stream.
 */
public final class StoredMessage {
    private static final byte[] NONE = {};

    long sequence;
    long time;
    byte[] subject = new byte[64];
    int subjectLength;
    byte[] array = NONE;
    int start;
    int length;
    int headerLength;

    /** Forgets the message. */
    public void clear() {
        array = NONE;
        start = length = 0;
    }

    /** Returns its sequence in the stream. */
    public long sequence() {
        return sequence;
    }

    /** Returns when it was stored, in nanoseconds since 1970. */
    public long time() {
        return time;
    }

    /** Returns an array that begins with the subject. */
    public byte[] subject() {
        return subject;
    }

    public int subjectLength() {
        return subjectLength;
    }

    /** Returns the subject, one char per byte. */
    public String subjectText() {
        return new String(subject, 0, subjectLength, StandardCharsets.ISO_8859_1);
    }

    /** Returns the array that holds headers and payload. */
    public byte[] array() {
        return array;
    }

    /** Returns where the headers, or without any the payload, begin. */
    public int start() {
        return start;
    }

    /** Returns the number of bytes of headers and payload together. */
    public int length() {
        return length;
    }

    /** Returns the number of bytes of headers, -1 for a message without headers. */
    public int headerLength() {
        return headerLength;
    }

    /** Returns a copy of the headers; null for a message without headers. */
    public byte[] headers() {
        return headerLength < 0 ? null : Arrays.copyOfRange(array, start, start + headerLength);
    }

    /** Returns a copy of the payload. */
    public byte[] payload() {
        return Arrays.copyOfRange(array, start + Math.max(headerLength, 0), start + length);
    }
}
