package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log lines of a running server. */
@Timeout(30)
class LogLinesTest {
    @TempDir
    private Path dir;

    @Test
    void startAndStopAreLoggedInTheOrderOfTheReference() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "")) {
            server.server().close();
            server.server().close();
            assertEquals(List.of("[INF] Starting jnatsd version " + Version.TEXT,
                    "[INF] Listening for client connections on 127.0.0.1:" + server.port(),
                    "[INF] Server is ready", "[INF] Server Exiting.."), server.log());
            assertTrue(Files.readAllLines(dir.resolve("log")).getFirst()
                    .matches("\\[" + ProcessHandle.current().pid() + "] \\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} "
                            + "\\[INF] Starting jnatsd version \\S+"));
        }
    }

    @Test
    void debugAddsWhatRunsAndWarningsComeBeforeThePortIsBound() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "debug: true\nprof_port: 6060\nmax_paylod: 7")) {
            assertEquals(List.of("[INF] Starting jnatsd version " + Version.TEXT,
                    "[DBG] Java version " + Runtime.version(),
                    "[WRN] " + server.file() + ":5:1: unknown key \"max_paylod\", did you mean \"max_payload\"?",
                    "[INF] profiling port: none, use Flight Recorder instead (jcmd " + ProcessHandle.current().pid()
                            + " JFR.start)",
                    "[INF] Listening for client connections on 127.0.0.1:" + server.port(),
                    "[DBG] Server id is " + server.server().serverId(), "[INF] Server is ready"), server.log());
        }
    }

    @Test
    void timesCanBeLeftOut() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "logtime: false")) {
            server.log();
            assertEquals("[" + ProcessHandle.current().pid() + "] [INF] Server is ready",
                    Files.readAllLines(dir.resolve("log")).getLast());
        }
    }

    @Test
    void debugTellsWhoConnectedAndHowItEnded() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "debug: true");
                RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"name\":\"a\\n\\\"b\\\"\",\"user\":\"joe\",\"lang\":\"go\",\"version\":\"1.2\"}\r\n")
                    .expectText("+OK\r\n");
            client.close();
            await().until(() -> server.log().getLast().contains("closed"));
            assertEquals(List.of("[DBG] cid:1 - Client connection created",
                    "[DBG] cid:1 - Client connection accepted: name \"a\\n\\\"b\\\"\", user \"joe\", lang \"go\","
                            + " version \"1.2\"",
                    "[DBG] cid:1 - Client connection closed: Client Closed"), ofClients(server));
        }
    }

    @Test
    void tracesAreTheRawProtocolWithoutSecrets() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "trace: true");
                RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"verbose\":true,\"user\":\"u\",\"pass\":\"p\\\"q\",\"auth_token\":\"t\"}\r\nPING\r\n");
            client.expectText("+OK\r\nPONG\r\n");
            client.send("SUB foo bar 2\r\nPUB foo rep.0 7\r\nhe\r\nllo\r\nUNSUB 2\r\nFOO\r\n");
            client.expectText("+OK\r\n+OK\r\nMSG foo 2 rep.0 7\r\nhe\r\nllo\r\n+OK\r\n"
                    + "-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
            client.expectClosed();
            List<String> expected = List.of(
                    "[TRC] cid:1 - ->> [CONNECT {\"verbose\":true,\"user\":\"u\",\"pass\":\"[REDACTED]\","
                            + "\"auth_token\":\"[REDACTED]\"}]",
                    "[TRC] cid:1 - <<- [OK]", "[TRC] cid:1 - ->> [PING]", "[TRC] cid:1 - <<- [PONG]",
                    "[TRC] cid:1 - ->> [SUB foo bar 2]", "[TRC] cid:1 - <<- [OK]",
                    "[TRC] cid:1 - ->> [PUB foo rep.0 7]", "[TRC] cid:1 - ->> MSG_PAYLOAD: [he", "\tllo]",
                    "[TRC] cid:1 - <<- [OK]", "[TRC] cid:1 - <<- [MSG foo 2 rep.0 7]",
                    "[TRC] cid:1 - ->> [UNSUB 2]", "[TRC] cid:1 - <-> [DELSUB 2]", "[TRC] cid:1 - <<- [OK]");
            assertEquals(expected, server.log().stream().filter(line -> line.contains("TRC") || line.equals("\tllo]"))
                    .limit(expected.size()).toList());
            assertTrue(server.log().containsAll(List.of("[TRC] cid:1 - <<- [-ERR Unknown Protocol Operation]",
                    "[TRC] cid:1 - <<- [-ERR Parser Error]")));
            assertFalse(server.log().toString().contains("[DBG]"), "tracing alone does not debug");
        }
    }

    @Test
    void jsonLinesNameTheClientAndItsUser() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "debug: true\nlog_format: json");
                RawClient client = RawClient.connect(server.port())) {
            client.send("CONNECT {\"name\":\"app\",\"user\":\"joe\"}\r\n").expectText("+OK\r\n");
            JsonObject line = JsonParser.parseString(server.log().getLast()).getAsJsonObject();
            assertEquals("debug", line.get("level").getAsString());
            assertTrue(line.get("msg").getAsString().startsWith("Client connection accepted"));
            assertEquals("cid:1", line.get("conn").getAsString());
            assertEquals("app", line.get("name").getAsString());
            assertEquals("joe", line.get("user").getAsString());
            assertTrue(line.get("time").getAsString().matches("\\d{4}-\\d\\d-\\d\\dT.*"));
        }
    }

    @Test
    void theLevelKeepsNoticesAway() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "log_level: warn\nmax_paylod: 7")) {
            assertEquals(1, server.log().size());
            assertTrue(server.log().getFirst().startsWith("[WRN] "));
        }
    }

    @Test
    void serversInOneJvmKeepTheirLogsApart() throws Exception {
        Path a = Files.createDirectory(dir.resolve("a")), b = Files.createDirectory(dir.resolve("b"));
        try (ConfiguredServer one = ConfiguredServer.start(a, "debug: true\nserver_name: one");
                ConfiguredServer other = ConfiguredServer.start(b, "log_level: error")) {
            RawClient.quiet(one.port()).close();
            RawClient.quiet(other.port()).close();
            await().until(() -> one.log().getLast().contains("closed"));
            one.reload("");
            assertEquals(List.of(), other.log());
            assertTrue(one.log().contains("[INF] Listening for client connections on 127.0.0.1:" + one.port()));
        }
    }

    @Test
    void theNameOfTheServerIsInInfo() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "server_name: west-1");
                RawClient client = RawClient.open(server.port())) {
            client.expect("INFO \\{[^\n]*\"server_name\":\"west-1\"[,}][^\n]*\r\n");
        }
    }

    private static List<String> ofClients(ConfiguredServer server) throws IOException {
        return server.log().stream().filter(line -> line.contains("cid:")).toList();
    }
}
