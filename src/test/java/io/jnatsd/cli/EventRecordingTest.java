package io.jnatsd.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flight Recorder is initialized by the first event class, which takes about 100 ms and would delay the first client.
 */
@Timeout(120)
class EventRecordingTest {
    private static final Pattern ROUTES = Pattern.compile("Listening for route connections on \\S+:(\\d+)\n");
    private static final int SIZE = 1 << 20;
    private static final String TOKEN = "CONNECT {\"verbose\":false,\"auth_token\":\"right\"}\r\n";

    @TempDir
    private Path dir;

    private List<String> command(String... javaFlags) throws IOException {
        Path config = Files.writeString(dir.resolve("nats.conf"), """
                listen: "127.0.0.1:-1"
                authorization { token: right }
                max_payload: 1MB
                max_pending: 1MB
                cluster { listen: "127.0.0.1:-1" }
                """);
        List<String> command = ServerProcess.java("-D", "-c", config.toString());
        command.addAll(1, List.of(javaFlags));
        return command;
    }

    /** Causes each of the events. */
    private static void causeAll(ServerProcess server) throws Exception {
        try (RawClient refused = RawClient.connect(server.port())) {
            refused.send("CONNECT {\"auth_token\":\"wrong\"}\r\n").readToEnd();
        }
        try (RawClient stuck = RawClient.connect(server.port());
                RawClient publisher = RawClient.connect(server.port())) {
            stuck.send(TOKEN + "SUB a 1\r\n").roundTrip();
            publisher.send(TOKEN);
            byte[] message = ("PUB a " + SIZE + "\r\n" + "x".repeat(SIZE) + "\r\n").getBytes();
            for (int i = 0; i < 16; i++)
                publisher.send(message);
            publisher.roundTrip();
            awaitText(server, "Slow Consumer Detected");
        }
        Matcher routes = ROUTES.matcher(server.err());
        assertTrue(routes.find(), server::err);
        try (ServerProcess other = ServerProcess.start("-D", "--cluster", "nats://127.0.0.1:-1", "--routes",
                "nats://127.0.0.1:" + routes.group(1))) {
            other.awaitLine("Route sent local subscriptions");
            SignalCommand.run("reload=" + server.pid());
            server.awaitLine("Reloaded server configuration");
        }
        awaitText(server, "Router connection closed");
    }

    private static void awaitText(ServerProcess server, String text) {
        await(text).atMost(Duration.ofSeconds(30)).until(() -> server.err().contains(text));
    }

    @Test
    void aServerThatIsNotRecordedLoadsNoEvents() throws Exception {
        Path loaded = dir.resolve("loaded.txt");
        try (ServerProcess server = ServerProcess.launch(command("-Xlog:class+load:file=" + loaded))) {
            causeAll(server);
            server.signal("TERM");
            server.ended();
        }
        try (Stream<String> classes = Files.lines(loaded)) {
            assertEquals(List.of(), classes.filter(line -> line.contains("io.jnatsd.events.")
                    && !line.contains(".EventRecording ") || line.contains("jdk.jfr.internal.MetadataRepository")).toList());
        }
    }

    @Test
    void aRecordingThatBeginsLaterHasAllEvents() throws Exception {
        Path file = dir.resolve("live.jfr");
        try (ServerProcess server = ServerProcess.launch(command())) {
            RawClient.connect(server.port()).close();
            jcmd(server, "JFR.start", "settings=none", "name=live");
            causeAll(server);
            jcmd(server, "JFR.dump", "name=live", "filename=" + file);
        }
        List<String> names = RecordingFile.readAllEvents(file).stream().map(e -> e.getEventType().getName())
                .filter(name -> name.startsWith("jnatsd.")).distinct().sorted().toList();
        assertEquals(Stream.of("AuthFailure", "ConnectionClosed", "ConnectionOpened", "Reload", "RouteDown", "RouteUp",
                "SlowConsumer").map("jnatsd."::concat).toList(), names);
    }

    private static void jcmd(ServerProcess server, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(server.pid())));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
    }
}
