package io.jnatsd.jetstream.stream;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/** Times as JetStream writes them: RFC 3339 in UTC, without trailing zeros of the fraction. Threads: stateless. */
public final class Times {
    /** What stands for a time that there is not. */
    public static final String NEVER = "0001-01-01T00:00:00Z";
    private static final long SECOND = 1_000_000_000;

    private Times() {
    }

    /** @param nanos since 1970 */
    public static String text(long nanos) {
        return text(Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND)));
    }

    public static String text(Instant time) {
        String text = DateTimeFormatter.ISO_INSTANT.format(time);
        if (text.indexOf('.') < 0)
            return text;
        int end = text.length() - 1;
        while (text.charAt(end - 1) == '0')
            end--;
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end) + "Z";
    }

    /** @throws DateTimeException if the text is not a time in RFC 3339 */
    public static Instant parse(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    /** Returns nanoseconds since 1970; a time that a {@code long} cannot hold is the first or the last that it can. */
    public static long nanos(Instant time) {
        if (time.getEpochSecond() >= Long.MAX_VALUE / SECOND)
            return Long.MAX_VALUE;
        if (time.getEpochSecond() <= Long.MIN_VALUE / SECOND)
            return Long.MIN_VALUE;
        return time.getEpochSecond() * SECOND + time.getNano();
    }
}
