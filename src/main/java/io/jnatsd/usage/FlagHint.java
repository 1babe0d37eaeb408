package io.jnatsd.usage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

    /** The message about a command line that picocli refuses, in one line, with a hint if a flag is unknown. */
    public static String message(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched) || !unmatched.isUnknownOption())
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String flag = unmatched.getUnmatched().getFirst();
        int equals = flag.indexOf('=');
        // What follows the sign may be a secret.
        String name = equals < 0 ? flag : flag.substring(0, equals);
        return "Unknown option: '" + name + "'" + of(bare(name), e.getCommandLine().getCommandSpec().optionsMap().keySet());
    }

    private static String bare(String flag) {
        return flag.substring(flag.startsWith("--") ? 2 : 1);
    }
}
