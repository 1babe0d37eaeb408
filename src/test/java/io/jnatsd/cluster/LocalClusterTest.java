package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests bin/local-cluster, with a launcher that uses the classes under test. */
@Timeout(60)
class LocalClusterTest {
    @TempDir
    private Path dir;
    private Path script;
    private int port;

    @BeforeEach
    void copy() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
        Path bin = Files.createDirectories(dir.resolve("a home/bin"));
        script = Files.copy(Path.of(System.getProperty("jnatsd.home"), "bin", "local-cluster"), bin.resolve("local-cluster"));
        Path launcher = Files.writeString(bin.resolve("jnatsd"), "#!/bin/bash\nexec '" + System.getProperty("java.home")
                + "/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                + "' io.jnatsd.cli.Main \"$@\"\n");
        assertTrue(script.toFile().setExecutable(true) && launcher.toFile().setExecutable(true));
        port = threeFreePorts();
    }

    /** Returns the first of three consecutive ports that are free, as are those 2000 higher. */
    private static int threeFreePorts() throws IOException {
        for (int first = 10_000;; first += 7) {
            List<ServerSocket> taken = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    taken.add(new ServerSocket(first + i));
                    taken.add(new ServerSocket(first + i + 2000));
                }
                return first;
            } catch (BindException e) {
                // Try the next ports.
            } finally {
                for (ServerSocket socket : taken)
                    socket.close();
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        run("stop");
    }

    private String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--dir", dir.resolve("a cluster").toString(), "--port", String.valueOf(port)));
        Path out = Files.createTempFile(dir, "out", "");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(50, TimeUnit.SECONDS), "still runs");
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private String urls() {
        StringBuilder urls = new StringBuilder();
        for (int i = 0; i < 3; i++)
            urls.append("nats://127.0.0.1:").append(port + i).append('\n');
        return urls.toString();
    }

    @Test
    void aClusterStartsSurvivesAndStops() throws Exception {
        assertEquals(urls(), run("start"));
        assertEquals(urls(), run("start"));
        assertTrue(run("status").matches("(\\d  nats://127\\.0\\.0\\.1:\\d+  pid \\d+  .*\\.log\n){3}"));
        assertEquals("", run("kill", "2"));
        assertTrue(run("status").contains("2  nats://127.0.0.1:" + (port + 1) + "  not running\n"));
        assertEquals("local-cluster: server 2 does not run\n", run("kill", "2"));
        assertEquals(urls(), run("start"));
        try (RawClient subscriber = RawClient.quiet(port + 1); RawClient publisher = RawClient.quiet(port + 2)) {
            subscriber.send("SUB foo 1\r\nSUB bar 2\r\n").roundTrip();
            Clusters.soon("interest").until(() -> {
                publisher.send("PUB foo 0\r\n\r\n").roundTrip();
                return subscriber.send("PING\r\n").expect(".*?PONG\r\n").group().startsWith("MSG");
            });
            publisher.send("PUB bar 11\r\nHello World\r\n");
            subscriber.expect("(MSG foo 1 0\r\n\r\n)*MSG bar 2 11\r\nHello World\r\n");
        }
        assertEquals("", run("stop"));
        assertTrue(run("status").startsWith("no cluster in "));
    }

    @Test
    void itSaysHowItIsUsed() throws Exception {
        assertTrue(run("dance").startsWith("local-cluster start [--size 3]"));
        assertEquals("local-cluster: --size x: expected a number of servers up to 99\n", run("start", "--size", "x"));
    }
}
