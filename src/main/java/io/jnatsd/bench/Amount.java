package io.jnatsd.bench;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Parses numbers with a unit: {@code 100k} messages are 100,000, and {@code 4kb} of payload are 4,096 bytes. Threads:
 * stateless.
 */
final class Amount {
    private static final Pattern COUNT = Pattern.compile("(\\d{1,15})([kmg]?)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})(?:([kmg])b?|b)?");
    private static final String UNITS = "kmg";

    private Amount() {
    }

    /** Messages: k, m and g are a thousand, a million and a thousand million. */
    static final class Count implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return parse(text, COUNT, 1000, "a number such as 500, 100k or 5m");
        }
    }

    /** Bytes: k, m and g, with or without a b after them, are 1024 and its powers. */
    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return parse(text, BYTES, 1024, "a size such as 16, 4k or 1mb");
        }
    }

    private static long parse(String text, Pattern shape, long unit, String wanted) {
        Matcher number = shape.matcher(text.toLowerCase(Locale.ROOT));
        if (!number.matches())
            throw new TypeConversionException("'" + text + "' is not " + wanted);
        long value = Long.parseLong(number.group(1));
        String suffix = number.group(2) == null ? "" : number.group(2);
        try {
            for (int power = suffix.isEmpty() ? 0 : UNITS.indexOf(suffix) + 1; power > 0; power--)
                value = Math.multiplyExact(value, unit);
        } catch (ArithmeticException tooMuch) {
            throw new TypeConversionException("'" + text + "' is too large");
        }
        return value;
    }
}
