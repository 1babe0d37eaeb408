package io.jnatsd.server;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.tls.CertWatch;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Looks after the files of certificates, of all ports that ask for it. Threads: one at a time. */
final class CertificateRotation implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ServerState state;
    private final Runnable renewal;
    /** Null while there is nothing to watch. */
    private CertWatch watch;

    /** @param renewal what to do when one of the files has changed */
    CertificateRotation(ServerState state, Runnable renewal) {
        this.state = state;
        this.renewal = renewal;
    }

    /** Watches what these options name, and nothing else any more. */
    void watch(ServerOptions options) {
        close();
        List<TlsOptions> watched = Stream.of(options.tls(), options.cluster().tls(), options.webSocket().tls())
                .filter(tls -> tls != null && tls.watchFiles()).toList();
        if (!watched.isEmpty())
            watch = new CertWatch(watched, state.timer(), state.threads.executor("cert-watch"), PAUSE, renewal);
    }

    @Override
    public void close() {
        if (watch != null)
            watch.close();
        watch = null;
    }
}
