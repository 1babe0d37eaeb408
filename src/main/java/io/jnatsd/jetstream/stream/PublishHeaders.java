package io.jnatsd.jetstream.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The headers of one message, in which values are looked up (JetStream: headers that the server understands). Names are
 * compared as they are written. Threads: one.
 */
final class PublishHeaders {
    static final byte[] MSG_ID = name("Nats-Msg-Id"), EXPECTED_STREAM = name("Nats-Expected-Stream"),
            EXPECTED_LAST_SEQUENCE = name("Nats-Expected-Last-Sequence"),
            EXPECTED_LAST_SUBJECT_SEQUENCE = name("Nats-Expected-Last-Subject-Sequence"),
            EXPECTED_LAST_SUBJECT_SEQUENCE_SUBJECT = name("Nats-Expected-Last-Subject-Sequence-Subject"),
            EXPECTED_LAST_MSG_ID = name("Nats-Expected-Last-Msg-Id"), ROLLUP = name("Nats-Rollup"),
            REQUIRED_API_LEVEL = name("Nats-Required-Api-Level");
    private static final byte[] ANY = name("Nats-");

    private byte[] bytes;
    private int start;
    private int end;
    private boolean any;

    private static byte[] name(String text) {
        return ("\r\n" + text + (text.endsWith("-") ? "" : ":")).getBytes(StandardCharsets.US_ASCII);
    }

    /** @param length of the headers, -1 for a message without headers */
    void set(byte[] array, int from, int length) {
        bytes = array;
        start = from;
        end = from + Math.max(length, 0);
        any = find(ANY) >= 0;
    }

    /** Forgets the message. */
    void clear() {
        bytes = null;
        any = false;
    }

    private int find(byte[] name) {
        for (int at = start; at + name.length <= end; at++)
            if (bytes[at] == '\r' && Arrays.equals(bytes, at, at + name.length, name, 0, name.length))
                return at + name.length;
        return -1;
    }

    /** Returns the value of a header, null if there is none or it is empty. */
    String get(byte[] name) {
        int at = any ? find(name) : -1;
        if (at < 0)
            return null;
        while (at < end && bytes[at] == ' ')
            at++;
        int stop = at;
        while (stop < end && bytes[stop] != '\r')
            stop++;
        return at == stop ? null : new String(bytes, at, stop - at, StandardCharsets.ISO_8859_1);
    }

    /** Returns the number of a header: null if there is none, -1 if it is no number. */
    Long number(byte[] name) {
        String text = get(name);
        if (text == null)
            return null;
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return -1L;
        }
    }
}
