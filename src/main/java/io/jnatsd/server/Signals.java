package io.jnatsd.server;

import io.jnatsd.log.Log;
import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;

/**
 * What the process does when it is signalled (operations reference, section 4). Threads: the JVM calls each trap on a
 * thread of its own, which hands over to a virtual thread at once.
 */
public final class Signals {
    private Signals() {
    }

    /**
     * Traps the signals of this process for one server, which may still be starting: what untrapped signals do is end
     * the process. Those that the system does not have are left out.
     */
    public static void install(CompletableFuture<NatsServer> server, Log log) {
        trap("INT", "interrupt", log, () -> server.join().close());
        trap("TERM", "terminated", log, () -> server.join().close());
        trap("USR1", "user defined signal 1", log, log::reopen);
        trap("HUP", "hangup", log, () -> server.join().reload());
        trap("USR2", "user defined signal 2", log, () -> server.join().lameDuck());
    }

    private static void trap(String name, String description, Log log, Runnable action) {
        try {
            Signal.handle(new Signal(name), signal -> Thread.ofVirtual().name("signal-" + name).start(() -> {
                log.debug("Trapped \"" + description + "\" signal");
                action.run();
            }));
        } catch (IllegalArgumentException e) {
            log.debug("Signal " + name + " is not available: " + e.getMessage());
        }
    }
}
