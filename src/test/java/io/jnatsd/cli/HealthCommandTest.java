package io.jnatsd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.TestServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --health}: asks a running server whether it is healthy. */
@Timeout(60)
class HealthCommandTest {
    private static final Ended HEALTHY = new Ended(0, "healthy\n", "");

    @TempDir
    private Path dir;

    private static Ended health(String... flags) throws InterruptedException {
        String[] args = new String[flags.length + 1];
        args[0] = "--health";
        System.arraycopy(flags, 0, args, 1, flags.length);
        return CommandLineTest.run(args);
    }

    private static Ended notHealthy(String reason) {
        return new Ended(1, "", "jnatsd: not healthy: " + reason + "\n");
    }

    private Path config(String text) throws Exception {
        return Files.writeString(dir.resolve("nats.conf"), text);
    }

    @Test
    void theMonitoringPortIsAsked() throws Exception {
        try (TestServer server = TestServer.start(o -> {
            o.httpPort = -1;
            o.httpBasePath = "/nats/";
        })) {
            int port = URI.create(server.server().monitorUrl()).getPort();
            Path config = config("http: \"127.0.0.1:" + port + "\"\nhttp_base_path: nats");
            assertEquals(HEALTHY, health("-c", config.toString()));
            assertEquals(notHealthy("http://127.0.0.1:" + port + "/healthz answers 404 404 page not found"),
                    health("-m", String.valueOf(port)));
            server.server().lameDuck();
            assertEquals(notHealthy("http://127.0.0.1:" + port + "/nats/healthz answers 503 "
                    + "{\"status\":\"unavailable\",\"error\":\"lame duck mode\"}"), health("-c", config.toString()));
            server.server().close();
            assertEquals(notHealthy("http://127.0.0.1:" + port + ": Connection refused"), health("-c", config.toString()));
        }
    }

    /** No password is sent to whoever listens at the port of the monitor. */
    @Test
    void aServerWhoseMonitorHasALoginIsAskedByItsPidFile() throws Exception {
        Path pid = dir.resolve("nats.pid");
        Path config = config("http: \"127.0.0.1:1\"\nhttp_user: a\nhttp_password: b\npid_file: '" + pid + "'");
        try (ServerProcess server = ServerProcess.start("-P", pid.toString())) {
            assertEquals(HEALTHY, health("-c", config.toString()));
            SignalCommand.run("ldm=" + pid);
            assertEquals(notHealthy("lame duck mode"), health("-P", pid.toString()));
            SignalCommand.run("stop=" + pid);
            server.ended();
            assertEquals(notHealthy("process " + server.pid() + " has no control socket"), health("-P", pid.toString()));
        }
    }

    @Test
    void aServerThatCannotBeFoundIsNotHealthy() throws Exception {
        Ended ended = health("-P", dir.resolve("none.pid").toString());
        assertEquals(new Ended(1, "", "jnatsd: invalid pid: " + dir.resolve("none.pid") + "\n"), ended);
        assertTrue(health("-c", dir.resolve("none.conf").toString()).code() == 1);
    }
}
