package io.jnatsd.server;

import io.jnatsd.client.Client;
import io.jnatsd.config.ConfigException;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.delivery.InternalClient;
import io.jnatsd.monitor.Views;
import io.jnatsd.system.Controls;
import io.jnatsd.system.SystemRequests;
import java.io.IOException;

/** Answers requests under {@code $SYS} while the options name a system user. Threads: {@link #update} one at a time. */
final class SystemAccess implements Controls {
    private final Server server;
    private final SystemRequests requests;
    /** Null while there is no system user. */
    private InternalClient answering;

    SystemAccess(Server server, Views views) {
        this.server = server;
        this.requests = new SystemRequests(server.state(), server.serverId(), server.options().cluster().name(), views,
                this);
    }

    /** Starts or stops answering, as the options in force say. */
    void update() {
        boolean wanted = server.state().traffic.hasSystemUser();
        if (wanted && answering == null)
            answering = requests.start();
        else if (!wanted)
            close();
    }

    /** Stops answering. */
    void close() {
        if (answering != null)
            answering.close();
        answering = null;
    }

    @Override
    public String reload() {
        try {
            server.tryReload();
            return "";
        } catch (ConfigException | IOException e) {
            return e.getMessage();
        }
    }

    @Override
    public boolean kick(long cid) {
        Client client = server.clients().get(cid);
        if (client == null)
            return false;
        server.state().log.notice(client, "Closed at the system user's request");
        client.close(CloseReason.KICKED, "");
        return true;
    }
}
