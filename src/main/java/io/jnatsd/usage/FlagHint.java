package io.jnatsd.usage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says which flag was probably meant where an unknown one was given. Threads: immutable. */
public final class FlagHint {
    private FlagHint() {
    }

    /**
     * What follows the message about an unknown flag.
     *
     * @param name without dashes
     * @param known all flags with their dashes
     * @return {@code , did you mean --port?}, or empty if no flag is near enough
     */
    public static String of(String name, Set<String> known) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String flag : known)
            flags.put(bare(flag), flag);
        String nearest = Spelling.nearest(name, flags.keySet());
        return nearest == null ? "" : ", did you mean " + flags.get(nearest) + "?";
    }

    /**
     * The message about a command line that picocli refuses, in one line, with a hint if a flag is unknown, and without
     * words that may be part of a secret.
     */
    public static String message(ParameterException e, String[] args) {
        if (!(e instanceof UnmatchedArgumentException unmatched))
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        Map<String, OptionSpec> known = e.getCommandLine().getCommandSpec().optionsMap();
        String word = unmatched.getUnmatched().getFirst();
        int found = List.of(args).lastIndexOf(word);
        // Of short flags that are written together, the unknown one is no argument of its own.
        int index = found < 0 ? args.length : found;
        // No command takes words of their own: this one is a part of some value, or a password in the wrong place.
        if (!unmatched.isUnknownOption())
            return "Unexpected word (argument " + (index + 1) + "): a value with blanks needs quotes";
        String name = SecretFlags.name(word);
        return "Unknown option: '" + new SecretFlags(known).flag(args, index, name) + "'"
                + of(bare(name), known.keySet());
    }

    static String bare(String flag) {
        return flag.substring(flag.startsWith("--") ? 2 : 1);
    }
}
