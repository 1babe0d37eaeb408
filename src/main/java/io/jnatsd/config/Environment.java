package io.jnatsd.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The values of environment variables, for {@code $NAME} in a configuration: a
 * variable's text is parsed like a value in a file, so that it may be a number or an array. Threads: one.
 */
final class Environment {
    private static final String STRUCTURES = "[{(\"'$";

    private final Function<String, String> lookup;
    /** The names whose values are being parsed; meeting one of them again is a cycle. */
    private final Set<String> open = new HashSet<>();
    /** What the variable in the file has led to so far; without it, a few variables could grow exponentially. */
    private final Map<String, ConfigValue> known = new HashMap<>();

    Environment(Function<String, String> lookup) {
        this.lookup = lookup;
    }

    /**
     * The value, or null if there is none.
     *
     * @param use where the variable is used
     * @param depth how deep the use is nested
     * @param redaction of the text that has the use
     */
    ConfigValue value(String name, Place use, ParseContext context, int depth, Redaction redaction) {
        if (open.isEmpty())
            known.clear();
        ConfigValue value = known.get(name);
        if (value != null)
            return value;
        String text = withoutLineEnd(lookup.apply(name));
        // gnatsd: crashes at an empty value, and at a variable that refers to itself.
        if (text == null || text.isBlank() || !open.add(name))
            return null;
        try {
            value = parse(text, use, context.apart(), depth, redaction, redaction.quoted(name));
        } finally {
            open.remove(name);
        }
        known.put(name, value);
        return value;
    }

    /** Secrets that are mounted as files often end in a newline, which is no part of them. */
    private static String withoutLineEnd(String text) {
        if (text == null)
            return null;
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r'))
            end--;
        return text.substring(0, end);
    }

    private ConfigValue parse(String text, Place use, ParseContext context, int depth, Redaction redaction, String shownName) {
        Source source = Source.ofVariable(text, use);
        ConfigParser parser = new ConfigParser(source, context, depth, redaction.kind());
        boolean structure = STRUCTURES.indexOf(text.stripLeading().charAt(0)) >= 0;
        // Values of environment variables have no quotes: a password like "a b" or "it's" is taken literally.
        ConfigValue verbatim = new ConfigValue.Text(source, 0, text);
        if (text.indexOf(Cursor.END) >= 0 || !structure && text.indexOf('\'') >= 0)
            return verbatim;
        try {
            ConfigValue value = parser.onlyValue();
            if (value != null && context.problems().isEmpty())
                return value;
        } catch (SyntaxException e) {
            context.problems().error(e.problem());
        }
        if (!structure)
            return verbatim;
        String reason = context.problems().isEmpty() ? "expected one value" : context.problems().first().text();
        boolean outermost = open.size() == 1;
        throw new SyntaxException(use.problem(
                outermost ? "Variable reference for " + shownName + " could not be parsed: " + reason : reason));
    }
}
