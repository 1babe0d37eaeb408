package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The effect of a reload on connected clients and on new ones. */
@Timeout(30)
class ReloadEffectTest {
    @TempDir
    private Path dir;

    private static RawClient named(int port, String name) throws IOException {
        RawClient client = RawClient.connect(port);
        client.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"" + name + "\"}\r\n").roundTrip();
        return client;
    }

    @Test
    void maxPayloadHoldsForConnectedClientsAtOnceAndShowsInInfo() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "");
                RawClient client = RawClient.quiet(server.port())) {
            client.send("PUB a 11\r\nHello World\r\n").roundTrip();
            server.reload("max_payload: 10");
            client.send("PUB a 11\r\nHello World\r\n").expect("-ERR 'Maximum Payload Violation'\r\n");
            client.expectClosed();
            try (RawClient next = RawClient.open(server.port())) {
                next.expect("INFO \\{[^\n]*\"max_payload\":10[,}][^\n]*\r\n");
            }
        }
    }

    @Test
    void maxControlLineHoldsForConnectedClientsAtOnce() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "");
                RawClient client = RawClient.quiet(server.port())) {
            client.send("SUB " + "a".repeat(100) + " 1\r\n").roundTrip();
            server.reload("max_control_line: 50");
            client.send("SUB " + "a".repeat(100) + " 2\r\n").expect("-ERR 'Maximum Control Line Exceeded'\r\n");
            client.expectClosed();
        }
    }

    @Test
    void excessClientsAreToldAndClosed() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++)
                clients.add(RawClient.quiet(server.port()));
            List<String> lines = server.reload("max_connections: 2");
            assertTrue(lines.indexOf("[INF] Closed 3 connections to fall within max_connections") + 1
                    == lines.indexOf("[INF] Reloaded: max_connections = 2"), lines.toString());
            assertEquals(3, lines.stream().filter(line -> line.endsWith("Maximum Connections Exceeded")).count());
            int closed = 0;
            for (RawClient client : clients) {
                client.send("PING\r\n");
                if (client.expect("-ERR 'Maximum Connections Exceeded'\r\n|PONG\r\n").group().startsWith("-ERR")) {
                    client.expectClosed();
                    closed++;
                }
            }
            assertEquals(3, closed);
            try (RawClient oneTooMany = RawClient.connect(server.port())) {
                oneTooMany.send("CONNECT {}\r\n").expect("-ERR 'Maximum Connections Exceeded'\r\n");
            }
            server.reload("max_connections: 3");
            RawClient.quiet(server.port()).close();
            for (RawClient client : clients)
                client.close();
        }
    }

    @Test
    void pingsFollowTheNewIntervalAndNumber() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            server.reload("ping_interval: 20ms\nping_max: 1");
            try (RawClient client = RawClient.quiet(server.port())) {
                client.expect("PING\r\n");
                client.expect("-ERR 'Stale Connection'\r\n");
                client.expectClosed();
            }
        }
    }

    @Test
    void tracesOfConnectedClientsBeginAndEnd() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "");
                RawClient client = RawClient.quiet(server.port())) {
            server.reload("trace: true");
            client.roundTrip();
            assertTrue(server.log().containsAll(List.of("[TRC] cid:1 - ->> [PING]", "[TRC] cid:1 - <<- [PONG]")));
            server.reload("");
            int before = server.log().size();
            client.roundTrip();
            assertEquals(before, server.log().size());
        }
    }

    @Test
    void tracesCanBeLimitedToAClient() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "trace: true");
                RawClient a = named(server.port(), "a"); RawClient b = named(server.port(), "b")) {
            a.send("SUB foo 1\r\n").roundTrip();
            server.reload("trace: true\ntrace_clients: [a]");
            int before = server.log().size();
            b.send("SUB foo 1\r\nPUB foo 1\r\nx\r\nPING\r\n").expectText("MSG foo 1 1\r\nx\r\nPONG\r\n");
            a.expectText("MSG foo 1 1\r\nx\r\n").roundTrip();
            assertEquals(List.of("[TRC] cid:1 - <<- [MSG foo 1 1]", "[TRC] cid:1 - ->> [PING]",
                    "[TRC] cid:1 - <<- [PONG]"), server.log().subList(before, server.log().size()));
            server.reload("trace: true\ntrace_clients: [2]");
            b.roundTrip();
            assertEquals("[TRC] cid:2 - <<- [PONG]", server.log().getLast(), "a cid will do as well");
        }
    }

    @Test
    void tracesCanBeLimitedToSubjectsAndShort() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "");
                RawClient client = RawClient.quiet(server.port())) {
            server.reload("trace: true\ntrace_subjects: [foo.*]\nmax_traced_msg_len: 3");
            client.send("PUB foo.a 5\r\nhello\r\nPUB bar 5\r\nworld\r\n").roundTrip();
            List<String> traced = server.log().stream().filter(line -> line.contains("PUB") || line.contains("PAYL"))
                    .toList();
            assertEquals(List.of("[TRC] cid:1 - ->> [PUB foo.a 5]", "[TRC] cid:1 - ->> MSG_PAYLOAD: [hel...]"), traced);
        }
    }

    @Test
    void debugLinesOfConnectedClientsBeginAndEnd() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            RawClient first = RawClient.quiet(server.port());
            server.reload("debug: true");
            first.close();
            await().until(() -> server.log().contains("[DBG] cid:1 - Client connection closed: Client Closed"));
            server.reload("");
            RawClient.quiet(server.port()).close();
            await().until(() -> server.server().clients().count() == 0);
            assertFalse(server.log().toString().contains("cid:2"));
        }
    }

    @Test
    void limitsThatAreOnlyLookedUpAreTheNewOnes() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            server.reload("write_deadline: '1.5s'\nmax_pending: 2mb\nlame_duck_duration: 40s");
            assertEquals(Duration.ofMillis(1500), server.server().state().limits.writeDeadline());
            assertEquals(2 << 20, server.server().state().limits.maxPending());
            assertEquals(Duration.ofSeconds(40), server.server().options().lameDuck().duration());
        }
    }
}
