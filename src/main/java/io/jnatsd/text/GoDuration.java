package io.jnatsd.text;

import java.math.BigDecimal;
import java.time.Duration;

/** Parses and formats durations as Go writes them: {@code 2m0s}, {@code 1.5s}, {@code 300ms}. Threads: stateless. */
public final class GoDuration {
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    /** Longer than any sensible duration; it bounds the cost of the computation. */
    private static final int MAX_LENGTH = 100;
    private static final long SECOND = 1_000_000_000;

    private GoDuration() {
    }

    /**
     * Parses an optional sign and one or more decimals, each with a unit: ns, us, ms, s, m or h.
     *
     * @throws IllegalArgumentException with the message of Go's parser
     */
    public static Duration parse(String text) {
        int at = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        if (text.substring(at).equals("0"))
            return Duration.ZERO;
        if (at == text.length() || text.length() > MAX_LENGTH)
            throw invalid(text);
        BigDecimal nanos = BigDecimal.ZERO;
        while (at < text.length()) {
            int unit = at;
            while (unit < text.length() && isNumeric(text.charAt(unit)))
                unit++;
            int next = unit;
            while (next < text.length() && !isNumeric(text.charAt(next)))
                next++;
            BigDecimal number = number(text, at, unit);
            if (next == unit)
                throw new IllegalArgumentException("time: missing unit in duration \"" + text + "\"");
            nanos = nanos.add(number.multiply(BigDecimal.valueOf(unitNanos(text, text.substring(unit, next)))));
            at = next;
        }
        if (nanos.compareTo(LONGEST) > 0)
            throw invalid(text);
        return Duration.ofNanos(text.charAt(0) == '-' ? -nanos.longValue() : nanos.longValue());
    }

    private static boolean isNumeric(char c) {
        return c == '.' || c >= '0' && c <= '9';
    }

    private static BigDecimal number(String text, int start, int end) {
        String digits = text.substring(start, end);
        if (digits.isEmpty() || digits.equals(".") || digits.indexOf('.') != digits.lastIndexOf('.'))
            throw invalid(text);
        return new BigDecimal(digits);
    }

    private static long unitNanos(String text, String unit) {
        return switch (unit) {
            case "ns" -> 1;
            // The micro sign and the Greek letter mu.
            case "us", "\u00b5s", "\u03bcs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> SECOND;
            case "m" -> 60 * SECOND;
            case "h" -> 3600 * SECOND;
            default -> throw new IllegalArgumentException(
                    "time: unknown unit \"" + unit + "\" in duration \"" + text + "\"");
        };
    }

    private static IllegalArgumentException invalid(String text) {
        String shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
        return new IllegalArgumentException("time: invalid duration \"" + shown + "\"");
    }

    /** Formats a duration, for example {@code 1h0m0s}, {@code 2m0s}, {@code 1.5s}, {@code 10ms}, {@code 0s}. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos < 0)
            return "-" + format(duration.negated());
        if (nanos == 0)
            return "0s";
        if (nanos < SECOND)
            return nanos < 1_000 ? nanos + "ns"
                    : nanos < 1_000_000 ? decimal(nanos, 3) + "\u00b5s" : decimal(nanos, 6) + "ms";
        long minutes = nanos / (60 * SECOND);
        String seconds = decimal(nanos % (60 * SECOND), 9) + "s";
        if (minutes == 0)
            return seconds;
        return (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
    }

    private static String decimal(long value, int scale) {
        BigDecimal number = BigDecimal.valueOf(value, scale).stripTrailingZeros();
        return number.toPlainString();
    }
}
