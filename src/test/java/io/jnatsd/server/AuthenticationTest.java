package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ConfigException;
import io.jnatsd.connection.CloseReason;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mindrot.jbcrypt.BCrypt;

/** protocol.md, section 13: which logins are accepted, and what a refused client receives. */
@Timeout(30)
class AuthenticationTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String HASH = BCrypt.hashpw("bar", BCrypt.gensalt(4));
    private static final String SINGLE = "authorization { user: derek, password: foo }";
    private static final String TOKEN = "authorization { token: s3cret }";
    private static final String USERS =
            "authorization { users: [ {user: joe, password: j}, {user: sue, password: s} ] }";

    private SecuredServer server;

    private void start(String config) throws Exception {
        server = SecuredServer.start(config);
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private void getsIn(String credentials) throws Exception {
        server.tryLogin(credentials).roundTrip();
    }

    private void isRefused(String credentials) throws Exception {
        server.tryLogin(credentials).expectEnd(VIOLATION);
    }

    @Test
    void aSingleUserNeedsNameAndPassword() throws Exception {
        start(SINGLE);
        getsIn(userAndPass("derek", "foo"));
        isRefused(userAndPass("derek", "bar"));
        isRefused(userAndPass("Derek", "foo"));
        isRefused(userAndPass("derek", ""));
        isRefused("\"user\":\"derek\"");
        isRefused("\"auth_token\":\"foo\"");
        isRefused("");
        server.awaitLog("[ERR] cid:2 - Authorization Error");
    }

    @Test
    void aTokenIsEnough() throws Exception {
        start(TOKEN);
        getsIn("\"auth_token\":\"s3cret\"");
        getsIn("\"auth_token\":\"s3cret\",\"user\":\"any\",\"pass\":\"any\"");
        isRefused("\"auth_token\":\"s3cre\"");
        isRefused(userAndPass("s3cret", "s3cret"));
        isRefused("");
        server.awaitLog("[ERR] cid:3 - Authorization Error");
    }

    @Test
    void usersAreRefusedByName() throws Exception {
        start(USERS);
        getsIn(userAndPass("joe", "j"));
        getsIn(userAndPass("sue", "s"));
        isRefused(userAndPass("joe", "s"));
        isRefused(userAndPass("mallory", "j"));
        isRefused("");
        server.awaitLog("[ERR] cid:3 - Authorization Error - User \"joe\"");
        server.awaitLog("[ERR] cid:4 - Authorization Error - User \"mallory\"");
        server.awaitLog("[ERR] cid:5 - Authorization Error - User \"\"");
        server.awaitLog("[DBG] cid:3 - Client connection closed: " + CloseReason.AUTHENTICATION_FAILURE);
    }

    @Test
    void aNameCannotForgeALogLine() throws Exception {
        start(USERS);
        isRefused(userAndPass("x\\n[1] [INF] \\\"fine\\\"", "j"));
        server.awaitLog("[ERR] cid:1 - Authorization Error - User \"x\\n[1] [INF] \\\"fine\\\"\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2a$", "$2b$", "$2y$"})
    void passwordsMayBeHashes(String form) throws Exception {
        String hash = form + HASH.substring(4);
        start("authorization { users: [ {user: joe, password: " + hash + "} ] }");
        getsIn(userAndPass("joe", "bar"));
        isRefused(userAndPass("joe", hash));
        isRefused(userAndPass("joe", "foo"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            authorization { user: joe, password: HASH } | "user":"joe","pass":"bar" | "user":"joe","pass":"HASH"
            authorization { token: HASH }               | "auth_token":"bar"        | "auth_token":"HASH"
            """)
    void singlePasswordAndTokenMayBeHashes(String config, String right, String hash) throws Exception {
        start(config.replace("HASH", HASH));
        getsIn(right);
        isRefused(hash.replace("HASH", HASH));
    }

    @Test
    void aMalformedHashFitsNothing() throws Exception {
        start("authorization { user: joe, password: \"$2a$11$short\" }");
        isRefused(userAndPass("joe", "short"));
        isRefused(userAndPass("joe", "$2a$11$short"));
    }

    @Test
    void credentialsAreIgnoredWhereNoneAreAskedFor() throws Exception {
        start("");
        getsIn("\"user\":\"x\",\"pass\":\"y\",\"auth_token\":\"z\"");
        assertTrue(server.open().expect("INFO (\\{.*\\}) \r\n").group(1).contains("\"auth_required\":false"));
    }

    @Test
    void aPasswordWithoutUserIsRefused() {
        assertThrows(ConfigException.class, () -> start("authorization { password: secret }"));
    }

    @Test
    void anEmptyListOfUsersLetsNobodyIn() throws Exception {
        start("authorization { users: [] }");
        assertTrue(server.open().expect("INFO (\\{.*\\}) \r\n").group(1).contains("\"auth_required\":true"));
        isRefused("");
        isRefused(userAndPass("joe", "j"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PING\r\n", "SUB foo 1\r\n", "PUB foo 2\r\nhi\r\n", "UNSUB 1\r\n", "INFO {}\r\n", "+OK\r\n"})
    void whoDoesNotConnectFirstIsRefused(String command) throws Exception {
        start(SINGLE);
        server.connect().send(command).expectEnd(VIOLATION);
        server.awaitLog("[ERR] cid:1 - Authorization Error");
        assertEquals(0, server.server().state().subjects.index().count());
    }

    @Test
    void nothingBehindARefusedConnectCounts() throws Exception {
        start(SINGLE);
        server.connect().send(connectLine("") + "SUB foo 1\r\nPUB foo 2\r\nhi\r\nPING\r\n").expectEnd(VIOLATION);
        assertEquals(0, server.server().state().subjects.index().count());
        assertEquals(0, server.server().state().traffic.totals().inMessages());
    }

    @Test
    void badCredentialsCountBeforeABadProtocol() throws Exception {
        start(SINGLE);
        isRefused(userAndPass("derek", "bar") + ",\"protocol\":7");
        server.tryLogin(userAndPass("derek", "foo") + ",\"protocol\":7")
                .expectEnd("-ERR 'Invalid Client Protocol'\r\n");
    }

    @Test
    void whoSaysNothingIsToldOfTheTimeout() throws Exception {
        start("authorization { user: derek, password: foo, timeout: 0.2 }");
        server.connect().expectEnd("-ERR 'Authentication Timeout'\r\n");
        server.awaitLog("[DBG] cid:1 - Authorization Timeout");
        server.awaitLog("[DBG] cid:1 - Client connection closed: " + CloseReason.AUTHENTICATION_TIMEOUT);
    }

    @Test
    void aSecondConnectIsJudgedAgain() throws Exception {
        start(USERS);
        RawClient client = server.login("joe", "j");
        client.send(connectLine("\"verbose\":true")).expectText("+OK\r\n");
        client.send(connectLine(userAndPass("sue", "s"))).roundTrip();
        assertEquals("sue", server.server().clients().get(1).user());
        client.send(connectLine("\"pass\":\"wrong\"")).expectEnd(VIOLATION);
    }

    @Test
    void theNoAuthUserIsWhoShowsNothing() throws Exception {
        start(USERS.replace("sue, password: s", "guest, password: g, permissions: {publish: news, subscribe: news}")
                + "\nno_auth_user: guest");
        assertTrue(server.open().expect("INFO (\\{.*\\}) \r\n").group(1).contains("\"auth_required\":false"));
        RawClient guest = server.tryLogin("").roundTrip();
        guest.send("SUB other 1\r\n").expectText("-ERR 'Permissions Violation for Subscription to \"other\"'\r\n");
        RawClient silent = server.connect().send("SUB news 1\r\nPUB news 2\r\nhi\r\n");
        silent.expectText("+OK\r\n+OK\r\nMSG news 1 2\r\nhi\r\n");
        server.login("joe", "j").send("SUB other 1\r\n").roundTrip();
        isRefused(userAndPass("joe", "wrong"));
    }

    /** Without a limit only the timer would stop such a line, and each byte would take memory. */
    @Test
    void anEndlessConnectOfAStrangerIsCut() throws Exception {
        start(SINGLE);
        RawClient stranger = server.connect();
        stranger.send("CONNECT {\"user\":\"" + "x".repeat(8200));
        stranger.expectEnd("-ERR 'Maximum Control Line Exceeded'\r\n");
        getsIn(userAndPass("derek", "foo") + ",\"jwt\":\"" + "x".repeat(8000) + "\"");
    }

    @Test
    void maxControlLineRaisesWhatAConnectMayHold() throws Exception {
        start(SINGLE + "\nmax_control_line: 20000");
        getsIn(userAndPass("derek", "foo") + ",\"jwt\":\"" + "x".repeat(19_000) + "\"");
    }

    @Test
    void aConnectionThatEndsDuringItsLoginLeavesNothing() throws Exception {
        start("authorization { users: [ {user: joe, max_connections: 1, password: " + HASH.replace("$04$", "$10$")
                + "} ] }");
        for (int i = 0; i < 5; i++)
            server.tryLogin(userAndPass("joe", "wrong" + i)).close();
        server.awaitClients(0);
        assertFalse(server.log().stream().anyMatch(line -> line.contains("Maximum")));
        assertEquals(List.of(), server.log().stream().filter(line -> line.startsWith("[FTL]")).toList());
    }
}
