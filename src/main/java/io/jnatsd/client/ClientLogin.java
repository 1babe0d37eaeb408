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
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.protocol.ConnectInfo;
import io.jnatsd.protocol.ProtocolException;
import io.jnatsd.protocol.ProtocolException.Fault;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.Subscription;
import io.jnatsd.text.Quoted;
import io.jnatsd.tls.TlsHandshake;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who a client is and what it may do (protocol reference, section 12): the wait for its credentials, their check, and
 * the permissions that come of it.
 *
 * <p>Threads: the client's reader owns the verdicts. {@code lock} makes the end of each check one step, so that of a
 * reload, a CONNECT and a close at the same time none undoes what another did.
 */
final class ClientLogin {
    private static final String TIMEOUT = "-ERR 'Authentication Timeout'\r\n";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final int NONCE_BYTES = 11;
    private static final int VERDICTS = 256;
    /** The match results that are referred to may take so much memory; they may have left the cache long ago. */
    private static final int VERDICT_BYTES = 64 * 1024;

    private enum Outcome { ADMITTED, REFUSED, TOO_MANY, OUTDATED }

    private final Client client;
    private final Clients clients;
    private final ServerState server;
    /** What the client signs if it logs in by a key; empty if nobody does. */
    private final String nonce;
    private volatile Future<?> timer;

    private final ReentrantLock lock = new ReentrantLock();
    /** Written under {@code lock}. */
    private volatile LoginState state = LoginState.PENDING;
    /** The user of the last login that was granted, for logs and monitoring. Written under {@code lock}. */
    private volatile String user = "";
    /** Null unless replies are allowed beyond what may be published. Written under {@code lock}. */
    private volatile ReplySubjects replies;
    /** The user among whose {@code max_connections} it counts. guarded by {@code lock}. */
    private String counted = "";
    /** guarded by {@code lock}. */
    private boolean left;

