package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lame duck mode, with shorter times than a configuration file allows. */
@Timeout(30)
class LameDuckTest {
    private static Server start(Log log, Duration grace, Duration duration) throws IOException {
        return Server.start(ServerOptions.defaults().with(o -> {
            o.host = "127.0.0.1";
            o.port = -1;
            o.lameDuckGracePeriod = grace;
            o.lameDuckDuration = duration;
        }), log);
    }

    private static RawClient modern(Server server) throws IOException {
        RawClient client = RawClient.connect(server.port());
        client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\n").roundTrip();
        return client;
    }

    @Test
    void clientsAreToldAndServedOnAndNoneComesIn() throws Exception {
        try (Server server = start(Log.silent(), Duration.ofMinutes(1), Duration.ofMinutes(2));
                RawClient client = modern(server);
                RawClient old = RawClient.quiet(server.port())) {
            server.lameDuck();
            client.expect("INFO \\{[^\n]*\"ldm\":true[,}][^\n]*\r\n");
            client.send("SUB a 1\r\nPUB a 1\r\nx\r\n").expectText("MSG a 1 1\r\nx\r\n");
            old.roundTrip();
            assertThrows(ConnectException.class, () -> RawClient.open(server.port()));
        }
    }

    @Test
    void clientsAreClosedAfterTheGracePeriodAndThenTheServer(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("log");
        ServerOptions.LogOptions logging = ServerOptions.defaults().with(o -> o.logFile = file.toString()).log();
        try (Log log = ServerLog.open(logging);
                Server server = start(log, Duration.ofMillis(20), Duration.ofMillis(40));
                RawClient client = RawClient.quiet(server.port())) {
            server.lameDuck();
            server.lameDuck();
            client.expectClosed();
            client.close();
            server.awaitClose();
            log.flush();
            List<String> lines = Files.readAllLines(file).stream().map(line -> line.replaceAll(".*\\[INF] ", ""))
                    .toList();
            assertEquals(List.of("Entering lame duck mode, stop accepting new clients", "Closing existing clients",
                    "Server Exiting.."), lines.subList(lines.size() - 3, lines.size()));
        }
    }

    @Test
    void closingDoesNotWaitForTheGracePeriod() throws Exception {
        Server server = start(Log.silent(), Duration.ofMinutes(1), Duration.ofMinutes(2));
        try (RawClient client = modern(server)) {
            server.lameDuck();
            client.expect("INFO \\{[^\n]*\"ldm\":true[,}][^\n]*\r\n");
            Thread closing = Thread.startVirtualThread(server::close);
            client.expectClosed();
            client.close();
            closing.join();
        }
    }

    @Test
    void aReloadDoesNotOpenTheDoorsAgain(@TempDir Path dir) throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            server.server().lameDuck();
            assertTrue(server.server().reload());
            assertThrows(ConnectException.class, () -> RawClient.open(server.port()));
            assertFalse(server.log().contains("[INF] Closing existing clients"), "the grace period goes on");
        }
    }
}
