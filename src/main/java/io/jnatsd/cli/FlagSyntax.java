package io.jnatsd.cli;

import io.jnatsd.usage.FlagHint;
import io.jnatsd.usage.SecretFlags;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a command line in the syntax of Go programs. A flag has one dash or two. Its value follows after {@code =} or as
 * the next word; the value of a boolean flag only after {@code =}. Short flags cannot be combined. The last value of a
 * flag counts. An empty last value unsets a flag that is not boolean. Without picocli, which would take most of the time
 * of a start. Threads: one.
 */
final class FlagSyntax {
    private static final Set<String> TRUE = Set.of("1", "t", "true");
    private static final Set<String> FALSE = Set.of("0", "f", "false");

    private final String[] args;
    private final Map<Flag, String> values = new EnumMap<>(Flag.class);
    private final Set<Flag> empty = EnumSet.noneOf(Flag.class);
    /** The index of the argument that is being read. */
    private int index;

    FlagSyntax(String[] args) {
        this.args = args;
    }

    Flags read() throws UsageException {
        for (; index < args.length && !isOn(Flag.HELP); index++) {
            String arg = args[index];
            if (values.containsKey(Flag.CHECK) && !arg.startsWith("-")) {
                values.merge(Flag.CHECK, arg, (before, next) -> before + "," + next);
                continue;
            }
            if (arg.equals("--") || !arg.startsWith("-") || arg.length() == 1) {
                int word = arg.equals("--") && index + 1 < args.length ? index + 1 : index;
                if (!isCommand(args[word]))
                    throw UsageException.command(secrets().word(args, word));
                break;
            }
            readFlag(arg);
        }
        return new Flags(values, empty);
    }

    private void readFlag(String arg) throws UsageException {
        int start = index;
        String name = arg.substring(arg.startsWith("--") ? 2 : 1), value = null;
        if (name.startsWith("-") || name.startsWith("="))
            throw UsageException.flag("bad flag syntax: " + secrets().flag(args, start, SecretFlags.name(arg)));
        int equals = name.indexOf('=');
        if (equals >= 0) {
            value = name.substring(equals + 1);
            name = name.substring(0, equals);
        }
        Flag flag = Flag.named(name);
        if (flag == null)
            throw UsageException.flag("flag provided but not defined: " + secrets().flag(args, start, "-" + name)
                    + FlagHint.of(name, Flag.byName().keySet()));
        if (value == null)
            value = flag.isSwitch() ? "true" : next(name);
        if (value.isEmpty() && !flag.isSwitch()) {
            values.remove(flag);
            empty.add(flag);
        } else {
            empty.remove(flag);
            values.put(flag, checked(name, value, flag));
        }
    }

    private String next(String name) throws UsageException {
        if (++index == args.length)
            throw UsageException.flag("flag needs an argument: -" + name);
        return args[index];
    }

    private static SecretFlags secrets() {
        return new SecretFlags(Flag.byName().keySet(), Flag.byName().keySet().stream()
                .filter(name -> Flag.byName().get(name).kind == Flag.Kind.SECRET).collect(Collectors.toList()));
    }

    private boolean isOn(Flag flag) {
        return Boolean.parseBoolean(values.get(flag));
    }

    /**
     * Returns whether the word stands for a flag, such as {@code help}. No other word is allowed, except after one of
     * these.
     */
    private boolean isCommand(String word) {
        switch (word.toLowerCase(Locale.ROOT)) {
            case "version" -> values.put(Flag.VERSION, "true");
            case "help" -> values.put(Flag.HELP, "true");
            case "--" -> { }
            default -> {
                return isOn(Flag.VERSION) || isOn(Flag.HELP_TLS);
            }
        }
        return true;
    }

    private static String checked(String name, String value, Flag flag) throws UsageException {
        if (flag.isSwitch()) {
            String lower = value.toLowerCase(Locale.ROOT);
            if (!TRUE.contains(lower) && !FALSE.contains(lower))
                throw UsageException.flag("invalid boolean value \"" + value + "\" for flag -" + name
                        + ": expected true or false");
            return String.valueOf(TRUE.contains(lower));
        }
        if (flag.kind == Flag.Kind.NUMBER) {
            try {
                return String.valueOf(Integer.decode(value));
            } catch (NumberFormatException e) {
                throw UsageException.flag("invalid value \"" + value + "\" for flag -" + name
                        + ": expected a whole number of 32 bits");
            }
        }
        if (flag.kind == Flag.Kind.PATH)
            requirePath(name, value);
        return value;
    }

    /** A path may hold characters that the encoding of the system does not have. */
    private static void requirePath(String name, String value) throws UsageException {
        try {
            Path.of(value);
        } catch (InvalidPathException e) {
            throw UsageException.flag("invalid value \"" + value + "\" for flag -" + name + ": " + e.getReason());
        }
    }
}
