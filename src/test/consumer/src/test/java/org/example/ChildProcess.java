package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command and returns what it has printed. */
final class ChildProcess {
    private static final int PATIENCE = 120;

    private ChildProcess() { }

    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(PATIENCE, TimeUnit.SECONDS);
            assertEquals(0, process.exitValue(), () -> String.join(" ", command) + "\n" + output);
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
