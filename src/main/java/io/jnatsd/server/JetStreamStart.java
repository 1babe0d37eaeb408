package io.jnatsd.server;

import io.jnatsd.config.ServerOptions.JetStreamOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.jetstream.api.JetStream;
import io.jnatsd.jetstream.config.ServerLimits;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.nio.file.Path;

/** Starts JetStream as the options say. Threads: stateless. */
final class JetStreamStart {
    private JetStreamStart() {
    }

    /** @throws IOException if the folder of the streams cannot be used */
    static JetStream start(ServerState state, JetStreamOptions o) throws IOException {
        Log log = state.log;
        JetStream.Storage storage = storage(o);
        log.notice("Starting JetStream");
        log.notice("  Max Memory: " + storage.memory() + " bytes");
        if (storage.folder() != null) {
            log.notice("  Max Storage: " + storage.files() + " bytes");
            log.notice("  Store Directory: \"" + storage.folder() + "\"");
        }
        if (!o.domain().isEmpty())
            log.notice("  Domain: " + o.domain());
        return JetStream.start(new JetStream.Server(state.info.serverName(), o.domain(), o.maxRequests(), state.subjects, state.traffic,
                state.threads, log, state::nextId, state.timer()), storage, limits(o));
    }

    /** Applies changed options. */
    static void apply(JetStreamOptions o, JetStream to) {
        to.apply(storage(o), limits(o));
    }

    private static JetStream.Storage storage(JetStreamOptions o) {
        Path folder = o.files().storeDir();
        long disk = folder == null ? 0 : folder.toAbsolutePath().getRoot().toFile().getTotalSpace();
        return new JetStream.Storage(o.maxMemory(), folder == null ? null : folder.resolve("jetstream"),
                o.files().max() < 0 ? disk : o.files().max(), o.files().syncInterval().toNanos());
    }

    private static ServerLimits limits(JetStreamOptions o) {
        return new ServerLimits(o.limits().maxAckPending(), o.limits().maxRequestBatch(), o.limits().duplicateWindow().toNanos());
    }
}
