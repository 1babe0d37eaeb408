package io.jnatsd;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsCheck;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.Problem;
import io.jnatsd.server.OptionsSource;
import java.util.List;

/** The configuration file with the flags over it, at the start and again for each reload. Threads: immutable. */
record Configuration(Flags flags) implements OptionsSource {

    @Override
    public Loaded load() throws ConfigException {
        if (flags.configFile() == null)
            throw new ConfigException(List.of(new Problem("", 0, 0,
                    "Can only reload config when a file is provided using -c or --config")));
        OptionsReader.ReadResult read = OptionsReader.read(flags.configFile());
        flags.applyTo(read.options());
        return new Loaded(OptionsCheck.build(read.options()), read.warnings(), read.plainTextSecrets());
    }

    /** The first time the file may be missing. */
    Loaded loadFirst() throws ConfigException {
        if (flags.configFile() != null)
            return load();
        OptionsBuilder options = new OptionsBuilder();
        flags.applyTo(options);
        return new Loaded(OptionsCheck.build(options), List.of(), false);
    }
}
