package io.jnatsd.cli;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsCheck;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.server.OptionsSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads the configuration file and applies the flags over it, at the start and again for each reload. Threads:
 * immutable.
 */
record Configuration(Flags flags) implements OptionsSource {

    @Override
    public Loaded load() throws ConfigException {
        if (flags.configFile() == null)
            throw new ConfigException(List.of(new Problem("", 0, 0,
                    "Can only reload config when a file is provided using -c or --config")));
        OptionsReader.ReadResult read = OptionsReader.read(flags.configFile());
        flags.applyTo(read.options());
        return loaded(read.options(), read.warnings(), read.plainTextSecrets());
    }

    /** Loads the options for the start. In contrast to a reload, there may be no configuration file. */
    Loaded loadFirst() throws ConfigException {
        if (flags.configFile() != null)
            return load();
        OptionsBuilder options = new OptionsBuilder();
        flags.applyTo(options);
        return loaded(options, List.of(), false);
    }

    private Loaded loaded(OptionsBuilder builder, List<Problem> warnings, boolean plainTextSecrets)
            throws ConfigException {
        ServerOptions options = OptionsCheck.build(builder);
        List<Problem> all = new ArrayList<>(warnings);
        if (options.jetStream().files().storeDir() != null && !options.jetStream().enabled())
            all.add(new Problem("", 0, 0, "store_dir has no effect: JetStream is off"));
        List<String> empty = flags.emptyLogins();
        if (!empty.isEmpty() && !options.auth().requiresCredentials())
            all.add(new Problem("", 0, 0, String.join(" and ", empty) + (empty.size() == 1 ? " is" : " are")
                    + " empty: no credentials are required"));
        return new Loaded(options, List.copyOf(all), plainTextSecrets);
    }
}
