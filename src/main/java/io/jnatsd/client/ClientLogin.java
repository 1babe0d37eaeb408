package io.jnatsd.client;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.Credentials;
import io.jnatsd.auth.DistinguishedName;
import io.jnatsd.auth.Login;
import io.jnatsd.auth.LoginState;
import io.jnatsd.auth.LoginState.Granted;
import io.jnatsd.auth.Permissions;
import io.jnatsd.auth.ReplySubjects;
import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.Subscription;
import io.jnatsd.text.Quoted;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The login of a client (protocol.md, section 13): the timeout for its credentials, their check, and the permissions
 * that result from it.
 *
 * <p>Threads: the cache of publish permissions: the client's reader only. {@code lock} makes the end of each check
 * atomic, so that a reload, a CONNECT and a close at the same time do not undo each other's result.
 */
final class ClientLogin {
    private static final String TIMEOUT = "-ERR 'Authentication Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final int NONCE_BYTES = 11;
    private static final int CACHED_SUBJECTS = 256;
    /** The limit of memory of the subjects in the cache, whose match results may no longer exist. */
    private static final int CACHE_BYTES = 64 * 1024;
    private static final int ARRAY_BYTES = 16;

    private enum Outcome { ADMITTED, REFUSED, TOO_MANY, TOO_FAST, OUTDATED }

    private final Client client;
    private final Clients clients;
    private final ServerState server;
    /** The text that the client signs to log in with an nkey; empty if there are no nkeys. */
    private final String nonce;
    private volatile Future<?> timer;

    private final ReentrantLock lock = new ReentrantLock();
    /** Written under {@code lock}. */
    private volatile LoginState state = LoginState.PENDING;
    /** The user of the last successful login, for logs and monitoring. Written under {@code lock}. */
    private volatile String user = "";
    /**
     * Null unless the user may publish replies to subjects that it may not publish to otherwise. Written under {@code
     * lock}.
     */
    private volatile ReplySubjects replies;
    /** The user whose quota this connection counts for. Guarded by {@code lock}. */
    private String counted = "";
    /** Guarded by {@code lock}. */
    private boolean left;

    /** The permissions that {@link #allowed} was computed with. */
    private Permissions cachedFor;
    /**
     * The subjects of the match results that were checked last, which are compared by identity; the hash selects one
     * slot. The results themselves would keep departed clients reachable.
     */
    private byte[][] cachedSubjects;
    /** The results of the checks. */
    private boolean[] allowed;
    private int cachedBytes;

    ClientLogin(Client client, Clients clients, ServerState server) {
        this.client = client;
        this.clients = clients;
        this.server = server;
        this.nonce = clients.auth().nonce() ? newNonce() : "";
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
     * Starts the login timeout, if a login is required.
     *
     * @return whether the client must send CONNECT before any other command
     */
    boolean begin() {
        ClientAuth auth;
        lock.lock();
        try {
            auth = clients.auth();
            if (auth.authenticator() == null)
                grant(Login.OPEN);
        } finally {
            lock.unlock();
        }
        if (auth.authenticator() == null)
            return false;
        timer = server.after(auth.timeout(), this::timeout);
        return !auth.silent();
    }

    private void timeout() {
        if (state != LoginState.PENDING || client.closeReason() != null)
            return;
        server.log.debug(client, "Authorization Timeout");
        client.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT);
    }

    /** Checks the credentials of a CONNECT, also if it is not the first one. */
    void connect(ConnectInfo said) throws ProtocolException {
        stopTimer();
        try {
            switch (check(said)) {
                case REFUSED -> throw new ProtocolException(Fault.AUTHORIZATION, refusal(said));
                case TOO_MANY -> refuse(said, CloseReason.MAX_CONNECTIONS);
                case TOO_FAST -> refuse(said, CloseReason.CONNECTION_RATE);
                case ADMITTED, OUTDATED -> { }
            }
        } catch (AuthenticationTimeout e) {
            refuseAfterTimeout(e);
        } catch (InterruptedException e) {
            refuse();
            client.kill(CloseReason.SERVER_SHUTDOWN);
        }
    }

    /**
     * Returns the login state for a command other than CONNECT. A client whose first command is not CONNECT is logged
     * in as {@code no_auth_user}, if there is one.
     */
    LoginState enter() throws ProtocolException {
        LoginState found = state;
        if (found != LoginState.PENDING)
            return found;
        connect(ConnectInfo.BEFORE_CONNECT);
        return state;
    }

    LoginState state() {
        return state;
    }

    /**
     * Checks the credentials of the last CONNECT again, after a reload has changed users or permissions. A client that
     * has not logged in yet is checked by the new rules when it does.
     *
     * @return false if the connection is being closed
     */
    boolean recheck() throws InterruptedException {
        lock.lock();
        try {
            if (!(state instanceof Granted))
                return false;
        } finally {
            lock.unlock();
        }
        ConnectInfo said = client.connectInfo();
        try {
            Outcome outcome = check(said);
            if (outcome == Outcome.REFUSED) {
                server.log.error(client, refusal(said));
                client.close(CloseReason.AUTHENTICATION_FAILURE, VIOLATION);
            } else if (outcome == Outcome.TOO_MANY) {
                refuse(said, CloseReason.MAX_CONNECTIONS);
            } else if (outcome == Outcome.TOO_FAST) {
                refuse(said, CloseReason.CONNECTION_RATE);
            }
            return outcome == Outcome.ADMITTED;
        } catch (AuthenticationTimeout e) {
            refuseAfterTimeout(e);
            return false;
        }
    }

