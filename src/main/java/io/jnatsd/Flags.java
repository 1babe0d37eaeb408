package io.jnatsd;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line (configuration reference, section 3). A flag that is given overrides the configuration file. */
@Command(name = "jnatsd", sortOptions = false, synopsisHeading = "Usage: ", customSynopsis = "jnatsd [options]",
        usageHelpWidth = 110)
final class Flags {
    private static final class ServerGroup {
        @Option(names = {"-a", "--addr", "--net"}, paramLabel = "<host>", description = "Bind to host address (default: 0.0.0.0)")
        private String host;
        @Option(names = {"-p", "--port"}, paramLabel = "<port>", description = "Use port for clients (default: 4222; -1: any free one)")
        private Integer port;
        @Option(names = {"-P", "--pid"}, paramLabel = "<file>", description = "File to store the process id in")
        private String pidFile;
        @Option(names = {"-m", "--http_port"}, paramLabel = "<port>", description = "Use port for http monitoring")
        private Integer httpPort;
        @Option(names = {"-c", "--config"}, paramLabel = "<file>", description = "Configuration file")
        private String config;
    }

    private static final class LogGroup {
        @Option(names = {"-l", "--log"}, paramLabel = "<file>", description = "File to redirect log output to")
        private String file;
        @Option(names = {"-T", "--logtime"}, arity = "0..1", fallbackValue = "true", paramLabel = "<bool>", description = "Timestamp log entries (default: true)")
        private Boolean time;
        @Option(names = {"-D", "--debug"}, arity = "0..1", fallbackValue = "true", description = "Enable debugging output")
        private Boolean debug;
        @Option(names = {"-V", "--trace"}, arity = "0..1", fallbackValue = "true", description = "Trace the raw protocol")
        private Boolean trace;
        @Option(names = {"-DV"}, arity = "0..1", fallbackValue = "true", description = "Debug and trace")
        private Boolean both;
    }

    private static final class ClusterGroup {
        @Option(names = {"--cluster", "--cluster_listen"}, paramLabel = "<url>", description = "Cluster URL for routes, as nats://host:port")
        private String listen;
    }

    private static final class CommonGroup {
        @Option(names = {"-h", "--help"}, arity = "0..1", fallbackValue = "true", description = "Show this message")
        private boolean help;
        @Option(names = {"-v", "--version"}, arity = "0..1", fallbackValue = "true", description = "Show version")
        private boolean version;
    }

    @ArgGroup(validate = false, heading = "%nServer Options:%n")
    private ServerGroup server = new ServerGroup();
    @ArgGroup(validate = false, heading = "%nLogging Options:%n")
    private LogGroup log = new LogGroup();
    @ArgGroup(validate = false, heading = "%nCluster Options:%n")
    private ClusterGroup cluster = new ClusterGroup();
    @ArgGroup(validate = false, heading = "%nCommon Options:%n")
    private CommonGroup common = new CommonGroup();

    private Flags() {
    }

    static Flags parse(String[] args) throws UsageException {
        Flags flags = new Flags();
        CommandLine line = new CommandLine(flags).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true);
        line.parseArgs(FlagSyntax.rewrite(args, line.getCommandSpec().optionsMap()).toArray(String[]::new));
        return flags;
    }

    boolean helpWanted() {
        return common.help;
    }

    boolean versionWanted() {
        return common.version;
    }

    void printHelp(PrintStream out) {
        new CommandLine(this).usage(out);
    }

    ServerOptions options() {
        OptionsBuilder o = new OptionsBuilder();
        if (server.host != null)
            o.host = server.host;
        if (server.port != null)
            o.port = server.port;
        if (server.pidFile != null)
            o.pidFile = Path.of(server.pidFile);
        if (log.file != null)
            o.logFile = log.file;
        if (log.time != null)
            o.logTime = log.time;
        if (log.debug != null)
            o.debug = log.debug;
        if (log.trace != null)
            o.trace = log.trace;
        if (log.both != null)
            o.debug = o.trace = log.both;
        return o.build();
    }
}
