package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mindrot.jbcrypt.BCrypt;
import org.tinylog.core.LogEntry;
import org.tinylog.runtime.PreciseTimestamp;
import picocli.CommandLine;

/** The program in a process of its own. Its output goes to files. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("Listening for client connections on \\S+:(\\d+)\n");

    private final Process process;
    private final Path out;
    private final Path err;

    private ServerProcess(List<String> command) throws IOException {
        out = Files.createTempFile("jnatsd", ".out");
        err = Files.createTempFile("jnatsd", ".err");
        process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    }

    /** Returns a Java command line with the program's classes. */
    public static List<String> java(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-ea", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", classPath(), Main.class.getName()));
        command.addAll(Arrays.asList(args));
        return command;
    }

    private static String classPath() {
        return Stream.of(Main.class, CommandLine.class, Gson.class, LogEntry.class, PreciseTimestamp.class, BCrypt.class)
                .map(type -> Path.of(java.net.URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString())).toString())
                .distinct().collect(Collectors.joining(System.getProperty("path.separator")));
    }

    /** Runs the program to its end. */
    static Ended run(String... args) throws IOException, InterruptedException {
        try (ServerProcess process = new ServerProcess(java(args))) {
            return process.ended();
        }
    }

    /** Starts a server on a free port and waits until it is ready. Its log is on stderr. */
    static ServerProcess start(String... args) throws IOException {
        List<String> command = java("-a", "127.0.0.1", "-p", "-1");
        command.addAll(Arrays.asList(args));
        return launch(command);
    }

    /** Starts a server with this command line. */
    public static ServerProcess launch(List<String> command) throws IOException {
        ServerProcess server = launchQuiet(command);
        server.awaitLine("Server is ready");
        return server;
    }

    /** Starts a server that does not log to stderr. */
    public static ServerProcess launchQuiet(List<String> command) throws IOException {
        return new ServerProcess(command);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public int port() {
        Matcher port = PORT.matcher(err());
        assertTrue(port.find(), err());
        return Integer.parseInt(port.group(1));
    }

    /** Sends a signal by its name. */
    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).inheritIO().start();
        assertTrue(kill.waitFor() == 0, name);
    }

    public String err() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a line on stderr with this end. */
    public void awaitLine(String end) {
        await(end).atMost(PATIENCE).until(() -> {
            assertTrue(process.isAlive() || err().contains(end + "\n"), this::err);
            return err().contains(end + "\n");
        });
    }

    Ended ended() throws IOException, InterruptedException {
        assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "still running: " + err());
        return new Ended(process.exitValue(), Files.readString(out), err());
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.delete(out);
        Files.delete(err);
    }
}