    /** The permissions that {@link #verdicts} are about. */
    private Permissions judged;
    /** Subjects that were found allowed, or not, each in the one slot that its hash selects. */
    private MatchResult[] verdicts;
    private boolean[] allowed;
    private int verdictBytes;

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
     * Starts to wait for credentials, if there is need of them.
     *
     * @return whether the client must send CONNECT before anything else
     */
    boolean begin() {
        ClientAuth auth;
        lock.lock();
        try {
            auth = clients.auth();
            if (auth.authenticator() == null)
                grant(Login.ANYBODY);
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

    /** Logs in with what CONNECT said, the client's newest; also again, if it comes again. */
    void connect(ConnectInfo said) throws ProtocolException {
        stopTimer();
        try {
            switch (judge(said, false)) {
                case REFUSED -> throw new ProtocolException(Fault.AUTHORIZATION, refusal(said));
                case TOO_MANY -> refuseOneTooMany(said);
                case ADMITTED, OUTDATED -> { }
            }
        } catch (AuthenticationTimeout e) {
            giveUp(e);
        } catch (InterruptedException e) {
            refuse();
            client.kill(CloseReason.SERVER_SHUTDOWN);
        }
    }

    /**
     * What a command other than CONNECT finds. A client that sends one first is logged in as {@code no_auth_user}, if
     * there is one.
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
     * A reload has changed who may do what: the client is judged again by what it said last. One that has yet to log
     * in meets the new rules then.
     *
     * @return false if it may not stay
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
            Outcome outcome = judge(said, true);
            if (outcome == Outcome.REFUSED) {
                server.log.error(client, refusal(said));
                client.close(CloseReason.AUTHENTICATION_FAILURE, VIOLATION);
            } else if (outcome == Outcome.TOO_MANY) {
                refuseOneTooMany(said);
            }
            return outcome == Outcome.ADMITTED;
        } catch (AuthenticationTimeout e) {
            giveUp(e);
            return false;
        }
    }

    /** By the rules in force when the check is done, however often they change meanwhile. */
    private Outcome judge(ConnectInfo said, boolean again) throws AuthenticationTimeout, InterruptedException {
        while (true) {
            ClientAuth auth = clients.auth();
            Authenticator judge = client.isWebSocket() ? auth.overWebSocket() : auth.authenticator();
            Login granted = ask(judge, said, again ? certificatesStillTrusted() : certificates());
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
        // A CONNECT that has come meanwhile is judged by the reader.
        if (left || said != client.connectInfo())
            return Outcome.OUTDATED;
        if (granted == null) {
            state = LoginState.REFUSED;
            return Outcome.REFUSED;
        }
        boolean room = clients.users.move(counted, granted.user(), granted.maxConnections());
        counted = room ? granted.user() : "";
        if (!room) {
            state = LoginState.REFUSED;
            return Outcome.TOO_MANY;
        }
        grant(granted);
        return Outcome.ADMITTED;
    }

    private void grant(Login login) {
        assert lock.isHeldByCurrentThread();
        replies = ReplySubjects.of(login.permissions().responses(), replies);
        user = login.user();
        state = new Granted(login.user(), login.permissions());
    }

    private void refuse() {
        lock.lock();
        try {
            state = LoginState.REFUSED;
        } finally {
            lock.unlock();
        }
    }

    private Login ask(Authenticator authenticator, ConnectInfo said, List<X509Certificate> certificates)
            throws AuthenticationTimeout, InterruptedException {
        if (authenticator == null)
            return Login.ANYBODY;
        try {
            return authenticator.authenticate(new Credentials(said.user(), said.password(), said.token(), said.nkey(),
                    said.signature(), nonce, client.ip(), certificates));
        } catch (RuntimeException | LinkageError | AssertionError e) {
            // Somebody else's code, perhaps: a client that it cannot judge does not come in.
            server.log.error(client, "Authenticator failed: " + e);
            if (e instanceof Error)
                server.threads.failed(client, "authenticator", e);
            return null;
        }
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

    /** None if the authorities that are trusted have changed since, or the certificate has expired. */
    private List<X509Certificate> certificatesStillTrusted() {
        List<X509Certificate> certificates = certificates();
        TlsHandshake inForce = client.tlsInForce();
        boolean trusted = !certificates.isEmpty() && inForce != null && inForce.trusts(client.session());
        return trusted ? certificates : List.of();
    }

    private String refusal(ConnectInfo said) {
        return "Authorization Error" + (clients.auth().named() ? userText(said) + certificateText() : "");
    }

    /** The subject in the form in which the configuration may name it as a user. */
    private String certificateText() {
        List<X509Certificate> certificates = certificates();
        return certificates.isEmpty() ? "" : ", certificate "
                + Quoted.of(DistinguishedName.of(certificates.getFirst().getSubjectX500Principal()).toString());
    }

    private static String userText(ConnectInfo said) {
        return " - User " + Quoted.of(said.nkey().isEmpty() ? said.user() : said.nkey());
    }

    /** The text for the client is the one that libraries know, whoever's connections are too many. */
    private void refuseOneTooMany(ConnectInfo said) {
        server.log.error(client, "Maximum Connections Exceeded" + userText(said));
        client.close(CloseReason.MAX_CONNECTIONS, Client.TOO_MANY);
    }

    private void giveUp(AuthenticationTimeout e) {
        refuse();
        server.log.error(client, "Authentication Timeout: " + e.getMessage());
        client.close(CloseReason.AUTHENTICATION_TIMEOUT, TIMEOUT);
    }

    void leave() {
        stopTimer();
        lock.lock();
        try {
            left = true;
            clients.users.move(counted, "", 0);
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

    /** Whether a message may be published; the lists' verdict is remembered for as long as the match result lives. */
    boolean mayPublish(MatchResult match, Permissions permissions) {
        if (permissions == Permissions.UNRESTRICTED)
            return true;
        if (judged != permissions) {
            judged = permissions;
            verdicts = new MatchResult[VERDICTS];
            allowed = new boolean[VERDICTS];
            verdictBytes = 0;
        }
        int slot = match.hash() >>> 8 & VERDICTS - 1;
        if (verdicts[slot] != match) {
            remember(match, slot);
            allowed[slot] = permissions.mayPublish(match.subject());
        }
        if (allowed[slot])
            return true;
        ReplySubjects asked = replies;
        return asked != null && asked.take(match.subject());
    }

    private void remember(MatchResult match, int slot) {
        MatchResult before = verdicts[slot];
        verdictBytes += match.bytes() - (before == null ? 0 : before.bytes());
        if (verdictBytes > VERDICT_BYTES) {
            Arrays.fill(verdicts, null);
            verdictBytes = match.bytes();
        }
        verdicts[slot] = match;
    }

    /**
     * Gives a subscription what it must not get of the subjects that it covers, and what notes the replies to it.
     *
     * @return whether there is, or was, anything that it must not get
     */
    boolean restrict(Subscription sub, Permissions permissions) {
        List<byte[]> before = sub.denied();
        sub.replies(replies);
        List<byte[]> now = permissions.denials(sub.subject());
        sub.denied(now);
        return before != null || now != null;
    }
}
