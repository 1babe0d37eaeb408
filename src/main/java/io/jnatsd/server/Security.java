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
import io.jnatsd.tls.TlsContext;
import io.jnatsd.tls.TlsException;
import io.jnatsd.tls.TlsHandshake;
import io.jnatsd.websocket.Upgrade;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/**
 * What one set of options makes of authentication and TLS. Everything that can be wrong with files comes out when it
 * is made, so that a reload fails before anything has changed. Threads: immutable.
 */
final class Security {
    private final ClientAuth auth;
    private final TlsContext context;
    private final ClientTls tls;
    private final RouteTls routes;
    private final ClientWebSocket webSocket;
    /** Of all ports that have one. */
    private final List<TlsContext> contexts;

    /** @param timer null if nobody will connect */
    Security(ServerOptions options, ClientAuth auth, ScheduledExecutorService timer) throws TlsException {
        this.auth = auth;
        TlsOptions clients = options.tls();
        context = context(clients);
        tls = context == null ? null : new ClientTls(handshake(context, clients, timer), clients.handshakeFirst(),
                options.client().allowNonTls(), clients.verify());
        routes = RouteTls.of(options.cluster().tls(), timer);
        WebSocketOptions ws = options.webSocket();
        TlsContext wss = ws.port() == 0 ? null : context(ws.tls());
        webSocket = ws.port() == 0 ? null : new ClientWebSocket(wss == null ? null : handshake(wss, ws.tls(), timer),
                new Upgrade(ws.sameOrigin(), ws.allowedOrigins(), wss != null), ws.handshakeTimeout());
        contexts = Stream.of(context, routes == null ? null : routes.context(), wss).filter(Objects::nonNull).toList();
    }

    /**
     * @param own the embedding program's authenticator, null for the configuration's
     * @throws TlsException with one line that names the file and what is wrong with it
     */
    static Security of(ServerOptions options, Authenticator own, PasswordCheck passwords,
            ScheduledExecutorService timer) throws TlsException {
        return new Security(options, auth(options, own, passwords), timer);
    }

    private static TlsContext context(TlsOptions tls) throws TlsException {
        return tls == null ? null : TlsContext.forClients(tls, Clock.systemUTC());
    }

    private static TlsHandshake handshake(TlsContext context, TlsOptions tls, ScheduledExecutorService timer) {
        return new TlsHandshake(context, tls.timeout(), timer);
    }

    /** What an embedding program has put there; null if there is none on the class path. */
    static Authenticator pluggedIn(Log log) throws IOException {
        try {
            Optional<Authenticator> found = ServiceLoader.load(Authenticator.class).findFirst();
            found.ifPresent(a -> log.notice("Clients are authenticated by " + a.getClass().getName()));
            return found.orElse(null);
        } catch (ServiceConfigurationError e) {
            throw new IOException("Authenticator cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static ClientAuth auth(ServerOptions all, Authenticator own, PasswordCheck passwords) {
        AuthOptions options = all.auth();
        boolean silent = !options.noAuthUser().isEmpty();
        if (own == null && !options.requiresCredentials())
            return ClientAuth.NONE;
        boolean maps = TlsOptions.maps(all.tls()), webSocketMaps = TlsOptions.maps(all.webSocket().tls());
        Authenticator judge = judge(options, own, maps, passwords);
        Authenticator overWebSocket = maps == webSocketMaps ? judge : judge(options, own, webSocketMaps, passwords);
        return new ClientAuth(judge, overWebSocket, options.timeout(), silent,
                own != null || ConfiguredAuthenticator.needsNonce(options), own != null || options.users() != null,
                !options.systemUser().isEmpty());
    }

    /** @param byCertificate of clients whose TLS has {@code verify_and_map} */
    private static Authenticator judge(AuthOptions options, Authenticator own, boolean byCertificate,
            PasswordCheck passwords) {
        Authenticator judge = own != null ? own : new ConfiguredAuthenticator(options, byCertificate, passwords);
        return options.systemUser().isEmpty() ? judge : new SystemUser(options.systemUser(), judge);
    }

    /** Puts it into force for connections to come. */
    void install(Clients clients, Log log) {
        clients.secure(auth, tls, webSocket);
        warnings().forEach(log::warn);
    }

    /** About certificates and suites. */
    List<String> warnings() {
        return contexts.stream().flatMap(each -> each.warnings().stream()).toList();
    }

    /** The first client should not have to wait for classes to load. */
    void warmUp(Log log) {
        if (contexts.isEmpty())
            return;
        try {
            contexts.getFirst().warmUp();
        } catch (IOException | GeneralSecurityException e) {
            log.debug("TLS could not be tried out: " + e.getMessage());
        }
    }

    boolean authRequired() {
        return auth.authenticator() != null && !auth.silent();
    }

    /** Whether clients are shown another certificate than before. */
    boolean renews(Security before) {
        return context != null && before.context != null && !context.showsSameAs(before.context);
    }

    boolean tlsRequired() {
        return tls != null && !tls.optional();
    }

    boolean tlsAvailable() {
        return tls != null && tls.optional();
    }

    boolean tlsVerify() {
        return tls != null && tls.verify();
    }

    /** For routes; null if they are plain. */
    TlsHandshake routes() {
        return routes == null ? null : routes.handshake();
    }

    /** For the monitoring port; null without TLS. */
    TlsContext context() {
        return context;
    }
}
