package io.jnatsd.server;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.ConfiguredAuthenticator;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
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
    private final Authenticator authenticator;
    private final TlsContext context;
    private final ClientTls tls;

    private Security(Authenticator authenticator, TlsContext context, ClientTls tls) {
        this.authenticator = authenticator;
        this.context = context;
        this.tls = tls;
    }

    /**
     * @param own the embedding program's authenticator, null for the configuration's
     * @throws TlsException with one line that names the file and what is wrong with it
     */
    static Security of(ServerOptions options, Authenticator own, PasswordCheck passwords,
            ScheduledExecutorService timer) throws TlsException {
        Authenticator authenticator = own != null ? own
                : ConfiguredAuthenticator.isRequired(options.auth())
                        ? new ConfiguredAuthenticator(options.auth(), passwords) : null;
        TlsOptions tls = options.tls();
        if (tls == null)
            return new Security(authenticator, null, null);
        TlsContext context = TlsContext.forClients(tls, Clock.systemUTC());
        TlsHandshake handshake = new TlsHandshake(context, tls.timeout(), timer);
        return new Security(authenticator, context,
                new ClientTls(handshake, tls.handshakeFirst(), options.client().allowNonTls(), tls.verify()));
    }

    /** Puts it into force for connections to come. */
    void install(ServerState state, Log log) {
        state.authenticator = authenticator;
        state.tls = tls;
        if (context != null)
            context.warnings().forEach(log::warn);
    }

    /** The first client should not have to wait for classes to load. */
    void warmUp(Log log) {
        if (context == null)
            return;
        try {
            context.warmUp();
        } catch (IOException | GeneralSecurityException e) {
            log.debug("TLS could not be tried out: " + e.getMessage());
        }
    }

    boolean authRequired(ServerOptions options) {
        return authenticator != null && options.auth().noAuthUser().isEmpty();
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

    /** For the monitoring port; null without TLS. */
    TlsContext context() {
        return context;
    }
}
