package io.jnatsd.server;

import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.tls.TlsContext;
import io.jnatsd.tls.TlsException;
import io.jnatsd.tls.TlsHandshake;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/** What the {@code tls} block of the cluster amounts to. Threads: immutable. */
record RouteTls(TlsContext context, TlsHandshake handshake) {
    /** Null without such a block. */
    static RouteTls of(TlsOptions options, ScheduledExecutorService timer) throws TlsException {
        if (options == null)
            return null;
        TlsContext context = TlsContext.forRoutes(options, Clock.systemUTC());
        return new RouteTls(context, new TlsHandshake(context, options.timeout(), timer));
    }
}
