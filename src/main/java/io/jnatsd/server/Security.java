package io.jnatsd.server;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.ConfiguredAuthenticator;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.auth.SystemUser;
import io.jnatsd.client.ClientAuth;
import io.jnatsd.client.ClientTls;
import io.jnatsd.client.ClientWebSocket;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.log.Log;
import io.jnatsd.tls.TlsException;
import io.jnatsd.websocket.Upgrade;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Authentication and TLS by one set of options. Errors in files show when an instance is created, so that a reload
 * fails before anything has changed. Threads: immutable.
 */
final class Security {
    private final ClientAuth auth;
    private final TlsSetup tls;
    private final ClientTls clients;
    private final ClientWebSocket webSocket;

    /**
     * @param own the authenticator of the embedding program, null to use the users of the configuration
     * @throws TlsException with one line that names the file and the fault
     */
    Security(ServerOptions options, Authenticator own, PasswordCheck passwords, ScheduledExecutorService timer)
            throws TlsException {
        auth = auth(options, own, passwords);
        tls = new TlsSetup(options, timer);
        clients = tls.clients() == null ? null : new ClientTls(tls.clients(), options.tls().handshakeFirst(),
                options.client().allowNonTls(), options.tls().verify());
        WebSocketOptions ws = options.webSocket();
        webSocket = ws.port() == 0 ? null : new ClientWebSocket(tls.webSocket(),
                new Upgrade(ws.sameOrigin(), ws.allowedOrigins(), tls.webSocket() != null), ws.handshakeTimeout());
    }

    private static ClientAuth auth(ServerOptions all, Authenticator own, PasswordCheck passwords) {
        AuthOptions options = all.auth();
        boolean silent = !options.noAuthUser().isEmpty();
        if (own == null && !options.requiresCredentials())
            return ClientAuth.NONE;
        boolean maps = TlsOptions.maps(all.tls()), webSocketMaps = TlsOptions.maps(all.webSocket().tls());
        Authenticator authenticator = authenticator(options, own, maps, passwords);
        Authenticator overWebSocket = maps == webSocketMaps ? authenticator : authenticator(options, own, webSocketMaps, passwords);
        return new ClientAuth(authenticator, overWebSocket, options.timeout(), silent,
                own != null || ConfiguredAuthenticator.needsNonce(options), own != null || options.users() != null,
                !options.systemUser().isEmpty());
    }

    /** @param byCertificate whether {@code verify_and_map} applies */
    private static Authenticator authenticator(AuthOptions options, Authenticator own, boolean byCertificate,
            PasswordCheck passwords) {
        Authenticator authenticator = own != null ? own : new ConfiguredAuthenticator(options, byCertificate, passwords);
        return options.systemUser().isEmpty() ? authenticator : new SystemUser(options.systemUser(), authenticator);
    }

    /** Applies these settings to new connections. */
    void install(Clients into, Log log) {
        into.secure(auth, clients, webSocket);
        tls.warnings().forEach(log::warn);
    }

    TlsSetup tls() {
        return tls;
    }

    boolean authRequired() {
        return auth.authenticator() != null && !auth.silent();
    }

    boolean tlsRequired() {
        return clients != null && !clients.optional();
    }

    boolean tlsAvailable() {
        return clients != null && clients.optional();
    }

    boolean tlsVerify() {
        return clients != null && clients.verify();
    }
}
