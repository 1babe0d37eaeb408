package io.jnatsd.cluster;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.CertificateUsers;
import io.jnatsd.auth.LoginState;
import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.auth.Permissions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The login of another server (protocol.md, section 20): the timeout for its credentials, and their check. Only the
 * server that is dialled requires a login; a server that this one has dialled is always accepted. With
 * {@code verify_and_map} the certificate of the other server must name the user, and a password is required only if one
 * is configured.
 *
 * <p>Threads: the route's reader only, except {@link #stop}, {@link #state} and {@link #recheck}: any thread. {@code
 * lock} makes the end of each check atomic, so that a reload and a CONNECT at the same time do not undo each other's
 * result.
 */
final class RouteLogin {
    private static final String TIMEOUT = "-ERR 'Authorization Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final LoginState GRANTED = new Granted("", Permissions.UNRESTRICTED, null);

    private final Route route;
    private final Cluster cluster;
    private final PasswordCheck passwords;
    private volatile Future<?> timer;

    private final ReentrantLock lock = new ReentrantLock();
    /** Written under {@code lock}. */
    private volatile LoginState state = LoginState.PENDING;
    /** The last CONNECT that was checked. Guarded by {@code lock}. */
    private ConnectInfo lastChecked = ConnectInfo.BEFORE_ROUTE_CONNECT;

    RouteLogin(Route route, Cluster cluster, PasswordCheck passwords) {
        this.route = route;
        this.cluster = cluster;
        this.passwords = passwords;
    }

    LoginState state() {
        return state;
    }

    /**
     * Starts the login timeout, if a login is required.
     *
     * @return whether the peer must send CONNECT before any other command
     */
    boolean begin() {
        lock.lock();
        try {
            if (route.isDialled() || !isRequired(cluster.options())) {
                state = GRANTED;
                return false;
            }
        } finally {
            lock.unlock();
        }
        startTimer();
        return true;
    }

    private static boolean isRequired(ClusterOptions options) {
        return !options.user().isEmpty() || TlsOptions.maps(options.tls());
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
        if (!check(said, false))
            throw new ProtocolException(Fault.AUTHORIZATION, "Authorization Error");
    }

    /**
     * Checks the credentials of the last CONNECT again, after a reload has changed the login. A route that was accepted
     * without a login, and has not sent its CONNECT yet, must now send one.
     */
    void recheck() {
        ConnectInfo said;
        lock.lock();
        try {
            if (!(state instanceof Granted))
                return;
            said = lastChecked;
            if (said == ConnectInfo.BEFORE_ROUTE_CONNECT && route.remoteId().isEmpty()
                    && isRequired(cluster.options())) {
                state = LoginState.PENDING;
                startTimer();
                return;
            }
        } finally {
            lock.unlock();
        }
        if (check(said, true))
            return;
        cluster.server().log.error(route, "Authorization Error");
        route.close(CloseReason.AUTHENTICATION_FAILURE, VIOLATION);
    }

    /**
     * Checks by the rules that are in force when the check ends, and repeats it if they have changed meanwhile.
     *
     * @param again whether this is a check after a reload, which has no effect if a newer CONNECT has arrived
     */
    private boolean check(ConnectInfo said, boolean again) {
        while (true) {
            ClusterOptions options = cluster.options();
            boolean valid = isValid(options, said);
            lock.lock();
            try {
                if (options != cluster.options())
                    continue;
                if (again && lastChecked != said)
                    return true;
                lastChecked = said;
                state = valid ? GRANTED : LoginState.REFUSED;
                return valid;
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isValid(ClusterOptions options, ConnectInfo said) {
        if (!isRequired(options))
            return true;
        boolean mapped = TlsOptions.maps(options.tls());
        if (mapped && !isNamed(options.user(), route.certificatesFor(cluster.tls())))
            return false;
        if (mapped && options.password().isEmpty())
            return true;
        try {
            // The password is checked first, so that the time of the check does not reveal whether the user exists.
            return passwords.matches(options.password(), said.password(), route.ip())
                    && (mapped || options.user().equals(said.user()));
        } catch (AuthenticationTimeout e) {
            cluster.server().log.debug(route, "Authorization Timeout: " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            route.kill(CloseReason.SERVER_SHUTDOWN);
            return false;
        }
    }

    private static boolean isNamed(String user, List<X509Certificate> certificates) {
        return !user.isEmpty() && !certificates.isEmpty()
                && user.equals(new CertificateUsers(List.of(user)).userOf(certificates.getFirst()));
    }

    void stop() {
        Future<?> armed = timer;
        if (armed != null)
            armed.cancel(false);
    }
}
