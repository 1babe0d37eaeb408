package io.jnatsd.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Formats local times. It caches the text of the current second, because the lines of one second differ only in the
 * microseconds. Threads: the log thread.
 */
final class LineTime {
    private final ZoneId zone = ZoneId.systemDefault();
    private final DateTimeFormatter second, afterMicros;
    private long lastSecond = Long.MIN_VALUE;
    private String secondText, afterMicrosText;

    private LineTime(String second, String afterMicros) {
        this.second = DateTimeFormatter.ofPattern(second, Locale.ENGLISH);
        this.afterMicros = afterMicros == null ? null : DateTimeFormatter.ofPattern(afterMicros, Locale.ENGLISH);
    }

    /** Formats a time without a fraction. */
    static LineTime seconds(String pattern) {
        return new LineTime(pattern, null);
    }

    /** Formats a time with a point and the microseconds between the two patterns. */
    static LineTime micros(String pattern, String afterMicros) {
        return new LineTime(pattern, afterMicros);
    }

    void append(Instant time, StringBuilder out) {
        if (time.getEpochSecond() != lastSecond) {
            lastSecond = time.getEpochSecond();
            ZonedDateTime local = time.atZone(zone);
            secondText = second.format(local);
            afterMicrosText = afterMicros == null ? null : afterMicros.format(local);
        }
        out.append(secondText);
        if (afterMicros == null)
            return;
        out.append('.');
        int micros = time.getNano() / 1000;
        for (int digit = 100_000; digit > 0; digit /= 10)
            out.append((char) ('0' + micros / digit % 10));
        out.append(afterMicrosText);
    }
}