    /** Checks by the rules that are in force when the check ends, and repeats it if they have changed meanwhile. */
    private Outcome check(ConnectInfo said) throws AuthenticationTimeout, InterruptedException {
        while (true) {
            ClientAuth auth = clients.auth();
            Authenticator authenticator = client.isWebSocket() ? auth.overWebSocket() : auth.authenticator();
            Login granted = ask(authenticator, said);
            lock.lock();
            try {
                if (auth == clients.auth())
                    return conclude(said, granted);
            } finally {
                lock.unlock();
            }
        }
    }

    private Outcome conclude(ConnectInfo said, Login granted) {
        assert lock.isHeldByCurrentThread();
        // The reader checks the CONNECT that has arrived meanwhile.
        if (left || said != client.connectInfo())
            return Outcome.OUTDATED;
        if (granted == null) {
            state = LoginState.REFUSED;
            return Outcome.REFUSED;
        }
        CloseReason refusal = clients.users.move(counted, granted.user(), granted.quota());
        counted = refusal == null ? granted.user() : "";
        if (refusal != null) {
            state = LoginState.REFUSED;
            return refusal == CloseReason.MAX_CONNECTIONS ? Outcome.TOO_MANY : Outcome.TOO_FAST;
        }
        grant(granted);
        return Outcome.ADMITTED;
    }

    private void grant(Login login) {
        assert lock.isHeldByCurrentThread();
        replies = ReplySubjects.of(login.permissions().responses(), replies);
        user = login.user();
        state = new Granted(login.user(), login.permissions(), clients.pace(client, login));
    }

    private void refuse() {
        lock.lock();
        try {
            state = LoginState.REFUSED;
        } finally {
            lock.unlock();
        }
    }

    private Login ask(Authenticator authenticator, ConnectInfo said)
            throws AuthenticationTimeout, InterruptedException {
        if (authenticator == null)
            return Login.OPEN;
        try {
            // Since the handshake, the TLS options may have changed, or the certificate has expired.
            List<X509Certificate> certificates = client.certificatesFor(client.tlsInForce());
            return authenticator.authenticate(new Credentials(said.user(), said.password(), said.token(), said.nkey(),
                    said.signature(), nonce, client.ip(), said.name(), certificates));
        } catch (AuthenticationTimeout | InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError | AssertionError e) {
            // The authenticator may be code of the embedding application. If it fails, the client is refused.
            server.log.error(client, "Authenticator failed: " + e);
            if (e instanceof Error)
                server.threads.failed(client, "authenticator", e);
            return null;
        }
    }

    private String refusal(ConnectInfo said) {
        return "Authorization Error" + (clients.auth().named() ? userText(said) + certificateText() : "");
    }

    /** Returns the certificate's subject in the form that the configuration uses for user names. */
    private String certificateText() {
        List<X509Certificate> certificates = client.certificates();
        return certificates.isEmpty() ? "" : ", certificate "
                + Quoted.of(DistinguishedName.of(certificates.getFirst().getSubjectX500Principal()).toString());
    }

    private static String userText(ConnectInfo said) {
        return " - User " + Quoted.of(said.nkey().isEmpty() ? said.user() : said.nkey());
    }

    /** The limit of a user and the limit of the server are reported with the same error. */
    private void refuse(ConnectInfo said, CloseReason limit) {
        server.log.error(client, limit + userText(said));
        client.close(limit, Client.error(limit));
    }

    private void refuseAfterTimeout(AuthenticationTimeout e) {
        refuse();
        server.log.error(client, "Authentication Timeout: " + e.getMessage());
        client.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT);
    }

    void leave() {
        stopTimer();
        lock.lock();
        try {
            left = true;
            clients.users.move(counted, "", Quota.UNLIMITED);
            counted = "";
        } finally {
            lock.unlock();
        }
    }

    private void stopTimer() {
        Future<?> armed = timer;
        if (armed != null)
            armed.cancel(false);
    }

    String user() {
        return user;
    }

    /**
     * Returns whether a message may be published. The result of the permission lists is cached for each match result, by its subject.
     */
    boolean mayPublish(MatchResult match, Permissions permissions) {
        if (permissions == Permissions.UNRESTRICTED)
            return true;
        if (cachedFor != permissions) {
            cachedFor = permissions;
            cachedSubjects = new byte[CACHED_SUBJECTS][];
            allowed = new boolean[CACHED_SUBJECTS];
            cachedBytes = 0;
        }
        int slot = match.hash() >>> 8 & CACHED_SUBJECTS - 1;
        byte[] subject = match.subject();
        if (cachedSubjects[slot] != subject) {
            remember(subject, slot);
            allowed[slot] = permissions.mayPublish(subject);
        }
        if (allowed[slot])
            return true;
        ReplySubjects asked = replies;
        return asked != null && asked.take(subject);
    }

    private static int bytes(byte[] subject) {
        return ARRAY_BYTES + subject.length;
    }

    private void remember(byte[] subject, int slot) {
        byte[] before = cachedSubjects[slot];
        cachedBytes += bytes(subject) - (before == null ? 0 : bytes(before));
        if (cachedBytes > CACHE_BYTES) {
            Arrays.fill(cachedSubjects, null);
            cachedBytes = bytes(subject);
        }
        cachedSubjects[slot] = subject;
    }

    /**
     * Sets the subjects that a subscription may not receive although its pattern covers them, and the record of its
     * reply subjects.
     *
     * @return whether there are, or were, subjects that it may not receive
     */
    boolean restrict(Subscription sub, Permissions permissions) {
        List<byte[]> before = sub.denied();
        sub.replies(replies);
        List<byte[]> now = permissions.denials(sub.subject());
        sub.denied(now);
        return before != null || now != null;
    }
}
