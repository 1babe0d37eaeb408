package io.jnatsd;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A message that a {@link MessageLog} has kept. It does not change. */
public final class RecordedMessage {
    /** The memory of one without its bytes and characters. */
    private static final int OWN_BYTES = 160;

    private final Instant time = Instant.now();
    private final String subject;
    private final String replyTo;
    /** The header block as it came. */
    private final byte[] headers;
    private final byte[] payload;

    RecordedMessage(String subject, String replyTo, byte[] headers, byte[] payload) {
        this.subject = subject;
        this.replyTo = replyTo;
        this.headers = headers;
        this.payload = payload;
    }

    /** Counts one byte per character, as almost all subjects need. */
    int bytes() {
        return OWN_BYTES + subject.length() + replyTo.length() + headers.length + payload.length;
    }

    /**
     * Returns when the server has delivered the message.
     *
     * @return the time of this machine
     */
    public Instant time() {
        return time;
    }

    /**
     * Returns the subject that the message was published to.
     *
     * @return without wildcards
     */
    public String subject() {
        return subject;
    }

    /**
     * Returns the subject for replies.
     *
     * @return empty if there is none
     */
    public String replyTo() {
        return replyTo;
    }

    /**
     * Returns the payload, without headers.
     *
     * @return a copy
     */
    public byte[] payload() {
        return payload.clone();
    }

    /**
     * Returns the payload as text.
     *
     * @return the payload, which is taken for UTF-8
     */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /**
     * Returns the headers by name, in the order of the message.
     *
     * @return a copy; empty if there are none
     */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> found = new LinkedHashMap<>();
        // The first line is the version, NATS/1.0, and a status if there is one.
        new String(headers, StandardCharsets.UTF_8).lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0)
                found.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
        });
        return found;
    }

    /**
     * Returns the first value of a header.
     *
     * @param name as it is written in the message
     * @return null if there is no such header
     */
    public String header(String name) {
        List<String> values = headers().get(name);
        return values == null ? null : values.getFirst();
    }

    /** Returns the subject and the size, for messages and debuggers. */
    @Override
    public String toString() {
        return subject + " (" + payload.length + " bytes)";
    }
}
