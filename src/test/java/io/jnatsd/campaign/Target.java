package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.cli.ServerProcess;
import io.jnatsd.server.RawClient;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server process with every kind of port, users and a heap of 64 MB, on which the programs of this package try what
 * may harm a server. Threads: any thread.
 */
final class Target implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How a line of the log begins. Every other line continues a message, and begins with a tab. */
    private static final Pattern LOG_LINE = Pattern.compile("\\[\\d+] \\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} "
            + "\\[(FTL|ERR|WRN|INF|DBG|TRC)] .*");
    private static final String CONFIG = """
            listen: "127.0.0.1:-1"
            http: "127.0.0.1:-1"
            websocket { listen: "127.0.0.1:-1", no_tls: true }
            cluster { listen: "127.0.0.1:-1" }
            jetstream { max_mem: 8MB }
            tls { cert_file: "%1$s", key_file: "%2$s", timeout: 1 }
            allow_non_tls: true
            system_user: sys
            authorization {
              users: [
                { user: admin, password: a }
                { user: sys, password: s }
                { user: joe, password: $2a$10$go0ceTwt3fl9hcpYQl4rxuqOMttCzTqMwaFsG53ZWpp1FdtNltJEm }
                { user: guest, password: g, permissions: {
                  publish: { allow: ["open.>", "shared.*"], deny: ["shared.secret"] }
                  subscribe: { allow: ["open.>", "shared.*", "work.* crew"], deny: ["shared.secret", "open.private.>"] }
                } }
              ]
              timeout: 1
            }
            """;

    private final Path config = Files.createTempFile("target", ".conf");
    private final ServerProcess process;
    /** Null if the log is on stderr. */
    private final Path logFile;
    private final int port;
    private final int monitorPort;
    /** Those of the server itself. */
    private final long ownSubscriptions;

    private Target(List<String> prefix, String heap, Path logFile, String... flags) throws IOException {
        this.logFile = logFile;
        Files.writeString(config, CONFIG.formatted(TestCerts.file("server-ec-cert.pem"), TestCerts.file("server-ec-key.pem")));
        List<String> command = new ArrayList<>(ServerProcess.java("-c", config.toString()));
        command.add(1, heap);
        command.addAll(0, prefix);
        command.addAll(List.of(flags));
        if (logFile != null)
            command.addAll(List.of("-l", logFile.toString()));
        process = logFile == null ? ServerProcess.launch(command) : ServerProcess.launchQuiet(command);
        if (logFile != null)
            await("start").atMost(PATIENCE).until(() -> Files.exists(logFile) && log().contains("Server is ready\n"));
        port = port("Listening for client connections on");
        monitorPort = port("Starting http monitor on");
        ownSubscriptions = json("/varz").get("subscriptions").getAsLong();
    }

    /** Starts a server with the log of {@code -DV}. */
    static Target tracing() throws IOException {
        return new Target(List.of(), "-Xmx64m", null, "-DV");
    }

    static Target start() throws IOException {
        return new Target(List.of(), "-Xmx64m", null);
    }

    /**
     * Starts a server in an environment of its own.
     *
     * @param prefix a command that runs the command that follows it; empty for none
     * @param heap the option of Java
     * @param logFile null for a log on stderr
     */
    static Target small(List<String> prefix, String heap, Path logFile, String... flags) throws IOException {
        return new Target(prefix, heap, logFile, flags);
    }

    private int port(String line) {
        Matcher port = Pattern.compile(Pattern.quote(line) + " \\S+:(\\d+)\n").matcher(log());
        assertTrue(port.find(), this::log);
        return Integer.parseInt(port.group(1));
    }

    int port() {
        return port;
    }

    int webSocketPort() {
        return port("Listening for websocket clients on");
    }

    int routePort() {
        return port("Listening for route connections on");
    }

    int monitorPort() {
        return monitorPort;
    }

    long pid() {
        return process.pid();
    }

    String log() {
        try {
            return logFile == null ? process.err() : Files.readString(logFile, ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the file that {@link #reload} reads. */
    Path config() {
        return config;
    }

    /** Asks for a reload, as an operator does. */
    void reload() throws IOException, InterruptedException {
        process.signal("HUP");
    }

    static String connect(String user, String password) {
        return "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"user\":\"" + user + "\",\"pass\":\"" + password
                + "\"}\r\n";
    }

    /** Returns a client that is logged in. */
    RawClient client(String user, String password) throws IOException {
        return RawClient.connect(port()).send(connect(user, password)).roundTrip();
    }

    RawClient admin() throws IOException {
        return client("admin", "a");
    }

    String get(String path) throws IOException {
        try (var in = URI.create("http://127.0.0.1:" + monitorPort() + path).toURL().openStream()) {
            return new String(in.readAllBytes(), ISO_8859_1);
        }
    }

    JsonObject json(String path) throws IOException {
        return JsonParser.parseString(get(path)).getAsJsonObject();
    }

    VitalSigns vitalSigns() throws IOException {
        return VitalSigns.of(pid());
    }

    /** Sends bytes to a port, ends the output, and returns what is answered until the server closes or a second is over. */
    static String say(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(1000);
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            } catch (IOException e) {
                // The server has closed the connection.
            }
            return readToEnd(socket);
        }
    }

    static String readToEnd(Socket socket) {
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            for (int got; (got = socket.getInputStream().read(buffer)) >= 0;)
                answer.append(new String(buffer, 0, got, ISO_8859_1));
        } catch (IOException e) {
            // A connection that the server has reset ends here.
        }
        return answer.toString();
    }

    /** Reads until the end, and discards what is read. */
    static void discard(Socket socket) {
        try {
            socket.setSoTimeout(0);
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The connection has been closed.
        }
    }

    /** Asserts that a new client is served on the client port and that the monitoring port answers. */
    void assertServes() throws IOException {
        try (PatientClient client = new PatientClient(port)) {
            client.send("SUB still.here 1\r\nPUB still.here 2\r\nok\r\n").expect("MSG still.here 1 2").expect("ok").roundTrip();
        }
        assertEquals("ok", json("/healthz").get("status").getAsString());
    }

    /** Waits until no client and no route of an attack is left. */
    void awaitEmpty() {
        await("connections of an attack").atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).ignoreExceptions().until(() -> {
            JsonObject varz = json("/varz");
            return varz.get("connections").getAsInt() == 0 && varz.get("routes").getAsInt() == 0
                    && varz.get("subscriptions").getAsLong() == ownSubscriptions;
        });
    }

    /** Asserts that nothing is left of the pressure on a small machine, and returns figures. */
    String recovered(Bystander bystander) throws IOException, InterruptedException {
        String figures = bystander.leave();
        long begin = System.nanoTime();
        // Connections that have waited come before it.
        try (PatientClient client = new PatientClient(port)) {
            client.roundTrip();
        }
        figures += String.format("; a new client was served after %,d ms", (System.nanoTime() - begin) / 1_000_000);
        assertServes();
        awaitEmpty();
        assertCleanLog();
        return figures + String.format("; afterwards %,d kB of live heap, %,d MB resident", VitalSigns.liveHeap(pid()) / 1000,
                vitalSigns().resident() / 1_000_000);
    }

    /** Waits until no more descriptors are open than before. */
    void awaitDescriptors(int most) {
        await("descriptors").atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> vitalSigns().descriptors(), open -> open <= most);
    }

    /** Asserts that the log has no stack trace, no failure of memory, and nothing that looks like a line but is none. */
    void assertCleanLog() {
        String log = log();
        for (String line : log.split("\r?\n")) {
            assertTrue(LOG_LINE.matcher(line).matches() || line.startsWith("\t"), () -> "forged or broken line: " + line);
            assertTrue(line.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 0x7f), () -> "control character in: " + line);
            assertTrue(!line.startsWith("\tat ") && !line.contains("[FTL]") && !line.contains("Internal error")
                    && !line.contains("OutOfMemoryError"), () -> line);
        }
    }

    @Override
    public void close() throws IOException {
        process.close();
        Files.deleteIfExists(config);
    }
}
