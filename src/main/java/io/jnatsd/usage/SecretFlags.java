package io.jnatsd.usage;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Keeps the values of secret flags out of messages about a command line. A value that contains blanks and is not quoted
 * arrives as several words; all but the first look like commands or unknown flags. Threads: immutable.
 */
public final class SecretFlags {
    private static final String HIDDEN = "[REDACTED]";

    private final Set<String> known;
    /** Names without dashes. */
    private final List<String> secrets;

    /**
     * @param known the names of all flags, with their dashes
     * @param secret those of them whose value is a secret or contains one
     */
    public SecretFlags(Set<String> known, Collection<String> secret) {
        this.known = known;
        this.secrets = secret.stream().map(FlagHint::bare).toList();
    }

    /** Returns {@code args[index]}, which is not a flag, in the form for messages. */
    public String word(String[] args, int index) {
        String secret = secretBefore(args, index);
        return secret == null ? "\"" + args[index] + "\"" : hidden(secret);
    }

    /**
     * Returns the name of {@code args[index]}, which is not a known flag, in the form for messages.
     *
     * @param name with dashes, without the value after the equals sign
     */
    public String flag(String[] args, int index, String name) {
        String secret = secretBefore(args, index);
        if (secret != null)
            return hidden(secret);
        String bare = FlagHint.bare(name), prefix = "";
        for (String candidate : secrets) {
            if (bare.startsWith(candidate) && candidate.length() > prefix.length())
                prefix = candidate;
        }
        // The blank before the value may be missing.
        return prefix.isEmpty() ? name : name.substring(0, name.length() - bare.length()) + prefix + HIDDEN;
    }

    private static String hidden(String secret) {
        return HIDDEN + " (not shown, it may be part of the value of " + secret + "; a value with blanks needs quotes)";
    }

    /** Returns the last secret flag before a word; null if there is none. */
    private String secretBefore(String[] args, int end) {
        for (int i = end - 1; i >= 0; i--) {
            if (!args[i].startsWith("-"))
                continue;
            String name = name(args[i]), bare = FlagHint.bare(name);
            if (secrets.contains(bare))
                return name;
            // The value of a one-letter flag may follow it without a blank.
            if (!known.contains(name) && bare.length() > 1 && secrets.contains(bare.substring(0, 1)))
                return name.substring(0, name.length() - bare.length() + 1);
        }
        return null;
    }

    /** Returns a flag without its value. */
    public static String name(String arg) {
        int equals = arg.indexOf('=');
        return equals < 0 ? arg : arg.substring(0, equals);
    }
}
