package io.jnatsd.bench;

import io.jnatsd.usage.FlagHint;
import io.jnatsd.usage.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program {@code nats-bench}, which measures a NATS server over the public protocol. It is independent of the
 * server in this project. Threads: one.
 */
@Command(name = "nats-bench", sortOptions = false, versionProvider = Bench.Version.class,
        usageHelpAutoWidth = true, synopsisHeading = "Usage: ",
        description = {"", "Measures a NATS server: its message rate, or with --request how "
                + "long requests take. By default one publisher sends to one subscriber.", ""},
        footer = {"", "MB are millions of bytes of payload. Exit code: 0 all messages arrived, 1 not, 2 bad usage.", "",
            "Examples:",
            "  nats-bench --msgs 5m --size 128              one publisher, one subscriber",
            "  nats-bench --sub 0 --pub 4                   publish only",
            "  nats-bench --pub 0 --msgs 100k               subscribe only, wait for 100,000 messages",
            "  nats-bench --sub 4 --queue workers           four members share the messages",
            "  nats-bench --request --pub 8 --msgs 50k      eight requesters, one responder"})
public final class Bench implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int MAX_CONNECTIONS = 100_000;
    private static final int MAX_SUBJECTS = 1_000_000;
    private static final int MAX_HEADERS = 1000;
    private static final int MAX_SIZE = 64 * 1024 * 1024;
    /** Set by the launcher, which knows whether stderr is a terminal. Java 21 does not. */
    private static final String TERMINAL = "jnatsd.bench.terminal";
    /** The queue group of responders, unless another one is named. */
    private static final String RESPONDERS = "responders";

    @Spec
    private CommandSpec spec;

    @Secret
    @Option(names = {"-s", "--server"}, paramLabel = "URL", defaultValue = "nats://127.0.0.1:4222",
            description = {"host:port, or a URL with nats:// or tls:// before it, which may have user:password@ or "
                    + "token@ before the host", "(default: ${DEFAULT-VALUE})"})
    private String server;

    @Option(names = "--pub", paramLabel = "N", defaultValue = "1", converter = Amount.Count.class,
            description = "connections that publish, or that request (default: ${DEFAULT-VALUE}; 0 for none)")
    private long publishers;

    @Option(names = "--sub", paramLabel = "N", defaultValue = "1", converter = Amount.Count.class,
            description = "connections that subscribe, or that respond (default: ${DEFAULT-VALUE}; 0 for none)")
    private long subscribers;

    @Option(names = "--msgs", paramLabel = "COUNT", defaultValue = "1m", converter = Amount.Count.class,
            description = "total number of messages of all publishers; 100k and 5m are understood "
                    + "(default: ${DEFAULT-VALUE}, with --request 100k)")
    private long messages;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = "16", converter = Amount.Bytes.class,
            description = "payload of each message; 4k and 1mb are understood (default: ${DEFAULT-VALUE})")
    private long size;

    @Option(names = "--headers", paramLabel = "N", defaultValue = "0",
            description = "headers of each message, of 19 bytes or a little more (default: ${DEFAULT-VALUE})")
    private int headers;

    @Option(names = "--subject", paramLabel = "SUBJECT", defaultValue = "bench",
            description = "subject to publish to (default: ${DEFAULT-VALUE})")
    private String subject;

    @Option(names = "--subjects", paramLabel = "K", defaultValue = "1", converter = Amount.Count.class,
            description = "publish to SUBJECT.0 to SUBJECT.K-1 in turn, subscribe to SUBJECT.*")
    private long subjects;

    @Option(names = "--queue", paramLabel = "NAME", defaultValue = "",
            description = "subscribers share the messages as one queue group")
    private String queue;

    @Option(names = "--request",
            description = "publishers request and await each reply, subscribers respond; latencies are shown")
    private boolean request;

    @Option(names = "--rate", paramLabel = "COUNT", converter = Amount.Count.class, defaultValue = "0",
            description = "messages a second over all publishers (default: as many as possible)")
    private long rate;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "1", description = "number of runs")
    private int runs;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "10",
            description = "give up after this time without progress (default: ${DEFAULT-VALUE})")
    private int timeoutSeconds;

    @Option(names = "--csv", paramLabel = "FILE",
            description = "also write the results of every connection here; '-' is stdout, and moves the table to "
                    + "stderr")
    private String csv;

    @Option(names = "--progress", negatable = true,
            description = "show a progress bar on stderr, or not (default: if it is a terminal)")
    private Boolean progress;

    @Option(names = "--user", paramLabel = "NAME", description = "log in as this user")
    private String user;

    @Secret
    @Option(names = "--pass", paramLabel = "PASSWORD", defaultValue = "", description = "the user's password")
    private String password;

    @Secret
    @Option(names = "--token", paramLabel = "TOKEN", description = "log in with a token")
    private String token;

    @Option(names = "--tls",
            description = "use TLS, even if the server does not require it; implied by the next three")
    private boolean tls;

    @Option(names = "--tlsca", paramLabel = "FILE",
            description = "PEM file of the authority that signed the server's certificate")
    private Path tlsCa;

    @Option(names = "--tlscert", paramLabel = "FILE", description = "PEM file of this client's certificate")
    private Path tlsCertificate;

    @Option(names = "--tlskey", paramLabel = "FILE", description = "PEM file of its key (PKCS#8)")
    private Path tlsKey;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this message")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "show the version")
    private boolean version;

    public static void main(String[] args) {
        System.exit(run(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    /** Runs the command and returns the exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine command = new CommandLine(new Bench()).setOut(out).setErr(err)
                .setOverwrittenOptionsAllowed(true).setAllowOptionsAsOptionParameters(true);
        command.setParameterExceptionHandler((fault, ignored) -> {
            err.println("nats-bench: " + FlagHint.message(fault, args) + " (see nats-bench --help)");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        command.setExecutionExceptionHandler((fault, ignored, parsed) -> {
            err.println("nats-bench: " + BenchFailure.reason(fault));
            return FAILED;
        });
        try {
            return command.execute(args);
        } catch (OutOfMemoryError e) {
            err.println("nats-bench: out of memory; JNATSD_OPTS=-Xmx4g would give it more");
            return FAILED;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Endpoint endpoint = endpoint();
        Workload load = load();
        Tls secure = Tls.of(Optional.ofNullable(tlsCa), Optional.ofNullable(tlsCertificate),
                Optional.ofNullable(tlsKey));
        PrintWriter out = spec.commandLine().getOut(), err = spec.commandLine().getErr();
        if (csv == null)
            return measure(load, endpoint, secure, out, new Csv(new PrintWriter(OutputStream.nullOutputStream())));
        if (csv.equals("-"))
            return measure(load, endpoint, secure, err, new Csv(out));
        try (PrintWriter file = open(Path.of(csv))) {
            int code = measure(load, endpoint, secure, out, new Csv(file));
            if (file.checkError())
                throw new BenchFailure("cannot write the CSV: " + csv + " is not complete");
            return code;
        }
    }

    private static PrintWriter open(Path file) throws BenchFailure {
        try {
            return new PrintWriter(Files.newBufferedWriter(file));
        } catch (IOException e) {
            throw new BenchFailure("cannot write the CSV", e);
        }
    }

    private int measure(Workload load, Endpoint endpoint, Tls secure, PrintWriter table, Csv figures)
            throws IOException, InterruptedException {
        Report report = new Report(load, endpoint);
        List<Outcome> outcomes = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
            Outcome outcome = runOnce(load, endpoint, secure);
            outcomes.add(outcome);
            table.print((run == 1 ? report.head(outcome) : "") + report.run(outcome));
            table.flush();
            figures.run(run, outcome.groups());
            if (!outcome.isComplete()) {
                spec.commandLine().getErr().println("nats-bench: " + shortfall(outcome));
                return FAILED;
            }
        }
        if (runs > 1)
            table.print(report.allRuns(outcomes));
        table.flush();
        return 0;
    }

    private Outcome runOnce(Workload load, Endpoint endpoint, Tls secure) throws IOException, InterruptedException {
        boolean shown = progress == null ? Boolean.getBoolean(TERMINAL) : progress;
        Progress line = new Progress(spec.commandLine().getErr(), shown, load.steps());
        int patience = (int) (timeoutSeconds * 1000L + load.pauseMillis());
        try (Crew crew = new Crew(endpoint, secure, patience)) {
            return request ? new RequestReply(load, crew).run(line) : new Throughput(load, crew).run(line);
        }
    }

    private String shortfall(Outcome outcome) {
        if (outcome.lost() == 0)
            return "the server did not answer for " + timeoutSeconds + " s";
        return String.format(Locale.ROOT, "%,d %s lost: no message arrived for %d s", outcome.lost(),
                outcome.lost() == 1 ? "message was" : "messages were", timeoutSeconds);
    }

    private Endpoint endpoint() {
        Endpoint endpoint;
        try {
            endpoint = Endpoint.parse(server);
        } catch (IllegalArgumentException e) {
            throw usage("--server: " + BenchFailure.reason(e));
        }
        if (user != null && token != null)
            throw usage("--user and --token exclude each other");
        if (user != null)
            endpoint = endpoint.withUser(user, password);
        if (token != null)
            endpoint = endpoint.withToken(token);
        if (tlsKey != null && tlsCertificate == null)
            throw usage("--tlskey needs --tlscert");
        // A user who names these files expects TLS.
        return tls || tlsCa != null || tlsCertificate != null ? endpoint.withTls() : endpoint;
    }

    private Workload load() {
        between("--pub", publishers, 0, MAX_CONNECTIONS);
        between("--sub", subscribers, 0, MAX_CONNECTIONS);
        between("--msgs", messages, 1, Long.MAX_VALUE);
        between("--size", size, 0, MAX_SIZE);
        between("--headers", headers, 0, MAX_HEADERS);
        between("--subjects", subjects, 1, MAX_SUBJECTS);
        between("--runs", runs, 1, Integer.MAX_VALUE);
        between("--timeout", timeoutSeconds, 1, 24 * 3600);
        if (publishers == 0 && (subscribers == 0 || request))
            throw usage(request ? "--request needs a requester: --pub" : "there is nothing to do with --pub 0 --sub 0");
        if (subject.isEmpty() || !subject.matches("[^\\s.*>]+(\\.[^\\s.*>]+)*"))
            throw usage("--subject: '" + subject + "' is not a subject to publish to");
        if (!queue.matches("\\S*"))
            throw usage("--queue: '" + queue + "' has a blank in it");
        boolean counted = spec.commandLine().getParseResult().hasMatchedOption("--msgs");
        return new Workload((int) publishers, (int) subscribers, request && !counted ? messages / 10 : messages,
                (int) size, headers, subject, (int) subjects, request && queue.isEmpty() ? RESPONDERS : queue, request, rate);
    }

    private void between(String option, long value, long least, long most) {
        if (value < least)
            throw usage(option + " must be at least " + least);
        if (value > most)
            throw usage(option + " must be at most " + most);
    }

    private ParameterException usage(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    /** The version of the distribution. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties properties = new Properties();
            try (InputStream in = Bench.class.getResourceAsStream("/io/jnatsd/version.properties")) {
                properties.load(in);
            }
            return new String[] {"nats-bench " + properties.getProperty("version", "")};
        }
    }
}
