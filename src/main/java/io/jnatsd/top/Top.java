package io.jnatsd.top;

import io.jnatsd.usage.FlagHint;
import io.jnatsd.usage.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/**
 * The program {@code nats-top}, which shows the clients and the traffic of a NATS server in a terminal. It reads the
 * server's monitoring port and is independent of the server in this project. Threads: one.
 */
@Command(name = "nats-top", sortOptions = false, versionProvider = Top.Version.class, usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        description = {"", "Shows the clients and the traffic of a NATS server, from its monitoring port. Keys: "
                + "q quits, < and > choose the column to sort by, r shows rates, s subscriptions, + and - change the "
                + "delay.", ""},
        footer = {"", "Exit code: 0 success, 1 no data, 2 bad usage.", "",
            "Examples:",
            "  nats-top                             a server on this machine",
            "  nats-top -s nats.example.com -m 8222 --sort bytes_to",
            "  nats-top --once -n 5                 once, for scripts"})
public final class Top implements Callable<Integer> {
    private static final int FAILED = 1, MOST_PORT = 65_535;
    /** Set by the launcher, which knows whether stdout is a terminal. Java 21 does not. */
    private static final String TERMINAL = "jnatsd.top.terminal";

    @Secret
    @Option(names = {"-s", "--server"}, paramLabel = "HOST", defaultValue = "127.0.0.1",
            description = "the server's host, host:port or URL for monitoring (default: ${DEFAULT-VALUE})")
    private String server;

    @Option(names = {"-m", "--http_port"}, paramLabel = "PORT", defaultValue = "8222",
            description = "its port for HTTP (default: ${DEFAULT-VALUE})")
    private int httpPort;

    @Option(names = {"-ms", "--https_port"}, paramLabel = "PORT", defaultValue = "0",
            description = "its port for HTTPS, which is then used")
    private int httpsPort;

    @Option(names = {"-n", "--rows"}, paramLabel = "N", defaultValue = "1024",
            description = "connections at most (default: ${DEFAULT-VALUE})")
    private int rows;

    @Option(names = {"-d", "--delay"}, paramLabel = "SECONDS", defaultValue = "1",
            description = "time between two refreshes (default: ${DEFAULT-VALUE})")
    private double delay;

    @Option(names = {"-sort", "--sort"}, paramLabel = "KEY", defaultValue = "cid",
            description = "cid, subs, pending, msgs_to, msgs_from, bytes_to, bytes_from, uptime, last or idle; \"to\" "
                    + "is from the server to the client (default: ${DEFAULT-VALUE})")
    private String sort;

    @Option(names = "--subs", description = "show subscriptions, too")
    private boolean subs;

    @Option(names = "--rates", description = "show messages and bytes per second instead of totals")
    private boolean rates;

    @Option(names = "--once", description = "print the table once and end; rates are those of one delay")
    private boolean once;

    @Option(names = "--user", paramLabel = "NAME", defaultValue = "",
            description = "log in to the monitoring port as this user")
    private String user;

    @Secret
    @Option(names = "--pass", paramLabel = "PASSWORD", defaultValue = "${env:NATS_TOP_PASS:-}",
            description = "the user's password (default: $NATS_TOP_PASS)")
    private String password;

    @Option(names = "--tlsca", paramLabel = "FILE",
            description = "PEM file of the authority that signed the server's certificate")
    private Path tlsCa;

    @Option(names = {"-k", "--insecure"}, description = "accept any certificate")
    private boolean insecure;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this message")
    private boolean help;

    @Option(names = {"-v", "--version"}, versionHelp = true, description = "show the version")
    private boolean version;

    private final PrintWriter out;
    private final InputStream in;

    private Top(PrintWriter out, InputStream in) {
        this.out = out;
        this.in = in;
    }

    public static void main(String[] args) {
        System.exit(run(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true), System.in));
    }

    /** Runs the command and returns the exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err, InputStream in) {
        CommandLine command = new CommandLine(new Top(out, in)).setOut(out).setErr(err)
                .setPosixClusteredShortOptionsAllowed(false).setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(true);
        command.setParameterExceptionHandler((fault, ignored) -> {
            err.println("nats-top: " + FlagHint.message(fault, args) + " (see nats-top --help)");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        command.setExecutionExceptionHandler((fault, ignored, parsed) -> {
            if (!(fault instanceof IOException || fault instanceof IllegalArgumentException))
                throw fault;
            err.println("nats-top: " + fault.getMessage());
            return fault instanceof IOException ? FAILED : command.getCommandSpec().exitCodeOnInvalidInput();
        });
        return command.execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        SortKey key = SortKey.of(sort);
        long millis = Math.round(delay * 1000);
        if (rows < 1 || millis < 1)
            throw new IllegalArgumentException("-n and -d must be above zero");
        if (httpPort < 1 || httpPort > MOST_PORT || httpsPort < 0 || httpsPort > MOST_PORT)
            throw new IllegalArgumentException("-m and -ms take ports from 1 to " + MOST_PORT);
        if (!once && !Boolean.getBoolean(TERMINAL))
            throw new IllegalArgumentException("the output is not a terminal; use --once");
        SSLContext tls = Trust.in(tlsCa, insecure);
        try (MonitoringPort port = new MonitoringPort(url(), user.isEmpty() ? "" : user + ":" + password, tls)) {
            if (once)
                print(port, key, millis);
            else
                show(port, key, millis);
        }
        return 0;
    }

    private String url() {
        // None of these messages contains the text, because it may contain a password.
        if (server.indexOf('@') >= 0)
            throw new IllegalArgumentException("--server takes no user and password: use --user and --pass");
        try {
            return new URI(written()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("--server is not a host, host:port or URL: " + e.getReason(), e);
        }
    }

    private String written() {
        if (server.contains("://"))
            return server.replaceAll("/+$", "");
        boolean ipv6 = server.indexOf(':') != server.lastIndexOf(':') && !server.startsWith("[");
        String host = ipv6 ? "[" + server + "]" : server;
        if (host.matches(".*[^:\\]]:\\d+|.*]:\\d+"))
            return (httpsPort != 0 ? "https://" : "http://") + host;
        return httpsPort != 0 ? "https://" + host + ":" + httpsPort : "http://" + host + ":" + httpPort;
    }

    private void print(MonitoringPort port, SortKey key, long millis) throws IOException, InterruptedException {
        Snapshot first = port.read(key.word(), rows, subs);
        TimeUnit.MILLISECONDS.sleep(millis);
        Snapshot second = port.read(key.word(), rows, subs);
        new Screen(rows, 0, key, subs, rates, false).lines(second, first).forEach(out::println);
    }

    private void show(MonitoringPort port, SortKey key, long millis) throws IOException, InterruptedException {
        // Fails before the screen is cleared.
        port.read(key.word(), 1, false);
        try (Terminal terminal = Terminal.open(out, in)) {
            new Live(port, terminal, rows).run(key, subs, rates, millis);
        }
    }

    /** The version that {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties properties = new Properties();
            try (InputStream in = Top.class.getResourceAsStream("/io/jnatsd/version.properties")) {
                properties.load(in);
            }
            return new String[] {"nats-top " + properties.getProperty("version")};
        }
    }
}
