package io.jnatsd.cluster;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in its own process, which can be killed, suspended and started again on the same ports. */
final class ClusterProcess implements AutoCloseable {
    private final List<String> command = new ArrayList<>();
    private final Path log;
    /** Held until the process ends, because it may be started more than once. */
    private final HeldPort heldPort = new HeldPort(), heldClusterPort = new HeldPort();
    private final int port;
    private Process process;

    ClusterProcess(Path dir, URI route, String... more) throws IOException {
        port = heldPort.number();
        int clusterPort = heldClusterPort.number();
        log = dir.resolve(port + ".log");
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "io.jnatsd.cli.Main", "-a",
                "127.0.0.1", "-p", String.valueOf(port), "--cluster", "nats://127.0.0.1:" + clusterPort, "--routes",
                route.toString(), "-D", "-l", log.toString()));
        command.addAll(List.of(more));
    }

    ClusterProcess start() throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Clusters.soon("server process").until(() -> Files.exists(log) && Files.readString(log).contains("Server is ready"));
        return this;
    }

    RawClient client() throws IOException {
        return RawClient.quiet(port);
    }

    void kill() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(log);
    }

    void freeze(boolean on) throws IOException, InterruptedException {
        new ProcessBuilder("kill", on ? "-STOP" : "-CONT", String.valueOf(process.pid())).start().waitFor();
    }

    @Override
    public void close() throws IOException {
        heldPort.close();
        heldClusterPort.close();
        if (process == null)
            return;
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
