package io.jnatsd.jetstream.differential;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A nats-server with JetStream on a free port, whose answers jnatsd's are compared with. Threads: one. */
public final class NatsServerProcess implements AutoCloseable {
    public static final Path PROGRAM = Path.of("/usr/sbin/nats-server");
    private static final Pattern LISTENING = Pattern.compile("Listening for client connections on .*:(\\d+)");

    private final Process process;
    private final Path folder;
    private final int port;

    public NatsServerProcess() throws IOException {
        folder = Files.createTempDirectory("nats-server");
        Path config = folder.resolve("nats.conf");
        Files.writeString(config, "listen: \"127.0.0.1:-1\"\njetstream { store_dir: \"" + folder + "\", max_mem: 256MB, max_file: 256MB }\n");
        process = new ProcessBuilder(PROGRAM.toString(), "-c", config.toString()).redirectErrorStream(true).start();
        port = awaitReady(process.inputReader());
    }

    private static int awaitReady(BufferedReader lines) throws IOException {
        StringBuilder log = new StringBuilder();
        int port = 0;
        for (String line; (line = lines.readLine()) != null;) {
            log.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find())
                port = Integer.parseInt(listening.group(1));
            if (line.endsWith("Server is ready")) {
                Thread.startVirtualThread(() -> discard(lines));
                return port;
            }
        }
        throw new IOException("nats-server did not start:\n" + log);
    }

    /** A pipe that nobody reads would stop the server in the end. */
    private static void discard(BufferedReader lines) {
        try (lines) {
            while (lines.readLine() != null)
                continue;
        } catch (IOException e) {
            // The server has been stopped.
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.delete(file);
        }
    }
}
