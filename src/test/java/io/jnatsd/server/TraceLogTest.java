package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The log lines of {@code -D} and {@code -V} about a client. */
class TraceLogTest {
    @AutoClose
    private final TestServer server = TestServer.tracing(o -> o.maxConnections = 2);

    private List<String> traced() throws IOException {
        return server.log().stream().filter(line -> line.startsWith("[TRC]")).map(line -> line.substring(6)).toList();
    }

    @Test
    void aSessionIsTraced() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":true,\"pedantic\":false}\r\nSUB  foo\t1 \r\nPUB foo 5\r\nhello\r\n")
                .expect(".*hello\r\n");
        client.send("PUB foo re.ply 0002\r\nok\r\nUNSUB 1\r\nSUB foo. 1\r\nPING\r\nPONG\r\n").expect(".*PONG\r\n");
        assertEquals(List.of("cid:1 - ->> [CONNECT {\"verbose\":true,\"pedantic\":false}]",
                "cid:1 - <<- [OK]",
                "cid:1 - ->> [SUB foo\t1 ]",
                "cid:1 - <<- [OK]",
                "cid:1 - ->> [PUB foo 5]",
                "cid:1 - ->> MSG_PAYLOAD: [hello]",
                "cid:1 - <<- [OK]",
                "cid:1 - <<- [MSG foo 1 5]",
                "cid:1 - ->> [PUB foo re.ply 0002]",
                "cid:1 - ->> MSG_PAYLOAD: [ok]",
                "cid:1 - <<- [OK]",
                "cid:1 - <<- [MSG foo 1 re.ply 0002]",
                "cid:1 - ->> [UNSUB 1]",
                "cid:1 - <-> [DELSUB 1]",
                "cid:1 - <<- [OK]",
                "cid:1 - ->> [SUB foo. 1]",
                "cid:1 - <<- [-ERR Invalid Subject]",
                "cid:1 - ->> [PING]",
                "cid:1 - <<- [PONG]",
                "cid:1 - ->> [PONG]"), traced());
    }

    @Test
    void messagesCarryTheReceiversName() throws IOException {
        RawClient publisher = server.quiet(), subscriber = server.quiet();
        subscriber.send("SUB foo 7\r\n").roundTrip();
        publisher.send("PUB foo 2\r\nok\r\n");
        subscriber.expectText("MSG foo 7 2\r\nok\r\n");
        server.awaitLog("[TRC] cid:1 - ->> MSG_PAYLOAD: [ok]");
        server.awaitLog("[TRC] cid:2 - <<- [MSG foo 7 2]");
    }

    @Test
    void secretsAreNotTraced() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"user\":\"u\",\"pass\":\"s3cret\",\"auth_token\":\"s3cr\\\"et\",\"PASS\" : \"s3cret\","
                + "\"sig\":\"s3cret\",\"jwt\":\"s3cret\",\"name\":\"n\"}\r\n").expectText("+OK\r\n");
        client.send("CONNECT {\"pass\":\"s3cret\r\n").expect("-ERR.*");
        server.connect().send("CONNECT {\"pass\":12345678,\"auth_token\":[\"s3cret\"],\"\\u0070ass\":\"s3cret\"}\r\n")
                .expect("-ERR.*");
        server.connect().send("CONECT {\"pass\":\"s3cret\"}\r\n").expect("-ERR.*");
        server.awaitClients(0);
        assertTrue(traced().contains("cid:1 - ->> [CONNECT {\"user\":\"u\",\"pass\":\"[REDACTED]\","
                + "\"auth_token\":\"[REDACTED]\",\"PASS\" : \"[REDACTED]\",\"sig\":\"[REDACTED]\","
                + "\"jwt\":\"[REDACTED]\",\"name\":\"n\"}]"), () -> String.join("\n", tracedOrNone()));
        assertTrue(server.log().stream().noneMatch(line -> line.matches(".*(s3cr|1234).*")), () -> "secret in the log");
    }

    private List<String> tracedOrNone() {
        try {
            return traced();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    @Test
    void errorsThatEndAClientAreTraced() throws IOException {
        server.connect().send("ZZZ").expect(".*Parser Error'\r\n");
        server.awaitLog("[TRC] cid:1 - <<- [-ERR Unknown Protocol Operation]");
        server.awaitLog("[TRC] cid:1 - <<- [-ERR Parser Error]");
        server.awaitClients(0);
        server.quiet();
        server.quiet();
        server.connect().expectText("-ERR 'Maximum Connections Exceeded'\r\n");
        server.awaitLog("[ERR] cid:4 - Maximum Connections Exceeded");
        server.awaitLog("[TRC] cid:4 - <<- [-ERR Maximum Connections Exceeded]");
    }

    @Test
    void comingAndGoingIsDebugged() throws IOException {
        server.connect().close();
        server.awaitLog("[DBG] cid:1 - Client connection created");
        server.awaitLog("[DBG] cid:1 - Client connection closed: Client Closed");
    }

    @Test
    void autoUnsubscribeIsDebugged() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 22\r\nPUB foo 1\r\nx\r\nUNSUB 22 2\r\nPUB foo 1\r\nx\r\n").expect("(MSG.*?){2}x\r\n\\z");
        server.awaitLog("[DBG] cid:1 - Deferring actual UNSUB(foo): 2 max, 1 received");
        server.awaitLog("[DBG] cid:1 - Auto-unsubscribe limit of 2 reached for sid '22'");
        server.awaitLog("[TRC] cid:1 - <-> [DELSUB 22]");
    }

    @Test
    void bytesThatAreNoTextDoNotBreakTheLog() throws IOException {
        server.quiet().send("SUB \u00ff\u0001 1\r\nPUB \u00ff\u0001 4\r\n\n\r\u00ff\u0000\r\n").expect("MSG.*\r\n");
        server.awaitClients(1);
        assertTrue(server.rawLog().stream().anyMatch(line -> line.contains("MSG_PAYLOAD")));
    }

    @Test
    void linesBeginWithProcessLevelAndAddress() throws IOException {
        RawClient client = server.connect();
        client.roundTrip();
        String start = "[" + ProcessHandle.current().pid() + "] ";
        String address = "127.0.0.1:" + client.socket().getLocalPort();
        assertEquals(List.of(start + "[DBG] " + address + " - cid:1 - Client connection created",
                start + "[TRC] " + address + " - cid:1 - ->> [PING]",
                start + "[TRC] " + address + " - cid:1 - <<- [PONG]"),
                server.rawLog().stream().filter(line -> line.contains("cid:")).toList());
    }

    @Test
    void startAndStopAreNoted() throws IOException {
        assertEquals(List.of("[INF] Starting jnatsd version " + Version.TEXT,
                "[INF] Listening for client connections on 127.0.0.1:" + server.port(), "[INF] Server is ready"),
                server.log().stream().filter(line -> line.startsWith("[INF]")).toList());
        server.server().close();
        assertTrue(server.log().contains("[INF] Server Exiting.."));
    }
}
