package io.jnatsd.jetstream.consumer;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.jnatsd.text.GoDuration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * What an ack says.
 *
 * @param delay of a NAK in nanoseconds, 0 for none
 * @param text the reason of a TERM, or the pull request of a NXT, one char per byte; empty for none
 */
record AckPayload(Kind kind, long delay, String text) {
    enum Kind { ACK, NAK, PROGRESS, TERM, NEXT, UNKNOWN }

    private static final AckPayload PLAIN = new AckPayload(Kind.ACK, 0, "");
    private static final byte[] ACK = {'+', 'A', 'C', 'K'};

    static AckPayload parse(byte[] payload, int start, int length) {
        if (length == 0 || Arrays.equals(payload, start, start + length, ACK, 0, ACK.length))
            return PLAIN;
        String text = new String(payload, start, length, StandardCharsets.ISO_8859_1);
        if (text.equals("+OK"))
            return PLAIN;
        if (text.startsWith("-NAK"))
            return new AckPayload(Kind.NAK, delay(new String(payload, start + 4, length - 4, StandardCharsets.UTF_8).strip()), "");
        if (text.equals("+WPI"))
            return new AckPayload(Kind.PROGRESS, 0, "");
        if (text.startsWith("+TERM"))
            return new AckPayload(Kind.TERM, 0, text.substring(5).strip());
        if (text.startsWith("+NXT"))
            return new AckPayload(Kind.NEXT, 0, text.substring(4).strip());
        return new AckPayload(Kind.UNKNOWN, 0, "");
    }

    /** A delay that is not valid is none. */
    private static long delay(String text) {
        try {
            if (text.startsWith("{")) {
                JsonObject body = JsonParser.parseString(text).getAsJsonObject();
                return body.get("delay") instanceof JsonPrimitive nanos ? Math.max(nanos.getAsLong(), 0) : 0;
            }
            Duration delay = text.isEmpty() ? Duration.ZERO : GoDuration.parse(text);
            return Math.max(delay.toNanos(), 0);
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException | ArithmeticException e) {
            return 0;
        }
    }
}
