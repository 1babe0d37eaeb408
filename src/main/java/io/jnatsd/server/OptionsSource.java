package io.jnatsd.server;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import java.util.List;

/** Where a server's options come from, for the start and again for each reload. Threads: one at a time. */
public interface OptionsSource {
    /**
     * Options, and what about them deserves a warning.
     *
     * @param plainTextSecrets the file holds a password or token that is not hashed
     */
    record Loaded(ServerOptions options, List<Problem> warnings, boolean plainTextSecrets) {
    }

    Loaded load() throws ConfigException;

    /** Options that an embedding program made; there is nothing to load again. */
    static OptionsSource fixed(ServerOptions options) {
        return () -> new Loaded(options, List.of(), false);
    }
}
