package io.jnatsd.campaign;

import io.jnatsd.cli.HeldPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A server of a mesh in a process of its own. It keeps its ports when it is started again. Threads: one.
 */
final class MeshMember implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Path dir;
    private final HeldPort heldPort = new HeldPort(), heldRoutePort = new HeldPort(), heldMonitorPort = new HeldPort();
    private final int port = heldPort.number(), monitorPort = heldMonitorPort.number();
    private Process process;
    private int starts;

    MeshMember(Path dir) throws IOException {
        this.dir = Files.createDirectories(dir);
    }

    int port() {
        return port;
    }

    int routePort() {
        return heldRoutePort.number();
    }

    /**
     * Writes the configuration.
     *
     * @param routePorts the ports at which it reaches the others
     * @param cluster more options of the cluster block
     * @param more more options
     */
    void configure(List<Integer> routePorts, String cluster, String more) throws IOException {
        String routes = String.join(", ", routePorts.stream()
                .map(other -> "\"nats-route://mesh:secret@127.0.0.1:" + other + "\"").toList());
        Files.writeString(dir.resolve("nats.conf"), "listen: \"127.0.0.1:" + port + "\"\nhttp: \"127.0.0.1:" + monitorPort
                + "\"\nlog_file: \"" + dir.resolve("log") + "\"\ndebug: true\nwrite_deadline: \"2s\"\n" + more
                + "cluster {\n  listen: \"127.0.0.1:" + heldRoutePort.number() + "\"\n" + cluster
                + "\n  authorization { user: mesh, password: secret, timeout: 5 }\n  routes: [" + routes + "]\n}\n");
    }

    void start() throws IOException {
        launch();
        awaitReady();
    }

    /** Starts the process. */
    void launch() throws IOException {
        Path log = dir.resolve("log");
        if (Files.exists(log))
            Files.move(log, dir.resolve("log." + ++starts));
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "io.jnatsd.cli.Main", "-c",
                dir.resolve("nats.conf").toString()).redirectErrorStream(true)
                .redirectOutput(dir.resolve("out." + starts).toFile()).start();
    }

    void awaitReady() {
        awaitLog("Server is ready", 0);
    }

    private void awaitLog(String text, int from) {
        Awaitility.await(text + " in " + dir).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            if (!process.isAlive())
                throw new Violation("the server in " + dir + " has ended with exit code " + process.exitValue());
            return Files.exists(dir.resolve("log")) && log().indexOf(text, from) >= 0;
        });
    }

    String log() throws IOException {
        return Files.readString(dir.resolve("log"), StandardCharsets.ISO_8859_1);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it as an operator does. */
    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void reload() throws IOException, InterruptedException {
        int from = log().length();
        signal("HUP");
        awaitLog("Reloaded server configuration", from);
    }

    void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start().waitFor();
        if (code != 0)
            throw new IOException("kill -" + name + " ended with " + code);
    }

    /** Returns a monitoring page. */
    String page(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + monitorPort + path).toURL()
                .openConnection();
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(5_000);
        try (var in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        if (process != null)
            process.destroyForcibly();
        for (AutoCloseable each : new AutoCloseable[] {heldPort, heldRoutePort, heldMonitorPort}) {
            try {
                each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
