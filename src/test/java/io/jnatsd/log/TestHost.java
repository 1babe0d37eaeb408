package io.jnatsd.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A process with pid 8781 on the machine {@code vm}, and the settings that tests vary. */
final class TestHost {
    static final LogSettings PLAIN = settings("", "");

    private TestHost() {
    }

    static LogHost withStderr(OutputStream stderr) {
        return new LogHost(stderr, false, 8781, "vm", "gsrv", List.of(), "no-such-program");
    }

    static LogHost withSyslog(Path socket, String loggerProgram) {
        return new LogHost(OutputStream.nullOutputStream(), false, 8781, "vm", "gsrv", List.of(socket), loggerProgram);
    }

    /** All levels, without time. */
    static LogSettings settings(String file, String remoteSyslog) {
        return new LogSettings(true, true, false, "info", "text", file, 0, 0, false, remoteSyslog);
    }

    static LogSettings file(Path file) {
        return settings(file.toString(), "");
    }

    static LogSettings rotating(Path file, long sizeLimit, int maxFiles) {
        return new LogSettings(true, true, false, "info", "text", file.toString(), sizeLimit, maxFiles, false, "");
    }

    static LogSettings level(String level, boolean debugAndTrace) {
        return new LogSettings(debugAndTrace, debugAndTrace, false, level, "text", "", 0, 0, false, "");
    }

    static LogSettings json(boolean time) {
        return new LogSettings(true, true, time, "info", "json", "", 0, 0, false, "");
    }

    static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file);
    }

    static List<String> lines(OutputStream captured) {
        String text = captured.toString();
        return text.isEmpty() ? List.of() : Arrays.asList(text.split("\n"));
    }

    record Origin(String label, String clientName, String user) implements LogOrigin {
    }
}
