package io.jnatsd.cli;

import io.jnatsd.bench.Bench;
import io.jnatsd.top.Top;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Writes a manual page, and the completion for bash, of each command: {@code Manuals FOLDER DATE}. It runs when the
 * runtime archive is made and is not in the jar. Threads: one.
 */
final class Manuals {
    private static final Map<String, String> COMMANDS = Map.of("jnatsd", "NATS server",
            "nats-bench", "measure a NATS server", "nats-top", "show the clients and the traffic of a NATS server",
            "mkpasswd", "make a password and its bcrypt hash for a NATS server");

    private final String name;
    private final CommandLine command;
    private final StringBuilder page = new StringBuilder();

    private Manuals(String name) {
        this.name = name;
        command = switch (name) {
            case "jnatsd" -> FlagHelp.command();
            case "nats-bench" -> new CommandLine(Bench.class);
            case "nats-top" -> new CommandLine(Top.class);
            default -> new CommandLine(MkPasswd.class);
        };
    }

    public static void main(String[] args) throws IOException {
        Path pages = Files.createDirectories(Path.of(args[0], "man/man1"));
        Path completions = Files.createDirectories(Path.of(args[0], "bash-completion/completions"));
        for (String name : COMMANDS.keySet()) {
            Manuals manual = new Manuals(name);
            Files.writeString(pages.resolve(name + ".1"), manual.page(args[1]));
            Files.writeString(completions.resolve(name), AutoComplete.bash(name, manual.command));
        }
    }

    private String page(String date) {
        line(".TH " + name.toUpperCase(Locale.ROOT) + " 1 " + date);
        line(".SH NAME").line(roff(name) + " \\- " + COMMANDS.get(name));
        line(".SH SYNOPSIS").line("\\fB" + roff(name) + "\\fR [\\fIoptions\\fR]");
        String description = roff(String.join(" ", command.getCommandSpec().usageMessage().description()).strip());
        if (!description.isEmpty())
            line(".SH DESCRIPTION").line(description);
        line(".SH OPTIONS");
        command.getCommandSpec().options().forEach(this::option);
        line(".SH NOTES").line(".nf");
        for (String note : command.getCommandSpec().usageMessage().footer())
            line(roff(note));
        return line(".fi").page.toString();
    }

    private void option(OptionSpec option) {
        String names = Stream.of(option.names()).map(flag -> "\\fB" + roff(flag) + "\\fR").collect(Collectors.joining(", "));
        line(".TP").line(names + (option.arity().max() > 0 ? " \\fI" + roff(option.paramLabel()) + "\\fR" : ""));
        line(roff(String.join(" ", option.description())));
    }

    private Manuals line(String text) {
        page.append(text).append('\n');
        return this;
    }

    /** Returns a text without what the formatter of manual pages would take for commands. */
    private static String roff(String text) {
        return Ansi.OFF.string(text).replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
    }
}
