package io.jnatsd.server;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server in this JVM with a configuration file and a log file, both in a folder of the test. */
public final class ConfiguredServer implements AutoCloseable {
    private final Path dir;
    private final Log log;
    private final Server server;

    private ConfiguredServer(Path dir, String config) throws IOException, ConfigException {
        this.dir = dir;
        configure(config);
        OptionsSource.Loaded loaded = load();
        this.log = ServerLog.open(loaded.options().log());
        this.server = Server.start(loaded, this::load, log);
    }

    /** Starts a server on a free port, unless the configuration has {@code listen}. */
    public static ConfiguredServer start(Path dir, String config) throws IOException, ConfigException {
        return new ConfiguredServer(dir, config);
    }

    private OptionsSource.Loaded load() throws ConfigException {
        OptionsReader.ReadResult read = OptionsReader.read(file());
        return new OptionsSource.Loaded(read.options().build(), read.warnings(), read.plainTextSecrets());
    }

    /** Writes the configuration file, in which later keys win. */
    public ConfiguredServer configure(String config) throws IOException {
        Files.writeString(file(), "listen: \"127.0.0.1:-1\"\nlog_file: '" + dir.resolve("log") + "'\n" + config);
        return this;
    }

    /** Reloads a changed configuration, and returns the lines logged by the reload. */
    public List<String> reload(String config) throws IOException {
        int before = log().size();
        configure(config);
        server.reload();
        List<String> lines = log();
        return lines.subList(before, lines.size());
    }

    public Path file() {
        return dir.resolve("nats.conf");
    }

    public Server server() {
        return server;
    }

    public int port() {
        return server.port();
    }

    /** Returns the log lines without the parts that differ between runs: {@code [INF] Server is ready}. */
    public List<String> log() throws IOException {
        return log("log");
    }

    /** Returns the lines of a file in the folder. */
    public List<String> log(String file) throws IOException {
        log.flush();
        return Files.readAllLines(dir.resolve(file)).stream()
                .map(line -> line.replaceAll("^\\[\\d+] (\\d{4}/\\S+ \\S+ )?|127\\.0\\.0\\.1:\\d+ - (?=cid)", ""))
                .toList();
    }

    @Override
    public void close() {
        server.close();
        log.close();
    }
}
