package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The server's stderr is a pipe that is not read, so that the log cannot be written. */
@Isolated("a server in a process of its own is kept busy")
@Timeout(120)
class StuckStderrTest {
    /** Several times the capacity of the pipe and the log's queue. */
    private static final int PINGS = 60_000;
    private Process process;
    private BufferedReader stderr;
    private int port;

    @BeforeEach
    void start() throws IOException {
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-DV");
        command.add(1, "-Xmx64m");
        process = new ProcessBuilder(command).start();
        stderr = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        String listening = awaitLine("Listening for client connections");
        port = Integer.parseInt(listening.substring(listening.lastIndexOf(':') + 1));
        awaitLine("Server is ready");
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
    }

    private String awaitLine(String part) throws IOException {
        String line = stderr.readLine();
        while (line != null && !line.contains(part))
            line = stderr.readLine();
        assertNotNull(line, part);
        return line;
    }

    /** Logs a line for each PING and each PONG. */
    private void logMoreThanThereIsRoomFor(RawClient client) throws IOException {
        for (int i = 0; i < PINGS; i += 1000)
            client.send("PING\r\n".repeat(1000)).expect("(PONG\r\n){1000}");
    }

    @Test
    void theServerGoesOnAndReportsTheLostLinesLater() throws Exception {
        try (RawClient client = RawClient.quiet(port)) {
            logMoreThanThereIsRoomFor(client);
            RawClient.quiet(port).close();
        }
        String report = awaitLine(" log lines, they came faster than they could be written");
        assertTrue(report.matches(".*\\[WRN] Lost [1-9]\\d* log lines, .*"), report);
    }

    @Test
    void theServerEndsWhenItIsTold() throws Exception {
        try (RawClient client = RawClient.quiet(port)) {
            logMoreThanThereIsRoomFor(client);
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
            assertEquals(0, process.exitValue());
        }
    }
}
