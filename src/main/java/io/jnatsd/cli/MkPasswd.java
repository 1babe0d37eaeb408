package io.jnatsd.cli;

import io.jnatsd.server.Version;
import io.jnatsd.usage.FlagHint;
import io.jnatsd.usage.Secret;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.mindrot.jbcrypt.BCrypt;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The program {@code mkpasswd}: generates a password and its bcrypt hash for the configuration file, or hashes a
 * password that is typed or piped in. Threads: one.
 */
@Command(name = "mkpasswd", sortOptions = false, customSynopsis = "mkpasswd [-p] [-c <cost>]",
        version = "mkpasswd " + Version.TEXT,
        description = {"", "Makes a password and its bcrypt hash, which goes into the configuration file.", ""})
final class MkPasswd {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@$#%^&*()";
    private static final int LENGTH = 22;
    private static final int FAILURE = 1;
    private static final int MIN_COST = 4, MAX_COST = 31;
    /** Bcrypt ignores all bytes after these. */
    private static final int MAX_BYTES = 72;

    /** The flag takes no value, but users tend to write the password after it. */
    @Secret
    @Option(names = "-p", description = "Ask for a password, or read it from a pipe, and show only its hash")
    private boolean ask;
    @Option(names = "-c", paramLabel = "<cost>", defaultValue = "11",
            description = "Cost of the hash, each step doubles the time (4 to 31, default: 11)")
    private int cost;
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this message")
    private boolean help;
    @Option(names = {"-v", "--version"}, versionHelp = true, description = "Show version")
    private boolean version;

    /** A source of passwords. */
    interface Input {
        /** Returns the next password, null if there is none. */
        String read(String prompt) throws IOException;

        /** Returns whether the input is not echoed, so that the password must be typed twice. */
        boolean typed();
    }

    private MkPasswd() {
    }

    public static void main(String[] args) {
        System.exit(run(args, input(), System.out, System.err));
    }

    /** Returns the exit code. */
    static int run(String[] args, Input input, PrintStream out, PrintStream err) {
        MkPasswd command = new MkPasswd();
        CommandLine line = new CommandLine(command).setOverwrittenOptionsAllowed(true);
        try {
            line.parseArgs(args);
            if (command.help)
                line.usage(out);
            else if (command.version)
                line.printVersionHelp(out);
            else
                command.make(input, out);
            return 0;
        } catch (ParameterException e) {
            err.println("mkpasswd: " + FlagHint.message(e, args));
            return FAILURE;
        } catch (IOException e) {
            err.println("mkpasswd: " + e.getMessage());
            return FAILURE;
        }
    }

    private void make(Input input, PrintStream out) throws IOException {
        if (cost < MIN_COST || cost > MAX_COST)
            throw new IOException("cost " + cost + " is outside allowed range (" + MIN_COST + "," + MAX_COST + ")");
        String password = ask ? read(input) : random();
        if (!ask)
            out.println("pass: " + password);
        out.flush();
        out.println("bcrypt hash: " + BCrypt.hashpw(password, BCrypt.gensalt(cost)));
    }

    private static String random() {
        SecureRandom random = new SecureRandom();
        StringBuilder password = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++)
            password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return password.toString();
    }

    private static String read(Input input) throws IOException {
        String password = input.read("Enter Password: ");
        if (password == null || password.isEmpty())
            throw new IOException("no password given");
        if (password.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES)
            throw new IOException("the password is longer than " + MAX_BYTES + " bytes, which is all that bcrypt takes");
        String again = input.read("Reenter Password: ");
        if (again == null ? input.typed() : !again.equals(password))
            throw new IOException("Error, passwords do not match");
        return password;
    }

    private static Input input() {
        Console console = System.console();
        if (console != null)
            return new Terminal(console);
        // Set by bin/mkpasswd if it has turned the echo off while the output is redirected.
        return new Lines(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                Boolean.getBoolean("jnatsd.mkpasswd.typed"));
    }

    /** A terminal, which does not echo the input. */
    private record Terminal(Console console) implements Input {
        @Override
        public String read(String prompt) {
            char[] typed = console.readPassword("%s", prompt);
            return typed == null ? null : new String(typed);
        }

        @Override
        public boolean typed() {
            return true;
        }
    }

    /** A pipe, where one line suffices. */
    private record Lines(BufferedReader in, boolean typed) implements Input {
        @Override
        public String read(String prompt) throws IOException {
            if (!typed)
                return in.readLine();
            System.err.print(prompt);
            String line = in.readLine();
            System.err.println();
            return line;
        }
    }
}
