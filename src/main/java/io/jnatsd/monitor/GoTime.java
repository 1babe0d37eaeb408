package io.jnatsd.monitor;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/** Formats times and durations as in gnatsd's JSON. Threads: stateless. */
final class GoTime {
    /** RFC 3339 without trailing zeros in the fraction, in the time zone of this machine. */
    private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffset("+HH:MM", "Z")
            .toFormatter();
    private static final long MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, YEAR = 365 * DAY;

    private GoTime() {
    }

    static String format(Instant time) {
        return RFC_3339.format(time.atZone(ZoneId.systemDefault()));
    }

    /**
     * Formats whole seconds without leading zero units: {@code 22s}, {@code 4m22s}, {@code 32d4h4m22s},
     * {@code 1y0d0h0m0s}.
     */
    static String uptime(Duration duration) {
        long s = Math.max(duration.toSeconds(), 0);
        String text = s % MINUTE + "s";
        if (s >= MINUTE)
            text = s / MINUTE % 60 + "m" + text;
        if (s >= HOUR)
            text = s / HOUR % 24 + "h" + text;
        if (s >= DAY)
            text = s / DAY % 365 + "d" + text;
        return s >= YEAR ? s / YEAR + "y" + text : text;
    }
}
