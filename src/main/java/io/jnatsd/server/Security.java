package io.jnatsd.server;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.ConfiguredAuthenticator;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.core.ClientAuth;
import io.jnatsd.core.ClientTls;
import io.jnatsd.core.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.tls.TlsContext;
import io.jnatsd.tls.TlsException;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What one set of options makes of authentication and TLS. Everything that can be wrong with files comes out when it
 * is made, so that a reload fails before anything has changed. Threads: immutable.
 */
final class Security {
    private final ClientAuth auth;
    private final TlsContext context;
    private final ClientTls tls;
    private final RouteTls routes;

    private Security(ClientAuth auth, TlsContext context, ClientTls tls, RouteTls routes) {
        this.auth = auth;
        this.context = context;
        this.tls = tls;
        this.routes = routes;
    }

    /**
     * @param own the embedding program's authenticator, null for the configuration's
     * @throws TlsException with one line that names the file and what is wrong with it
     */
    static Security of(ServerOptions options, Authenticator own, PasswordCheck passwords,
            ScheduledExecutorService timer) throws TlsException {
        ClientAuth auth = auth(options.auth(), own, passwords);
        RouteTls routes = RouteTls.of(options.cluster().tls(), timer);
        TlsOptions tls = options.tls();
        if (tls == null)
            return new Security(auth, null, null, routes);
        TlsContext context = TlsContext.forClients(tls, Clock.systemUTC());
        TlsHandshake handshake = new TlsHandshake(context, tls.timeout(), timer);
        return new Security(auth, context,
                new ClientTls(handshake, tls.handshakeFirst(), options.client().allowNonTls(), tls.verify()),
                routes);
    }

    private static ClientAuth auth(AuthOptions options, Authenticator own, PasswordCheck passwords) {
        boolean silent = !options.noAuthUser().isEmpty();
        if (own != null)
            return new ClientAuth(own, options.timeout(), silent, true, true);
        if (!ConfiguredAuthenticator.isRequired(options))
            return ClientAuth.NONE;
        return new ClientAuth(new ConfiguredAuthenticator(options, passwords), options.timeout(), silent,
                ConfiguredAuthenticator.needsNonce(options), options.users() != null);
    }

    /** Puts it into force for connections to come. */
    void install(ServerState state, Log log) {
        state.auth = auth;
        state.tls = tls;
        if (context != null)
            context.warnings().forEach(log::warn);
        if (routes != null)
            routes.context().warnings().forEach(log::warn);
    }

    /** The first client should not have to wait for classes to load. */
    void warmUp(Log log) {
        TlsContext any = context != null || routes == null ? context : routes.context();
        if (any == null)
            return;
        try {
            any.warmUp();
        } catch (IOException | GeneralSecurityException e) {
            log.debug("TLS could not be tried out: " + e.getMessage());
        }
    }

    boolean authRequired() {
        return auth.authenticator() != null && !auth.silent();
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
