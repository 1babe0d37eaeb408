package io.jnatsd.cluster;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.core.CloseReason;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.util.concurrent.Future;

/**
 * Whether another server may join (cluster reference, section 6): the wait for its credentials and their check. Only
 * the server that is dialled asks. Threads: the route's reader, but for {@link #stop}, which is anybody's, and
 * {@link #recheck}.
 */
final class RouteLogin {
    private static final String TIMEOUT = "-ERR 'Authorization Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    private final Route route;
    private final Cluster cluster;
    private final PasswordCheck passwords;
    private volatile boolean accepted;
    private volatile Future<?> timer;

    RouteLogin(Route route, Cluster cluster, PasswordCheck passwords) {
        this.route = route;
        this.cluster = cluster;
        this.passwords = passwords;
    }

    /**
     * Starts to wait for credentials, if there is need of them.
     *
     * @return whether the peer must send CONNECT before anything else
     */
    boolean begin() {
        ClusterOptions options = cluster.options();
        if (options.user().isEmpty())
            return false;
        timer = cluster.server().after(options.authTimeout(), this::timeout);
        return true;
    }

    private void timeout() {
        if (accepted || route.closeReason() != null)
            return;
        cluster.server().log.debug(route, "Authorization Timeout");
        Thread.startVirtualThread(() -> route.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT));
    }

    void connect(ConnectInfo said) throws ProtocolException {
        stop();
        if (!isRight(said))
            throw new ProtocolException(Fault.AUTHORIZATION, "Authorization Error");
        accepted = true;
    }

    /** A reload has changed what the credentials must be. Not on the reader. */
    void recheck(ConnectInfo said) {
        if (isRight(said))
            return;
        cluster.server().log.error(route, "Authorization Error");
        route.close(CloseReason.AUTHENTICATION_FAILURE, VIOLATION);
    }

    private boolean isRight(ConnectInfo said) {
        ClusterOptions options = cluster.options();
        if (options.user().isEmpty())
            return true;
        try {
            // In this order, so that the time that it takes says nothing of the user's name.
            return passwords.matches(options.password(), said.password(), route.ip())
                    && options.user().equals(said.user());
        } catch (AuthenticationTimeout e) {
            cluster.server().log.debug(route, "Authorization Timeout: " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            route.kill(CloseReason.SERVER_SHUTDOWN);
            return false;
        }
    }

    void stop() {
        Future<?> armed = timer;
        if (armed != null)
            armed.cancel(false);
    }
}
