package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Array;
import io.jnatsd.config.ConfigValue.Bool;
import io.jnatsd.config.ConfigValue.Int;
import io.jnatsd.config.ConfigValue.Plain;
import io.jnatsd.config.ConfigValue.Real;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.text.GoDuration;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A key with its value, which it gives as the type that the key wants. Its place is that of the key. Threads: one.
 */
final class Entry implements Place {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final Source source;
    private final int offset;
    private final String key;
    private final String shownKey;
    private final ConfigValue value;
    private boolean variable;

    /** @param shownKey the key as messages show it */
    Entry(Source source, int offset, String key, String shownKey, ConfigValue value) {
        this.source = source;
        this.offset = offset;
        this.key = key;
        this.shownKey = shownKey;
        this.value = value;
    }

    @Override
    public Source source() {
        return source;
    }

    @Override
    public int offset() {
        return offset;
    }

    String key() {
        return key;
    }

    /** The key, or {@link Redaction#HIDDEN} if it may be part of a secret; the same if it is an option. */
    String shownKey() {
        return shownKey;
    }

    ConfigValue value() {
        return value;
    }

    /** Whether some {@code $key} refers to it; such a key need not be an option. */
    boolean isVariable() {
        return variable;
    }

    void usedAsVariable() {
        variable = true;
    }

    MismatchException mismatch(String expected) {
        return new MismatchException(value,
                "expected " + expected + " for \"" + key + "\", but got " + value.describe());
    }

    boolean bool() throws MismatchException {
        if (value instanceof Bool bool)
            return bool.value();
        throw mismatch("a boolean");
    }

    long integer(long min, long max) throws MismatchException {
        if (!(value instanceof Int integer))
            throw mismatch("an integer");
        if (integer.value() < min || integer.value() > max)
            throw new MismatchException(value, "\"" + key + "\" is out of range: expected "
                    + (max < Long.MAX_VALUE ? min + " to " + max : min + " or more") + ", but got "
                    + integer.written());
        return integer.value();
    }

    String text() throws MismatchException {
        return text(value);
    }

    private String text(ConfigValue value) throws MismatchException {
        if (value instanceof Text text)
            return text.value();
        // A variable in the environment is text, also when it looks like a number.
        if (value instanceof Plain plain && value.source().isVariable())
            return plain.written();
        throw new MismatchException(value, "expected a string for \"" + key + "\", but got " + value.describe()
                + (value instanceof Plain plain ? "; if it is a string, write \"" + plain.written() + "\"" : ""));
    }

    /** Like {@link #text}, but what is written shows up in no message. */
    String secret() throws MismatchException {
        if (value instanceof Text text && text.value().isEmpty())
            throw new MismatchException(value, "\"" + key + "\" must not be empty");
        if (value instanceof Text || value instanceof Plain && value.source().isVariable())
            return text();
        throw new MismatchException(value, "expected a string for \"" + key + "\", but got " + value.kind()
                + (value instanceof Plain ? "; if it is a string, put it in quotes" : ""));
    }

    ConfigValue.Block block() throws MismatchException {
        if (value instanceof ConfigValue.Block block)
            return block;
        // The value may be a password, written in place of the block.
        throw new MismatchException(value, "expected a map for \"" + key + "\", but got " + value.kind());
    }

    List<ConfigValue> array() throws MismatchException {
        if (value instanceof Array array)
            return array.elements();
        throw mismatch("an array");
    }

    /** Like {@link #array}, but what is written shows up in no message. */
    List<ConfigValue> secretArray() throws MismatchException {
        if (value instanceof Array array)
            return array.elements();
        throw new MismatchException(value, "expected an array for \"" + key + "\", but got " + value.kind());
    }

    /** An array of strings. */
    List<String> texts() throws MismatchException {
        List<String> texts = new ArrayList<>();
        for (ConfigValue element : array())
            texts.add(text(element));
        return texts;
    }

    /** One string or an array of them; numbers are taken as they are written. */
    List<String> names() throws MismatchException {
        List<ConfigValue> values = value instanceof Array array ? array.elements() : List.of(value);
        List<String> names = new ArrayList<>();
        for (ConfigValue value : values)
            names.add(value instanceof Int integer ? integer.written() : text(value));
        return names;
    }

    /** Whether it is a number of seconds without a unit. */
    boolean isSeconds() {
        return value instanceof Int integer && !hasSuffix(integer);
    }

    /** A duration like {@code "2m"}, or a number of seconds; never negative. */
    Duration duration() throws MismatchException {
        Duration duration = switch (value) {
            // Without quotes 2m is the integer two million, but here it surely means two minutes.
            case Int integer when hasSuffix(integer) -> parse(integer.written());
            case Int integer -> seconds(BigDecimal.valueOf(integer.value()));
            case Real real -> seconds(BigDecimal.valueOf(real.value()));
            case Text text -> parse(text.value());
            default -> throw mismatch("a duration like \"2m\" or a number of seconds");
        };
        if (duration.isNegative())
            throw new MismatchException(value, "\"" + key + "\" must not be negative");
        return duration;
    }

    private static boolean hasSuffix(Int integer) {
        return !Cursor.isDigit(integer.written().charAt(integer.written().length() - 1));
    }

    private Duration seconds(BigDecimal seconds) throws MismatchException {
        BigDecimal nanos = seconds.movePointRight(9);
        if (nanos.abs().compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0)
            throw new MismatchException(value, "\"" + key + "\" is out of range: expected at most "
                    + LONGEST.toSeconds() + " seconds");
        return Duration.ofNanos(nanos.longValue());
    }

    private Duration parse(String text) throws MismatchException {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            throw new MismatchException(value, "error parsing " + key + ": " + e.getMessage());
        }
    }
}
