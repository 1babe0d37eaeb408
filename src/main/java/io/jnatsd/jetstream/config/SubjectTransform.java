package io.jnatsd.jetstream.config;

import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes subjects that match a source into subjects made from a template. A token of the template is a text, {@code
 * $n} or {@code {{wildcard(n)}}} for the n-th wildcard of the source, {@code {{partition(n,i...)}}} for a number below
 * n, or a function that cuts a wildcard into tokens: {@code split}, {@code splitFromLeft}, {@code splitFromRight},
 * {@code sliceFromLeft}, {@code sliceFromRight}, {@code left}, {@code right}. Threads: immutable.
 */
public final class SubjectTransform {
    private static final Pattern WILDCARD = Pattern.compile("\\$(\\d+)");
    private static final Pattern FUNCTION = Pattern.compile("\\{\\{\\s*(\\w+)\\s*\\(([^)]*)\\)\\s*}}");

    /** Makes one or more tokens of the result. */
    private interface Part {
        String text(String[] wildcards);
    }

    private final byte[] source;
    private final String[] sourceTokens;
    private final List<Part> parts = new ArrayList<>();
    private final boolean open;

    private SubjectTransform(String src, String dest) throws JetStreamException {
        if (!Subject.isValidPattern(src))
            throw new JetStreamException(ErrorCode.TRANSFORM_SOURCE, "invalid subject");
        source = src.getBytes(StandardCharsets.ISO_8859_1);
        sourceTokens = src.split("\\.");
        open = src.equals(">") || src.endsWith(".>");
        boolean openDest = dest.equals(">") || dest.endsWith(".>");
        if (open != openDest || !Subject.isValidPattern(widest(dest)))
            throw failure("invalid transform");
        int wildcards = (int) List.of(sourceTokens).stream().filter("*"::equals).count();
        for (String token : tokens(dest))
            if (!token.equals(">"))
                parts.add(part(token, wildcards));
    }

    /** @throws JetStreamException if the source or the template is not valid */
    public static SubjectTransform of(StreamConfig.Transform transform) throws JetStreamException {
        String src = transform.src() == null || transform.src().isEmpty() ? ">" : transform.src();
        return new SubjectTransform(src, transform.dest() == null ? "" : transform.dest());
    }

    private static JetStreamException failure(String text) {
        return new JetStreamException(ErrorCode.TRANSFORM_DESTINATION, "invalid mapping destination: " + text);
    }

