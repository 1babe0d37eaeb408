package io.jnatsd.cluster;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.LoginState;
import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.auth.Permissions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether another server may join (cluster reference, section 6): the wait for its credentials and their check. Only
 * the server that is dialled asks; a server that this one dialled is granted everything.
 *
 * <p>Threads: the route's reader, but for {@link #stop}, {@link #state} and {@link #recheck}, which any thread may
 * call. {@code lock} makes the end of each check one step, so that a reload and a CONNECT at the same time do not undo
 * each other.
 */
final class RouteLogin {
    private static final String TIMEOUT = "-ERR 'Authorization Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final LoginState GRANTED = new Granted("", Permissions.UNRESTRICTED);

    private final Route route;
    private final Cluster cluster;
    private final PasswordCheck passwords;
    private volatile Future<?> timer;

    private final ReentrantLock lock = new ReentrantLock();
    /** Written under {@code lock}. */
    private volatile LoginState state = LoginState.PENDING;
    /** What the last CONNECT that was judged said. guarded by {@code lock}. */
    private ConnectInfo shown = ConnectInfo.BEFORE_ROUTE_CONNECT;

    RouteLogin(Route route, Cluster cluster, PasswordCheck passwords) {
        this.route = route;
        this.cluster = cluster;
        this.passwords = passwords;
    }

    LoginState state() {
        return state;
    }

    /**
     * Starts to wait for credentials, if there is need of them.
     *
     * @return whether the peer must send CONNECT before anything else
     */
    boolean begin() {
        lock.lock();
        try {
            if (route.isDialled() || cluster.options().user().isEmpty()) {
                state = GRANTED;
                return false;
            }
        } finally {
            lock.unlock();
        }
        startTimer();
        return true;
    }

    private void startTimer() {
        timer = cluster.server().after(cluster.options().authTimeout(), this::timeout);
    }

    private void timeout() {
        if (state != LoginState.PENDING || route.closeReason() != null)
            return;
        cluster.server().log.debug(route, "Authorization Timeout");
        route.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT);
    }

    void connect(ConnectInfo said) throws ProtocolException {
        stop();
        if (!judge(said, false))
            throw new ProtocolException(Fault.AUTHORIZATION, "Authorization Error");
    }

    /**
     * A reload has changed what the credentials must be. A route that came in without any, and has not said anything
     * yet, has to show them now.
     */
    void recheck() {
        ConnectInfo said;
        lock.lock();
        try {
            if (!(state instanceof Granted))
                return;
            said = shown;
            if (said == ConnectInfo.BEFORE_ROUTE_CONNECT && route.remoteId().isEmpty()
                    && !cluster.options().user().isEmpty()) {
                state = LoginState.PENDING;
                startTimer();
                return;
            }
        } finally {
            lock.unlock();
        }
        if (judge(said, true))
            return;
        cluster.server().log.error(route, "Authorization Error");
        route.close(CloseReason.AUTHENTICATION_FAILURE, VIOLATION);
    }

    /**
     * By the rules in force when the check is done, however often they change meanwhile.
     *
     * @param again a CONNECT that has come meanwhile counts instead, which the reader judges
     */
    private boolean judge(ConnectInfo said, boolean again) {
        while (true) {
            ClusterOptions options = cluster.options();
            boolean right = isRight(options, said);
            lock.lock();
            try {
                if (options != cluster.options())
                    continue;
                if (again && shown != said)
                    return true;
                shown = said;
                state = right ? GRANTED : LoginState.REFUSED;
                return right;
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isRight(ClusterOptions options, ConnectInfo said) {
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
