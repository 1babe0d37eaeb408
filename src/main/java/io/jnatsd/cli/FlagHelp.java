package io.jnatsd.cli;

import java.io.PrintStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Prints the usage text of the server with picocli. Threads: stateless. */
final class FlagHelp {
    private static final int WIDTH = 110;

    private FlagHelp() {
    }

    static void print(PrintStream out) {
        command().usage(out);
    }

    /** Returns the flags of the server in the form of picocli, which prints them but does not read them here. */
    static CommandLine command() {
        CommandSpec command = CommandSpec.create().name("jnatsd");
        command.usageMessage().sortOptions(false).customSynopsis("jnatsd [options]").width(WIDTH).footer("",
                "Flags take one dash or two. A configuration file has many more options: see etc/nats.conf.",
                "Other commands, each with --help: jnatsd bench, jnatsd top, jnatsd mkpasswd.");
        for (Flag.Group group : Flag.Group.values())
            command.addArgGroup(group(group));
        return new CommandLine(command);
    }

    private static ArgGroupSpec group(Flag.Group group) {
        ArgGroupSpec.Builder builder = ArgGroupSpec.builder().validate(false).order(group.ordinal())
                .heading("%n" + group.title + " Options:%n");
        Stream.of(Flag.values()).filter(flag -> flag.group == group).forEach(flag -> builder.addArg(option(flag)));
        return builder.build();
    }

    /** Shows a boolean flag without a value, although each accepts {@code =false} as well. */
    private static OptionSpec option(Flag flag) {
        boolean bare = flag.label.isEmpty();
        OptionSpec.Builder option = OptionSpec.builder(flag.names.toArray(String[]::new)).description(flag.description);
        return bare ? option.type(boolean.class).arity("0").build()
                : option.type(String.class).arity("1").paramLabel(flag.label).build();
    }
}
