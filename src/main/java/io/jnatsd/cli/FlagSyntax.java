package io.jnatsd.cli;

import io.jnatsd.usage.FlagHint;
import io.jnatsd.usage.SecretFlags;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Rewrites flags in the syntax of Go programs into the form {@code --name=value}, which picocli reads in the same way.
 * A flag has one dash or two. Its value follows after {@code =} or as the next word; the value of a boolean flag only
 * after {@code =}. Short flags cannot be combined. The last value of a flag counts. An empty last value unsets a flag
 * that is not boolean.
 */
final class FlagSyntax {
    private static final Set<String> TRUE = Set.of("1", "t", "true");
    private static final Set<String> FALSE = Set.of("0", "f", "false");
    private static final String HELP = "--help=true", VERSION = "--version=true", TLS_HELP = "--help_tls=true";

    private FlagSyntax() {
    }

    /**
     * A command line for picocli.
     *
     * @param args the arguments for picocli
     * @param empty the longest names of the flags that an empty value unsets
     */
    record Rewritten(List<String> args, Set<String> empty) {
    }

    /** @param known picocli's options by all of their names */
    static Rewritten rewrite(String[] args, Map<String, OptionSpec> known) throws UsageException {
        SecretFlags secrets = new SecretFlags(known);
        Set<String> empty = new LinkedHashSet<>();
        // A repeated option would make picocli start a new argument group and lose the other values of the group.
        Map<String, String> rewritten = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (arg.equals("--") || !arg.startsWith("-") || arg.length() == 1) {
                int word = arg.equals("--") && i + 1 < args.length ? i + 1 : i;
                if (!isCommand(args[word], rewritten))
                    throw UsageException.command(secrets.word(args, word));
                break;
            }
            String name = arg.substring(arg.startsWith("--") ? 2 : 1), value = null;
            if (name.startsWith("-") || name.startsWith("="))
                throw UsageException.flag("bad flag syntax: " + secrets.flag(args, i, SecretFlags.name(arg)));
            int equals = name.indexOf('=');
            if (equals >= 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            }
            OptionSpec option = known.containsKey("-" + name) ? known.get("-" + name) : known.get("--" + name);
            if (option == null)
                throw UsageException.flag("flag provided but not defined: " + secrets.flag(args, i, "-" + name)
                        + FlagHint.of(name, known.keySet()));
            boolean bool = isBoolean(option);
            if (value == null && bool)
                value = "true";
            if (value == null) {
                if (++i == args.length)
                    throw UsageException.flag("flag needs an argument: -" + name);
                value = args[i];
            }
            if (value.isEmpty() && !bool) {
                rewritten.remove(option.longestName());
                empty.add(option.longestName());
                continue;
            }
            empty.remove(option.longestName());
            String last = option.longestName() + "=" + checked(name, value, option, bool);
            rewritten.put(option.longestName(), last);
            if (last.equals(HELP))
                break;
        }
        return new Rewritten(List.copyOf(rewritten.values()), empty);
    }

    static boolean isBoolean(ArgSpec option) {
        return option.type() == boolean.class || option.type() == Boolean.class;
    }

    /**
     * Returns whether the word stands for a flag, such as {@code help}. No other word is allowed, except after one of
     * these.
     */
    private static boolean isCommand(String word, Map<String, String> rewritten) {
        switch (word.toLowerCase(Locale.ROOT)) {
            case "version", "help" -> {
                String name = "--" + word.toLowerCase(Locale.ROOT);
                rewritten.put(name, name + "=true");
                return true;
            }
            case "--" -> {
                return true;
            }
            default -> {
                return rewritten.containsValue(VERSION) || rewritten.containsValue(TLS_HELP);
            }
        }
    }

    private static String checked(String name, String value, OptionSpec option, boolean bool) throws UsageException {
        if (bool) {
            String lower = value.toLowerCase(Locale.ROOT);
            if (!TRUE.contains(lower) && !FALSE.contains(lower))
                throw UsageException.flag("invalid boolean value \"" + value + "\" for flag -" + name
                        + ": expected true or false");
            return String.valueOf(TRUE.contains(lower));
        }
        if (option.type() == Integer.class) {
            try {
                return String.valueOf(Integer.decode(value));
            } catch (NumberFormatException e) {
                throw UsageException.flag("invalid value \"" + value + "\" for flag -" + name
                        + ": expected a whole number of 32 bits");
            }
        }
        return value;
    }
}
