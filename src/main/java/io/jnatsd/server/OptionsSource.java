package io.jnatsd.server;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import java.util.List;

/** Loads the options of a server, for the start and again for each reload. Threads: one at a time. */
public interface OptionsSource {
    /**
     * Options, and the warnings about them.
     *
     * @param plainTextSecrets the file holds a password or token that is not hashed
     * @param authenticator what decides about logins instead of the options; null for none
     */
    record Loaded(ServerOptions options, List<Problem> warnings, boolean plainTextSecrets,
            Authenticator authenticator) {
        public Loaded(ServerOptions options, List<Problem> warnings, boolean plainTextSecrets) {
            this(options, warnings, plainTextSecrets, null);
        }

        /** Returns the same options with an authenticator. */
        public Loaded with(Authenticator other) {
            return new Loaded(options, warnings, plainTextSecrets, other);
        }
    }

    Loaded load() throws ConfigException;

    /** Returns a source for options that an embedding program made. They cannot be loaded again. */
    static OptionsSource fixed(Loaded loaded) {
        return () -> loaded;
    }
}
