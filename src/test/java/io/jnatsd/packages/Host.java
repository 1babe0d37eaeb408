package io.jnatsd.packages;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A machine as an operator may have it: no Java on the PATH, no HOME, and a user without an entry in {@code /etc/passwd}
 * if the tests run as root. Threads: one.
 */
final class Host {
    private static final String UNKNOWN_USER = "54321";
    private static final int PATIENCE_SECONDS = 60;

    private final Path tools;
    private final Path scratch;
    private final Map<String, String> environment = new HashMap<>();

    /** The result of a command, with stdout and stderr in one text. */
    record Ended(int code, String text) {
    }

    /** @param scratch an empty folder, in which the user may then write */
    Host(Path scratch) throws IOException {
        this.scratch = scratch;
        tools = Files.createDirectory(scratch.resolve("tools"));
        for (String tool : List.of("bash", "env", "find"))
            add(tool);
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    /** Puts a program of {@code /usr/bin} on the PATH. */
    void add(String tool) throws IOException {
        Files.copy(Path.of("/usr/bin", tool), tools.resolve(tool), StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Sets a variable of the commands' environment. */
    void set(String name, String value) {
        environment.put(name, value);
    }

    /** Starts a command, whose output goes into the file. */
    Process start(Path output, String... command) throws IOException {
        List<String> words = new ArrayList<>();
        if (Files.isWritable(Path.of("/")))
            words.addAll(List.of("/usr/bin/setpriv", "--reuid", UNKNOWN_USER, "--regid", UNKNOWN_USER, "--clear-groups"));
        words.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("PATH", tools.toString());
        return builder.start();
    }

    /** Takes the permission to write into the folder and those below it from all users. */
    static void protect(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.filter(Files::isDirectory).toList())
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r-xr-xr-x"));
        }
    }

    /** Runs a command to its end. */
    Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(scratch, "command", ".out");
        Process process = start(output, command);
        try {
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still running: " + String.join(" ", command));
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }
}
