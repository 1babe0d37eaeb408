package io.jnatsd.monitor;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The parameters of a request. As in gnatsd 1.0, the first of several parameters with the same name counts, unknown
 * parameters and pairs that cannot be decoded are ignored, and an empty value is like none. Threads: immutable.
 */
final class Query {
    private static final Map<String, Boolean> FLAGS = Map.of("1", true, "t", true, "true", true,
            "0", false, "f", false, "false", false);
    private static final int SHOWN = 60;

    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /** @param raw the text after the question mark, null if there is none */
    static Query parse(String raw) {
        Map<String, String> values = new HashMap<>();
        if (raw != null && !raw.isEmpty())
            for (String pair : raw.split("&"))
                add(pair, values);
        return new Query(values);
    }

    /** Creates a query from parameters that occur once each. */
    static Query of(Map<String, String> values) {
        return new Query(Map.copyOf(values));
    }

    private static void add(String pair, Map<String, String> values) {
        int equals = pair.indexOf('=');
        try {
            values.putIfAbsent(decode(equals < 0 ? pair : pair.substring(0, equals)),
                    equals < 0 ? "" : decode(pair.substring(equals + 1)));
        } catch (IllegalArgumentException e) {
            // As in gnatsd 1.0, this pair is ignored.
            return;
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Returns an empty text if the parameter is absent. */
    String text(String name) {
        return values.getOrDefault(name, "");
    }

    /** Returns a whole number. A number that is too large becomes the largest. */
    int number(String name, int otherwise) throws BadQuery {
        String text = text(name);
        if (text.isEmpty())
            return otherwise;
        if (!text.matches("[+-]?[0-9]+"))
            throw bad(name, text, "a whole number");
        int digits = text.length() - (Character.isDigit(text.charAt(0)) ? 0 : 1);
        if (digits > 18)
            return text.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        return (int) Math.clamp(Long.parseLong(text), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    boolean flag(String name) throws BadQuery {
        return choice(name, FLAGS, false, "1 or 0");
    }

    /** Returns the value of one of the allowed words. */
    <T> T choice(String name, Map<String, T> allowed, T otherwise, String words) throws BadQuery {
        String text = text(name);
        if (text.isEmpty())
            return otherwise;
        T chosen = allowed.get(text);
        if (chosen == null)
            throw bad(name, text, words);
        return chosen;
    }

    private static BadQuery bad(String name, String value, String allowed) {
        return new BadQuery("Invalid " + name + ": " + shown(value) + " (allowed: " + allowed + ")");
    }

    /** Returns a value from the request in the form for messages: shortened, without control characters. */
    static String shown(String value) {
        String text = value.length() > SHOWN ? value.substring(0, SHOWN) + "..." : value;
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
