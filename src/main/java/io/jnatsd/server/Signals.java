package io.jnatsd.server;

import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;
import sun.misc.Signal;

/**
 * The signals that the process handles. Threads: the JVM calls each handler on a thread of its own, which starts a
 * virtual thread and returns.
 */
public final class Signals {
    private static final String SUSPENDER = "_JAVA_SR_SIGNUM";

    private Signals() {
    }

    /**
     * Handles the signals of this process for one server, which may still be starting: a signal without a handler would
     * end the process. Signals that the system does not have are left out.
     */
    public static void install(CompletableFuture<Server> server, Log log) {
        trap("INT", "interrupt", log, () -> server.join().close());
        trap("TERM", "terminated", log, () -> server.join().close());
        trap("USR1", "user defined signal 1", log, log::reopen);
        trap("HUP", "hangup", log, () -> server.join().reload());
        AtomicBoolean explained = new AtomicBoolean();
        trap("USR2", "user defined signal 2", log, () -> {
            if (!isFlightRecorders())
                server.join().lameDuck();
            else if (explained.compareAndSet(false, true))
                log.warn("Signal USR2 is ignored, as Flight Recorder uses it too: use -sl ldm, or " + SUSPENDER
                        + "=16 in the environment");
        });
    }

    /**
     * Returns whether Flight Recorder may be sending USR2. The JVM suspends threads with that signal unless the
     * environment names another one, as bin/jnatsd does. There is no way to learn whether a recording is running, but
     * without an initialized Flight Recorder there is none.
     */
    private static boolean isFlightRecorders() {
        return System.getenv(SUSPENDER) == null && FlightRecorder.isInitialized();
    }

    private static void trap(String name, String description, Log log, Runnable action) {
        Threads threads = new Threads(log);
        try {
            Signal.handle(new Signal(name), signal -> threads.start("signal-" + name, () -> {
                log.debug("Trapped \"" + description + "\" signal");
                action.run();
            }));
        } catch (IllegalArgumentException e) {
            log.debug("Signal " + name + " is not available: " + e.getMessage());
        }
    }
}