    /** Splits at the dots that are not within a function. */
    private static List<String> tokens(String template) {
        List<String> tokens = new ArrayList<>();
        int start = 0, depth = 0;
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == '.' && depth == 0) {
                tokens.add(template.substring(start, i));
                start = i + 1;
            }
        }
        tokens.add(template.substring(start));
        return tokens;
    }

    /** Returns a pattern that matches every subject that the template can make. */
    static String widest(String template) {
        List<String> tokens = new ArrayList<>();
        for (String token : tokens(template == null ? "" : template)) {
            boolean several = token.toLowerCase(Locale.ROOT).contains("split") || token.toLowerCase(Locale.ROOT).contains("slice");
            if (token.startsWith("{{") && several) {
                tokens.add(">");
                break;
            }
            tokens.add(token.startsWith("{{") || WILDCARD.matcher(token).matches() ? "*" : token);
        }
        return String.join(".", tokens);
    }

    private static Part part(String token, int wildcards) throws JetStreamException {
        Matcher wildcard = WILDCARD.matcher(token);
        if (wildcard.matches()) {
            int index = index(wildcard.group(1), wildcards);
            return all -> all[index];
        }
        if (!token.startsWith("{{"))
            return all -> token;
        Matcher function = FUNCTION.matcher(token);
        if (!function.matches())
            throw failure("unknown function");
        String[] arguments = function.group(2).isBlank() ? new String[0] : function.group(2).split("\\s*,\\s*");
        return function(function.group(1).toLowerCase(Locale.ROOT), arguments, wildcards);
    }

    private static Part function(String name, String[] arguments, int wildcards) throws JetStreamException {
        if (name.equals("partition"))
            return partition(arguments, wildcards);
        boolean one = name.equals("wildcard");
        if (!one && !List.of("split", "splitfromleft", "splitfromright", "slicefromleft", "slicefromright", "left", "right")
                .contains(name))
            throw failure("unknown function");
        int needed = one ? 1 : 2;
        if (arguments.length < needed)
            throw failure("not enough arguments passed to the function");
        if (arguments.length > needed)
            throw failure("too many arguments passed to the function");
        int index = index(arguments[0].strip(), wildcards);
        if (one)
            return all -> all[index];
        String second = arguments[1].strip().replaceAll("^\"(.*)\"$", "$1");
        if (name.equals("split"))
            return all -> split(all[index], second);
        int size = number(second);
        return switch (name) {
            case "splitfromleft" -> all -> cut(all[index], size);
            case "splitfromright" -> all -> cut(all[index], all[index].length() - size);
            case "slicefromleft" -> all -> slices(all[index], size, 0);
            case "slicefromright" -> all -> slices(all[index], size, all[index].length() % size);
            case "left" -> all -> all[index].substring(0, Math.min(size, all[index].length()));
            default -> all -> all[index].substring(Math.max(0, all[index].length() - size));
        };
    }

    private static Part partition(String[] arguments, int wildcards) throws JetStreamException {
        if (arguments.length == 0)
            throw failure("not enough arguments passed to the function");
        int count = number(arguments[0].strip());
        int[] indexes = new int[arguments.length - 1];
        for (int i = 0; i < indexes.length; i++)
            indexes[i] = index(arguments[i + 1].strip(), wildcards);
        return all -> {
            StringBuilder key = new StringBuilder();
            for (int index : indexes)
                key.append(all[index]);
            return String.valueOf(Integer.remainderUnsigned(fnv(key.toString()), count));
        };
    }

    /** FNV-1a with 32 bits, which every server uses. */
    private static int fnv(String key) {
        int hash = 0x811C9DC5;
        for (byte b : key.getBytes(StandardCharsets.ISO_8859_1))
            hash = (hash ^ b & 0xFF) * 0x01000193;
        return hash;
    }

    private static int number(String text) throws JetStreamException {
        try {
            int number = Integer.parseInt(text);
            if (number > 0)
                return number;
        } catch (NumberFormatException e) {
            // The same as a number out of range.
        }
        throw failure("function argument is invalid or in the wrong format");
    }

    private static int index(String text, int wildcards) throws JetStreamException {
        int number = number(text);
        if (number > wildcards)
            throw failure("wildcard index out of range");
        return number - 1;
    }

    private static String split(String text, String delimiter) {
        return String.join(".", List.of(text.split(Pattern.quote(delimiter))).stream().filter(s -> !s.isEmpty()).toList());
    }

    private static String cut(String text, int at) {
        return at <= 0 || at >= text.length() ? text : text.substring(0, at) + "." + text.substring(at);
    }

    private static String slices(String text, int size, int first) {
        List<String> slices = new ArrayList<>();
        if (first > 0)
            slices.add(text.substring(0, first));
        for (int at = first; at < text.length(); at += size)
            slices.add(text.substring(at, Math.min(at + size, text.length())));
        return String.join(".", slices);
    }

    /**
     * Returns the changed subject, null if it does not match the source.
     *
     * @param subject one char per byte
     */
    public String apply(String subject) {
        byte[] bytes = subject.getBytes(StandardCharsets.ISO_8859_1);
        if (!Subject.matches(source, bytes, 0, bytes.length))
            return null;
        String[] tokens = subject.split("\\.");
        List<String> wildcards = new ArrayList<>();
        for (int i = 0; i < sourceTokens.length; i++)
            if (sourceTokens[i].equals("*"))
                wildcards.add(tokens[i]);
        String[] all = wildcards.toArray(String[]::new);
        List<String> made = new ArrayList<>();
        for (Part part : parts)
            made.add(part.text(all));
        if (open)
            made.addAll(List.of(tokens).subList(sourceTokens.length - 1, tokens.length));
        return String.join(".", made);
    }
}
