package io.jnatsd.cli;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.ProgramAuthenticator;
import io.jnatsd.check.MeshCheck;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Problem;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.server.ControlSocket;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.Server;
import io.jnatsd.server.ServerLog;
import io.jnatsd.server.Signals;
import io.jnatsd.server.TlsSetup;
import io.jnatsd.server.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;

/**
 * The program {@code jnatsd}: turns flags into options, starts a server, and returns the exit code: 0 after a clean
 * end, 1 after an error at the start, 2 for an invalid flag, 3 when out of memory. Each error is one line on stderr.
 */
public final class Main {
    private static final int FAILURE = 1;
    private static final List<String> VERSION = List.of("-v", "--v", "-version", "--version");
    private static final List<String> SIGNAL = List.of("-sl", "--sl", "-signal", "--signal");

    private Main() {
    }

    public static void main(String[] args) throws InterruptedException {
        if (OtherCommands.run(args))
            return;
        int code = run(args, System.out, System.err);
        // System.exit initializes a logger, which takes as long as the rest of a short command.
        if (code != 0 || !asksVersion(args) && signal(args).isEmpty())
            System.exit(code);
    }

    /** Returns the exit code: when the server has ended, or immediately if none was started. */
    static int run(String[] args, PrintStream out, PrintStream err) throws InterruptedException {
        try {
            if (answeredAtOnce(args, out))
                return 0;
            return run(Flags.parse(args), out, err);
        } catch (UsageException e) {
            err.println("jnatsd: " + e.getMessage() + " (jnatsd --help lists all flags)");
            return e.exitCode();
        } catch (ConfigException e) {
            for (Problem problem : e.problems())
                err.println("jnatsd: " + problem);
            return FAILURE;
        } catch (IOException e) {
            err.println("jnatsd: " + e.getMessage());
            return FAILURE;
        }
    }

    /** Runs the commands that scripts call often, before larger classes are loaded. */
    private static boolean answeredAtOnce(String[] args, PrintStream out) throws ConfigException, IOException {
        if (asksVersion(args)) {
            printVersion(out);
            return true;
        }
        String signal = signal(args);
        if (signal.isEmpty())
            return false;
        SignalCommand.run(signal);
        return true;
    }

    private static void printVersion(PrintStream out) {
        out.println("jnatsd version " + Version.TEXT);
        String cache = System.getProperty("jnatsd.aot");
        if (cache == null)
            return;
        // Java gives no message when it rejects the class archive, but it then shares no classes at all.
        boolean sharing = System.getProperty("java.vm.info", "").contains("sharing");
        out.println("AOT cache: " + (!cache.equals("recorded") ? cache
                : sharing ? "in use" : "not used, Java does not accept it with these flags"));
    }

    private static boolean asksVersion(String[] args) {
        return args.length == 1 && (VERSION.contains(args[0]) || args[0].equalsIgnoreCase("version"));
    }

    /** Returns the value of the signal flag if it is the only flag; otherwise an empty string. */
    private static String signal(String[] args) {
        if (args.length == 2 && SIGNAL.contains(args[0]))
            return args[1];
        int equals = args.length == 1 ? args[0].indexOf('=') : -1;
        return equals > 0 && SIGNAL.contains(args[0].substring(0, equals)) ? args[0].substring(equals + 1) : "";
    }

    private static int run(Flags flags, PrintStream out, PrintStream err)
            throws ConfigException, IOException, InterruptedException {
        if (flags.helpWanted()) {
            FlagHelp.print(out);
        } else if (flags.versionWanted()) {
            printVersion(out);
        } else if (flags.tlsHelpWanted()) {
            TlsHelp.print(out);
        } else if (flags.signal() != null) {
            SignalCommand.run(flags.signal());
        } else if (flags.testWanted()) {
            return test(new Configuration(flags), err);
        } else if (flags.checkWanted()) {
            MeshCheck check = MeshCheck.of(flags.checked());
            check.lines().forEach(out::println);
            return check.isWell() ? 0 : FAILURE;
        } else if (flags.healthWanted()) {
            HealthCommand.run(new Configuration(flags).loadFirst().options());
            out.println("healthy");
        } else {
            return serve(new Configuration(flags));
        }
        return 0;
    }

