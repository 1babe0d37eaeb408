package io.jnatsd.config;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Reads the values that begin with a digit or a minus sign: integers with size suffixes, floats, dates (configuration
 * reference, 1.8 and 1.9, 6.1). Threads: one.
 */
final class Numbers {
    private static final String DATE_SHAPE = "dddd-dd-ddTdd:dd:ddZ";
    private static final String SUFFIXES = "kmgtpe";
    /** More digits than any number that fits has, and few enough to compute with. */
    private static final int MAX_DIGITS = 40;

    private final Cursor cursor;
    private final Redaction redaction;

    Numbers(Cursor cursor, Redaction redaction) {
        this.cursor = cursor;
        this.redaction = redaction;
    }

    /** The number or date at the cursor, or null (and an unmoved cursor) if it is a string that begins with a digit. */
    ConfigValue next() {
        int start = cursor.offset;
        boolean negative = cursor.peek() == '-';
        int digits = start + (negative ? 1 : 0);
        if (negative && !Cursor.isDigit(cursor.at(digits)))
            throw negativeWithoutDigits(digits);
        int end = skipDigits(digits);
        ConfigValue value = hasShapeOfDate(start) ? date(start)
                : cursor.at(end) == '.' ? real(start, end)
                : integer(start, end);
        if (value == null && negative)
            throw cursor.fault(start, "Expected a negative number; if this is a string, put it in quotes");
        return value;
    }

    /**
     * The length of a dotted address ({@code 127.0.0.1:4222}) that a comment follows without a space; 0 if there is
     * none.
     */
    int addressBeforeComment() {
        int end = cursor.offset;
        while (Cursor.isDigit(cursor.at(end)) || cursor.at(end) == '.' || cursor.at(end) == ':')
            end++;
        return cursor.isComment(end) ? end - cursor.offset : 0;
    }

    private SyntaxException negativeWithoutDigits(int at) {
        char c = cursor.at(at);
        return cursor.fault(c == '.' ? "Floats must start with a digit, not '.'."
                : "Expected a digit but got " + redaction.quoted(c) + "; if this is a string, put it in quotes");
    }

    private int skipDigits(int index) {
        int end = index;
        while (Cursor.isDigit(cursor.at(end)))
            end++;
        return end;
    }

    /** A number may be followed by a comment without a space, other values may not. */
    private boolean isEnd(int index) {
        return Cursor.endsBare(cursor.at(index)) || cursor.isComment(index);
    }

    private ConfigValue real(int start, int dot) {
        int end = skipDigits(dot + 1);
        if (end == dot + 1 || !isEnd(end))
            return null;
        cursor.offset = end;
        String written = cursor.text(start, end);
        double value = Double.parseDouble(written);
        if (Double.isInfinite(value))
            throw outOfRange(start, "Float", written);
        return new ConfigValue.Real(cursor.source, start, value, written);
    }

    private ConfigValue integer(int start, int suffix) {
        int end = suffix;
        int power = SUFFIXES.indexOf(Character.toLowerCase(cursor.at(suffix))) + 1;
        boolean binary = false;
        if (power > 0) {
            end++;
            if (isLetter(end, 'i')) {
                binary = true;
                end++;
            }
            if (isLetter(end, 'b')) {
                binary = true;
                end++;
            }
        }
        if (!isEnd(end))
            return null;
        cursor.offset = end;
        String written = cursor.text(start, end);
        if (suffix - start > MAX_DIGITS)
            throw outOfRange(start, "Integer", written);
        BigInteger value = new BigInteger(cursor.text(start, suffix))
                .multiply(BigInteger.valueOf(binary ? 1024 : 1000).pow(power));
        if (value.bitLength() > Long.SIZE - 1)
            throw outOfRange(start, "Integer", written);
        return new ConfigValue.Int(cursor.source, start, value.longValue(), written);
    }

    private boolean isLetter(int index, char lower) {
        return Character.toLowerCase(cursor.at(index)) == lower;
    }

    private SyntaxException outOfRange(int start, String type, String written) {
        return cursor.fault(start,
                type + " " + redaction.quoted(written) + " is out of the range; if this is a string, put it in quotes");
    }

    private boolean hasShapeOfDate(int start) {
        for (int i = 0; i < DATE_SHAPE.length(); i++) {
            char c = cursor.at(start + i), shape = DATE_SHAPE.charAt(i);
            if (shape == 'd' ? !Cursor.isDigit(c) : c != shape)
                return false;
        }
        return isEnd(start + DATE_SHAPE.length());
    }

    private ConfigValue date(int start) {
        cursor.offset = start + DATE_SHAPE.length();
        String written = cursor.textFrom(start);
        try {
            return new ConfigValue.Date(cursor.source, start, Instant.parse(written), written);
        } catch (DateTimeException e) {
            throw cursor.fault(start, "Expected Zulu formatted DateTime, but got " + redaction.quoted(written) + ".");
        }
    }
}
