package io.jnatsd.cli;

import io.jnatsd.bench.Bench;
import io.jnatsd.top.Top;
import java.io.Console;
import java.util.Arrays;

/**
 * The commands beside the server, for those who have the jar alone: {@code java -jar jnatsd.jar bench --help}. Threads:
 * stateless.
 */
final class OtherCommands {
    private OtherCommands() {
    }

    /** Runs the command that the first word names; the process then ends. Returns false if the word names none. */
    static boolean run(String[] args) {
        if (args.length == 0)
            return false;
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        switch (args[0]) {
            case "bench" -> {
                tellTerminal("jnatsd.bench.terminal");
                Bench.main(rest);
            }
            case "top" -> {
                tellTerminal("jnatsd.top.terminal");
                Top.main(rest);
            }
            case "mkpasswd" -> MkPasswd.main(rest);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Sets the property that the scripts in {@code bin} set if they run in a terminal. */
    private static void tellTerminal(String property) {
        if (System.getProperty(property) == null)
            System.setProperty(property, String.valueOf(isTerminal()));
    }

    /** From Java 22 on there is a console without a terminal as well; before, the method that tells does not exist. */
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null)
            return false;
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