    private static int test(Configuration configuration, PrintStream err) throws ConfigException, IOException {
        if (configuration.flags().configFile() == null) {
            err.println("jnatsd: -t needs a configuration file, given with -c");
            return FAILURE;
        }
        OptionsSource.Loaded loaded = configuration.load();
        for (Problem warning : loaded.warnings())
            err.println("jnatsd: " + warning);
        if (!loaded.warnings().isEmpty())
            return FAILURE;
        for (String warning : TlsSetup.tryOut(loaded.options()))
            err.println("jnatsd: " + warning);
        err.println("jnatsd: configuration file " + configuration.flags().configFile() + " is valid");
        return 0;
    }

    private static int serve(Configuration configuration) throws ConfigException, IOException, InterruptedException {
        OptionsSource.Loaded loaded = configuration.loadFirst();
        chooseCarriers(loaded.options().tls() != null);
        try (Log log = ServerLog.open(loaded.options().log())) {
            EmergencyExit exit = EmergencyExit.install(log);
            CompletableFuture<Server> started = new CompletableFuture<>();
            Signals.install(started, log);
            try (ControlSocket control = control(started, log)) {
                Authenticator own = authenticator(log);
                Server server = Server.start(loaded.with(own), () -> configuration.load().with(own), log);
                server.onExhaustion(() -> exit.end("Out of memory for too long"));
                started.complete(server);
                ServiceNotice.ready(log);
                server.awaitClose();
                return 0;
            } catch (IOException e) {
                log.fatal(e.getMessage());
                return FAILURE;
            }
        }
    }

    /** Returns the authenticator that {@link ServiceLoader} finds on the class path; null if there is none. */
    static Authenticator authenticator(Log log) throws IOException {
        try {
            io.jnatsd.Authenticator found = ServiceLoader.load(io.jnatsd.Authenticator.class).findFirst().orElse(null);
            if (found == null)
                return null;
            log.notice("Clients are authenticated by " + found.getClass().getName());
            return new ProgramAuthenticator(found);
        } catch (ServiceConfigurationError e) {
            throw new IOException("Authenticator cannot be loaded: " + e.getMessage(), e);
        }
    }

    /** Returns null if the socket cannot be opened. Then only signals control the server. */
    private static ControlSocket control(CompletableFuture<Server> started, Log log) {
        try {
            return ControlSocket.open(command -> {
                if (command.equals("health") && !started.isDone())
                    throw new IOException("the server is starting");
                Server server = started.join();
                switch (command) {
                    case "health" -> requireHealth(server);
                    case "quit", "term" -> new Threads(log).start("quit", server::close);
                    case "reopen" -> log.reopen();
                    case "reload" -> server.tryReload();
                    case "ldm" -> server.lameDuck();
                    default -> throw new IOException("unknown command \"" + command + "\"");
                }
            }, log);
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("No control socket: " + e.getMessage());
            return null;
        }
    }

    private static void requireHealth(Server server) throws IOException {
        String problem = server.healthProblem();
        if (!problem.isEmpty())
            throw new IOException(problem);
    }

    /**
     * Runs the virtual threads on half of the processors, unless the user has set a number. A message then changes
     * processors less often, which costs more than it gains, and the kernel's network code needs the other half. TLS
     * needs all processors.
     */
    private static void chooseCarriers(boolean encrypts) {
        String property = "jdk.virtualThreadScheduler.parallelism";
        int processors = Runtime.getRuntime().availableProcessors();
        if (System.getProperty(property) == null)
            System.setProperty(property, String.valueOf(encrypts ? processors : Math.max(1, processors / 2)));
    }
}
