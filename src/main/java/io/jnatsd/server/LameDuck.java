package io.jnatsd.server;

import io.jnatsd.client.Client;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions.LameDuckOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.log.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Lame duck mode: the server accepts no new clients, tells the connected ones with INFO, and after a grace period
 * closes them one by one, so that they do not all reconnect to the other servers at once (protocol.md, section 18).
 * Threads: {@link #run} on a thread of its own.
 */
final class LameDuck {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final LameDuckOptions options;
    private final Clients clients;
    private final Log log;
    private final Pause pause;

    /** Waits for a time. */
    interface Pause {
        /** Returns true as soon as the server stops for another reason. */
        boolean stopped(Duration time) throws InterruptedException;
    }

    LameDuck(LameDuckOptions options, Clients clients, Log log, Pause pause) {
        this.options = options;
        this.clients = clients;
        this.log = log;
        this.pause = pause;
    }

    /** Returns when all clients are closed, or the server has been stopped. */
    void run() throws InterruptedException {
        log.notice("Entering lame duck mode, stop accepting new clients");
        for (Client client : clients.all())
            client.pushInfo();
        if (pause.stopped(options.gracePeriod()))
            return;
        List<Client> leaving = new ArrayList<>();
        clients.all().forEach(leaving::add);
        Collections.shuffle(leaving);
        log.notice("Closing existing clients");
        Duration spread = options.duration().minus(options.gracePeriod()).dividedBy(Math.max(leaving.size(), 1));
        Duration between = spread.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : spread;
        for (Client client : leaving) {
            client.close(CloseReason.SERVER_SHUTDOWN, "");
            if (pause.stopped(between))
                return;
        }
    }
}
