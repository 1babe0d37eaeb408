package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reaction of a server process to signals. */
@Timeout(120)
class SignalTest {
    private static final int MESSAGES = 50_000, RENAMES = 6;

    @TempDir
    private Path dir;

    /** A background process of a script inherits that these signals are ignored. */
    private static void assumeHeeded(String name, int number) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            String mask = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst()
                    .orElseThrow().substring("SigIgn:".length()).strip();
            assumeFalse((Long.parseUnsignedLong(mask, 16) >> number - 1 & 1) == 1, name + " is ignored here");
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 15, terminated", "INT, 2, interrupt"})
    void anEndIsOrderlyAndClientsGetWhatWaitsForThem(String name, int number, String text) throws Exception {
        assumeHeeded(name, number);
        int size = 1 << 20, count = 8;
        try (ServerProcess server = ServerProcess.start("-D"); Socket narrow = new Socket()) {
            narrow.setReceiveBufferSize(64 * 1024);
            narrow.connect(new InetSocketAddress("127.0.0.1", server.port()));
            RawClient reader = new RawClient(narrow);
            reader.expect("INFO \\{[^\n]*\r\n");
            reader.send("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB a 1\r\n").roundTrip();
            try (RawClient publisher = RawClient.quiet(server.port())) {
                byte[] payload = "x".repeat(size).getBytes();
                for (int i = 0; i < count; i++)
                    publisher.send("PUB a " + size + "\r\n").send(payload).send("\r\n");
                publisher.roundTrip();
                server.signal(name);
                server.awaitLine("[DBG] Trapped \"" + text + "\" signal");
                assertEquals(count * (("MSG a 1 " + size + "\r\n").length() + size + 2), reader.readToEnd().length());
                publisher.expectClosed();
            }
            Ended ended = server.ended();
            assertEquals(0, ended.code(), ended.err());
            assertEquals("", ended.out());
            assertTrue(ended.err().endsWith("[INF] Server Exiting..\n"), ended.err());
        }
    }

    @Test
    void hangUpReloads() throws Exception {
        assumeHeeded("HUP", 1);
        Path config = Files.writeString(dir.resolve("nats.conf"), "max_payload: 1000");
        try (ServerProcess server = ServerProcess.start("-D", "-c", config.toString())) {
            Files.writeString(config, "max_payload: 2000");
            server.signal("HUP");
            server.awaitLine("[INF] Reloaded: max_payload = 2000");
            server.awaitLine("[INF] Reloaded server configuration");
            assertTrue(server.err().contains("[DBG] Trapped \"hangup\" signal\n"));
            Files.writeString(config, "max_payload: \"2000");
            server.signal("HUP");
            await().until(() -> server.err().contains(
                    "[ERR] Failed to reload server configuration: " + config + ":1:"));
        }
    }

    @Test
    void withoutAFileTheOtherSignalsAreAnsweredToo() throws Exception {
        assumeHeeded("HUP", 1);
        try (ServerProcess server = ServerProcess.start("-D")) {
            server.signal("HUP");
            server.awaitLine("[ERR] Failed to reload server configuration: Can only reload config when a file is provided"
                    + " using -c or --config");
            server.signal("USR1");
            server.awaitLine("[DBG] Trapped \"user defined signal 1\" signal");
            server.awaitLine("[INF] File log re-open ignored, not a file logger");
            server.signal("USR2");
            server.awaitLine("[DBG] Trapped \"user defined signal 2\" signal");
            server.awaitLine("[INF] Entering lame duck mode, stop accepting new clients");
            server.signal("TERM");
            assertEquals(0, server.ended().code(), "also while it leaves");
        }
    }

    /** Flight Recorder uses USR2 to take samples. */
    @Test
    void aRecordingIsNoReasonToLeave() throws Exception {
        List<String> command = ServerProcess.java("-a", "127.0.0.1", "-p", "-1", "-D");
        Path recording = dir.resolve("a.jfr");
        command.add(1, "-XX:StartFlightRecording=settings=profile,filename=" + recording);
        try (ServerProcess server = ServerProcess.launch(command); RawClient client = RawClient.quiet(server.port())) {
            server.signal("USR2");
            server.awaitLine("[WRN] Signal USR2 is ignored, as Flight Recorder uses it too: use -sl ldm, or"
                    + " _JAVA_SR_SIGNUM=16 in the environment");
            client.roundTrip();
            assertFalse(server.err().contains("lame duck"), server.err());
            SignalCommand.run("ldm=" + server.pid());
            server.awaitLine("[INF] Entering lame duck mode, stop accepting new clients");
            server.signal("TERM");
            assertEquals(0, server.ended().code());
        }
        assertTrue(Files.size(recording) > 0, "what was recorded is kept");
    }

    /** Logs 100,000 trace lines while the file is renamed repeatedly. */
    @Test
    void reopeningTheLogLosesNoLineAndDoublesNone() throws Exception {
        Path log = dir.resolve("nats.log");
        try (ServerProcess server = launch("-a", "127.0.0.1", "-p", "-1", "-DV", "-l", log.toString())) {
            await().until(() -> Files.exists(log) && Files.readString(log).contains("Server is ready"));
            Matcher port = Pattern.compile("connections on \\S+:(\\d+)").matcher(Files.readString(log));
            assertTrue(port.find());
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Integer> load = CompletableFuture.supplyAsync(
                    () -> publish(Integer.parseInt(port.group(1)), enough));
            for (int i = 0; i < RENAMES; i++) {
                Files.move(log, dir.resolve("nats.log." + i));
                if (i % 2 == 0)
                    server.signal("USR1");
                else
                    SignalCommand.run("reopen=" + server.pid());
                await().until(() -> Files.exists(log) && isReopened(log));
            }
            enough.set(true);
            int published = load.join();
            server.signal("TERM");
            assertEquals(new Ended(0, "", ""), server.ended());
            assertEachLineOnce(published);
        }
    }

    private static boolean isReopened(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.findFirst().orElse("").endsWith("[INF] File log re-opened");
        }
    }

    private static ServerProcess launch(String... args) throws IOException {
        return ServerProcess.launchQuiet(ServerProcess.java(args));
    }

    /** Publishes numbered messages, at least a minimum number, until {@code enough}; returns their number. */
    private static int publish(int port, AtomicBoolean enough) {
        try (RawClient client = RawClient.quiet(port)) {
            int published = 0;
            while (published < MESSAGES || !enough.get()) {
                StringBuilder batch = new StringBuilder();
                for (int i = 0; i < 100; i++)
                    batch.append("PUB n.").append(published++).append(" 1\r\nx\r\n");
                client.send(batch.toString()).roundTrip();
            }
            return published;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertEachLineOnce(int published) throws IOException {
        int[] seen = new int[published];
        int payloads = 0;
        Pattern number = Pattern.compile(".* \\[TRC] \\S+ - cid:1 - ->> \\[PUB n\\.(\\d+) 1]");
        for (Path file : logs()) {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                Matcher publish = number.matcher(line);
                if (publish.matches())
                    seen[Integer.parseInt(publish.group(1))]++;
                else if (line.endsWith("->> MSG_PAYLOAD: [x]"))
                    payloads++;
            }
        }
        for (int count : seen)
            assertEquals(1, count);
        assertEquals(published, payloads);
        assertTrue(seen.length + payloads >= 100_000);
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            List<Path> logs = new ArrayList<>(files.toList());
            assertEquals(RENAMES + 1, logs.size());
            return logs;
        }
    }
}
