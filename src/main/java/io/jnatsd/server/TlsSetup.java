package io.jnatsd.server;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.tls.CertWatch;
import io.jnatsd.tls.TlsContext;
import io.jnatsd.tls.TlsException;
import io.jnatsd.tls.TlsHandshake;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/**
 * The TLS of all ports of one server. Certificates and keys are read when an instance is created, so that a start or a
 * reload fails before anything has changed. Threads: immutable.
 */
public final class TlsSetup {
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

    private final TlsHandshake clients;
    private final TlsHandshake routes;
    private final TlsHandshake webSocket;

    /**
     * @param timer null if no connection will be made
     * @throws TlsException with one line that names the file and what is wrong with it
     */
    TlsSetup(ServerOptions options, ScheduledExecutorService timer) throws TlsException {
        TlsOptions cluster = options.cluster().tls();
        clients = forClients(options.tls(), timer);
        routes = cluster == null ? null
                : new TlsHandshake(TlsContext.forRoutes(cluster, Clock.systemUTC()), cluster.timeout(), timer);
        webSocket = options.webSocket().port() == 0 ? null : forClients(options.webSocket().tls(), timer);
    }

    private static TlsHandshake forClients(TlsOptions tls, ScheduledExecutorService timer) throws TlsException {
        return tls == null ? null
                : new TlsHandshake(TlsContext.forClients(tls, Clock.systemUTC()), tls.timeout(), timer);
    }

    /**
     * Reads the certificates and keys that options name, without a server.
     *
     * @return warnings about them
     * @throws IOException if a server could not start with them; the message names the file and what is wrong with it
     */
    public static List<String> tryOut(ServerOptions options) throws IOException {
        try {
            return new TlsSetup(options, null).warnings();
        } catch (TlsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Watches the files of all ports whose options request it.
     *
     * @param changed called when a file has changed
     * @return null if there is nothing to watch
     */
    static CertWatch watch(ServerOptions options, ServerState state, Runnable changed) {
        List<TlsOptions> watched = Stream.of(options.tls(), options.cluster().tls(), options.webSocket().tls())
                .filter(tls -> tls != null && tls.watchFiles()).toList();
        return watched.isEmpty() ? null
                : new CertWatch(watched, state.timer(), state.threads.executor("cert-watch"), WATCH_INTERVAL, changed);
    }

    private Stream<TlsContext> contexts() {
        return Stream.of(clients, routes, webSocket).filter(Objects::nonNull).map(TlsHandshake::context);
    }

    /** Returns warnings about certificates and cipher suites. */
    List<String> warnings() {
        return contexts().flatMap(each -> each.warnings().stream()).toList();
    }

    /** Does a handshake in memory, so that the first client does not wait for classes to load. */
    void warmUp(Log log) {
        try {
            TlsContext first = contexts().findFirst().orElse(null);
            if (first != null)
                first.warmUp();
        } catch (IOException | GeneralSecurityException e) {
            log.debug("TLS could not be tried out: " + e.getMessage());
        }
    }

    /** Returns whether clients are shown another certificate than before. */
    boolean renews(TlsSetup before) {
        return clients != null && before.clients != null && !clients.context().showsSameAs(before.clients.context());
    }

    /** Null for a plain client port. */
    TlsHandshake clients() {
        return clients;
    }

    /** Null for plain routes. */
    TlsHandshake routes() {
        return routes;
    }

    /** Null for a plain WebSocket port. */
    TlsHandshake webSocket() {
        return webSocket;
    }

    /** For the monitoring port, which shows the certificate of the client port; null without TLS. */
    TlsContext monitoring() {
        return clients == null ? null : clients.context();
    }
}
