package io.jnatsd.usage;

import java.lang.reflect.AnnotatedElement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Suggests the flag that was probably meant when an unknown flag is given. Threads: stateless. */
public final class FlagHint {
    private FlagHint() {
    }

    /**
     * Returns the text to append to the message about an unknown flag.
     *
     * @param name without dashes
     * @param known all flags with their dashes
     * @return {@code , did you mean --port?}, or empty if no flag is similar
     */
    public static String of(String name, Set<String> known) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String flag : known)
            flags.put(bare(flag), flag);
        String nearest = Spelling.nearest(name, flags.keySet());
        return nearest == null ? "" : ", did you mean " + flags.get(nearest) + "?";
    }

    /**
     * Returns a one-line message about a command line that picocli rejects, with a suggestion for an unknown flag, and
     * without words that may be part of a secret.
     */
    public static String message(ParameterException e, String[] args) {
        if (!(e instanceof UnmatchedArgumentException unmatched))
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        Map<String, OptionSpec> known = e.getCommandLine().getCommandSpec().optionsMap();
        String word = unmatched.getUnmatched().getFirst();
        int found = List.of(args).lastIndexOf(word);
        // If short flags are combined, the unknown one is not an argument of its own.
        int index = found < 0 ? args.length : found;
        // No command takes positional arguments. The word is part of some value, or a password in the wrong place.
        if (!unmatched.isUnknownOption())
            return "Unexpected word (argument " + (index + 1) + "): a value with blanks needs quotes";
        String name = SecretFlags.name(word);
        return "Unknown option: '" + secrets(known).flag(args, index, name) + "'"
                + of(bare(name), known.keySet());
    }

    /** The options whose field is marked with {@link Secret} are secret. */
    private static SecretFlags secrets(Map<String, OptionSpec> known) {
        return new SecretFlags(known.keySet(), known.keySet().stream().filter(name -> known.get(name).userObject()
                instanceof AnnotatedElement field && field.isAnnotationPresent(Secret.class)).toList());
    }

    static String bare(String flag) {
        return flag.substring(flag.startsWith("--") ? 2 : 1);
    }
}
