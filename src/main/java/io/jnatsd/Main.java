package io.jnatsd;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import io.jnatsd.server.NatsServer;
import io.jnatsd.server.Signals;
import io.jnatsd.server.Version;
import java.io.IOException;
import java.io.PrintStream;

/**
 * The program: flags to options, options to a running server, and the exit code. 0 is a clean end, 1 an error at
 * start, 2 a flag that makes no sense; errors are one line on stderr.
 */
public final class Main {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    private Main() {
    }

    public static void main(String[] args) throws InterruptedException {
        chooseCarriers();
        int code = run(args, System.out, System.err);
        if (code >= 0)
            System.exit(code);
    }

    /**
     * Half the processors carry the virtual threads, unless the user said otherwise: a message then rarely changes
     * processors on its way, which costs more than it gains, and the kernel's network code needs the other half.
     */
    private static void chooseCarriers() {
        String property = "jdk.virtualThreadScheduler.parallelism";
        if (System.getProperty(property) == null)
            System.setProperty(property, String.valueOf(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
    }

    /** Returns the exit code once the server has ended, or right away if none was started. */
    static int run(String[] args, PrintStream out, PrintStream err) throws InterruptedException {
        // Answered before anything heavy is loaded: scripts ask this often.
        if (args.length == 1 && args[0].matches("-v|--v|-version|--version|version|VERSION")) {
            out.println("jnatsd version " + Version.TEXT);
            return 0;
        }
        try {
            Flags flags = Flags.parse(args);
            if (flags.helpWanted()) {
                flags.printHelp(out);
                return 0;
            }
            if (flags.versionWanted()) {
                out.println("jnatsd version " + Version.TEXT);
                return 0;
            }
            return serve(flags.options());
        } catch (UsageException e) {
            err.println("jnatsd: " + e.getMessage() + " (jnatsd --help lists all flags)");
            return USAGE;
        } catch (IOException e) {
            err.println("jnatsd: " + e.getMessage());
            return FAILURE;
        }
    }

    private static int serve(ServerOptions options) throws IOException, InterruptedException {
        try (Log log = new Log(settings(options.log()))) {
            NatsServer server;
            try {
                server = NatsServer.start(options, log);
            } catch (IOException e) {
                log.fatal(e.getMessage());
                return FAILURE;
            }
            Signals.install(server, log);
            server.awaitClose();
            return 0;
        }
    }

    private static LogSettings settings(ServerOptions.LogOptions o) {
        return new LogSettings(o.debug(), o.trace(), o.time(), o.level(), o.format(), o.file(), o.fileSizeLimit(),
                o.maxFiles(), o.syslog(), o.remoteSyslog());
    }
}
