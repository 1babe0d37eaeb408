package io.jnatsd.protocol;

import java.util.Locale;
import java.util.Set;

/**
 * The argument of CONNECT in the form for logs. Only values of keys that are known not to be secret are shown, and only
 * strings, numbers and literals; the values of all other keys are replaced. Text that is not a JSON object is not shown
 * at all, because it is unknown which part of it is secret. Threads: stateless.
 */
public final class Redacted {
    static final String HIDDEN = "\"[REDACTED]\"", MALFORMED = "[not a JSON object]";
    private static final Set<String> SHOWN = Set.of("verbose", "pedantic", "tls_required", "ssl_required", "user", "name",
            "lang", "version", "protocol", "echo", "headers", "no_responders", "nkey");

    private final String json;
    private final StringBuilder shown = new StringBuilder();
    private int at;

    private Redacted(String json) {
        this.json = json;
    }

    /** Returns the argument of CONNECT without secrets. */
    public static String connect(String json) {
        Redacted redacted = new Redacted(json);
        return redacted.object() ? redacted.shown.toString() : MALFORMED;
    }

    /** Copies the object; returns false if the text is not an object. */
    private boolean object() {
        if (!take('{'))
            return false;
        if (take('}'))
            return atEnd();
        do {
            copyBlanks();
            int key = at;
            if (!skipString())
                return false;
            String name = json.substring(key + 1, at - 1).toLowerCase(Locale.ROOT);
            shown.append(json, key, at);
            if (!take(':'))
                return false;
            copyBlanks();
            int value = at;
            boolean nested = at < json.length() && (json.charAt(at) == '{' || json.charAt(at) == '[');
            if (nested ? !skipNested() : !skipScalar())
                return false;
            if (SHOWN.contains(name) && !nested)
                shown.append(json, value, at);
            else
                shown.append(HIDDEN);
        } while (take(','));
        return take('}') && atEnd();
    }

    /** Copies a character and the blanks before it; returns false if it is not the next one. */
    private boolean take(char expected) {
        copyBlanks();
        if (at == json.length() || json.charAt(at) != expected)
            return false;
        shown.append(json.charAt(at++));
        return true;
    }

    private void copyBlanks() {
        while (at < json.length() && (json.charAt(at) == ' ' || json.charAt(at) == '\t'))
            shown.append(json.charAt(at++));
    }

    private boolean atEnd() {
        copyBlanks();
        return at == json.length();
    }

    /** Skips a string; returns false if there is none, or it is not terminated. */
    private boolean skipString() {
        if (at == json.length() || json.charAt(at) != '"')
            return false;
        for (at++; at < json.length(); at++) {
            char c = json.charAt(at);
            if (c == '\\')
                at++;
            else if (c == '"') {
                at++;
                return true;
            }
        }
        return false;
    }

    /** Skips a string, a number or a literal; returns false if there is none. */
    private boolean skipScalar() {
        if (at < json.length() && json.charAt(at) == '"')
            return skipString();
        int start = at;
        while (at < json.length() && (Character.isLetterOrDigit(json.charAt(at)) || "+-.".indexOf(json.charAt(at)) >= 0))
            at++;
        return at > start;
    }

    /**
     * Skips an object or array; returns false if it is not terminated. Not recursive, because the peer chooses the
     * depth.
     */
    private boolean skipNested() {
        int depth = 0;
        do {
            char c = json.charAt(at);
            if (c == '"') {
                if (!skipString())
                    return false;
                continue;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            at++;
        } while (depth > 0 && at < json.length());
        return depth == 0;
    }
}
