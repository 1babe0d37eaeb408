package io.jnatsd.server;

import io.jnatsd.log.Log;
import sun.misc.Signal;

/**
 * What the process does when it is signalled (operations reference, section 4). Threads: the JVM calls each trap on a
 * thread of its own, which hands over to a virtual thread at once.
 */
public final class Signals {
    private Signals() {
    }

    /** Traps the signals of this process for one server. */
    public static void install(NatsServer server, Log log) {
        trap("INT", "interrupt", log, server::close);
        trap("TERM", "terminated", log, server::close);
    }

    private static void trap(String name, String description, Log log, Runnable action) {
        Signal.handle(new Signal(name), signal -> Thread.ofVirtual().name("signal-" + name).start(() -> {
            log.debug("Trapped \"" + description + "\" signal");
            action.run();
        }));
    }
}
