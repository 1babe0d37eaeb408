package io.jnatsd.core;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.Credentials;
import io.jnatsd.auth.Login;
import io.jnatsd.auth.Permissions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Future;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who a client is and what it may do (protocol reference, section 12): the wait for its credentials, their check, and
 * the permissions that come of it.
 *
 * <p>Threads: the client's reader owns the verdicts; {@link #login} is swapped by the reader or by a reload.
 */
final class ClientLogin {
    private static final String TIMEOUT = "-ERR 'Authentication Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final int NONCE_BYTES = 11;
    private static final int VERDICTS = 256;

    private final Client client;
    private final ServerState server;
    /** What the client signs if it logs in by a key; empty if nobody does. */
    private final String nonce;
    private volatile Login login;
    private volatile Future<?> timer;
    /** The user that holds one of its {@code max_connections}; written by the reader and, once that ended, by leave. */
    private volatile String counted = "";

    /** The permissions that {@link #verdicts} are about. */
    private Permissions judged;
    /** Subjects that were found allowed, or not, each in the one slot that its hash selects. */
    private MatchResult[] verdicts;
    private boolean[] allowed;

    ClientLogin(Client client, ServerState server) {
        this.client = client;
        this.server = server;
        this.nonce = server.needsNonce() ? newNonce() : "";
    }

    private static String newNonce() {
        byte[] random = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    String nonce() {
        return nonce;
    }

    /**
     * Starts to wait for credentials, if there is need of them.
     *
     * @return whether the client must send CONNECT before anything else
     */
    boolean begin() {
        if (server.authenticator == null) {
            login = Login.ANYBODY;
            return false;
        }
        AuthOptions auth = server.auth;
        timer = server.after(auth.timeout(), this::timeout);
        return auth.noAuthUser().isEmpty();
    }

    private void timeout() {
        if (login != null || client.closeReason() != null)
            return;
        server.log.debug(client, "Authorization Timeout");
        Thread.startVirtualThread(() -> client.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT));
    }

    /** Logs in with what CONNECT said; also again, if it comes again. */
    void connect(ConnectInfo said) throws ProtocolException {
        stopTimer();
        try {
            Login granted = authenticate(said);
            if (granted == null)
                throw refusal(said);
            count(granted);
            login = granted;
        } catch (AuthenticationTimeout e) {
            server.log.error(client, "Authentication Timeout: " + e.getMessage());
            client.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT);
        } catch (InterruptedException e) {
            client.kill(CloseReason.SERVER_SHUTDOWN);
        }
    }

    /** A client that sends something else first is taken for {@code no_auth_user}, where there is one. */
    void connectSilently() throws ProtocolException {
        if (login == null)
            connect(ConnectInfo.BEFORE_CONNECT);
    }

    private Login authenticate(ConnectInfo said) throws AuthenticationTimeout, InterruptedException {
        Authenticator authenticator = server.authenticator;
        return authenticator == null ? Login.ANYBODY
                : authenticator.authenticate(new Credentials(said.user(), said.password(), said.token(), said.nkey(),
                        said.signature(), nonce, client.ip(), certificates()));
    }

    /** Those that the client proved to have. */
    private List<X509Certificate> certificates() {
        try {
            SSLSession session = client.session();
            return session == null ? List.of() : Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    private ProtocolException refusal(ConnectInfo said) {
        String who = server.auth.users() == null ? "" : " - User \"" + (said.nkey().isEmpty() ? said.user()
                : said.nkey()) + "\"";
        return new ProtocolException(Fault.AUTHORIZATION, "Authorization Error" + who);
    }

    private void count(Login granted) {
        if (counted.equals(granted.user()))
            return;
        server.releaseUser(counted);
        counted = "";
        if (server.takeUser(granted.user(), granted.maxConnections()))
            counted = granted.user();
        else
            client.refuse();
    }

    /**
     * A reload has changed who may do what: the client is judged again by what it said last.
     *
     * @return false if it may not stay
     */
    boolean recheck(ConnectInfo said) throws InterruptedException {
        try {
            Login granted = authenticate(said);
            if (granted == null) {
                server.log.error(client, refusal(said).getMessage());
                client.close(CloseReason.AUTHENTICATION_FAILURE, VIOLATION);
                return false;
            }
            login = granted;
            return true;
        } catch (AuthenticationTimeout e) {
            server.log.error(client, "Authentication Timeout: " + e.getMessage());
            client.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT);
            return false;
        }
    }

    void leave() {
        stopTimer();
        server.releaseUser(counted);
        counted = "";
    }

    private void stopTimer() {
        Future<?> armed = timer;
        if (armed != null)
            armed.cancel(false);
    }

    String user() {
        Login known = login;
        return known == null ? "" : known.user();
    }

    /** Null for no restrictions. */
    Permissions permissions() {
        Login known = login;
        return known == null ? null : known.permissions();
    }

    /** Whether a message may be published; remembered for as long as the match result lives. */
    boolean mayPublish(MatchResult match, Permissions permissions) {
        if (judged != permissions) {
            judged = permissions;
            verdicts = new MatchResult[VERDICTS];
            allowed = new boolean[VERDICTS];
        }
        int slot = match.hash >>> 8 & VERDICTS - 1;
        if (verdicts[slot] != match) {
            verdicts[slot] = match;
            allowed[slot] = permissions.mayPublish(match.subject);
        }
        return allowed[slot];
    }

    /** Gives a subscription what it must not get of the subjects that it covers. */
    static void restrict(Subscription sub, Permissions permissions) {
        sub.denied = permissions == null ? null : permissions.denials(sub.subject);
    }
}
