package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mindrot.jbcrypt.BCrypt;

/** protocol.md, section 13: the effect of a reload on connected clients. */
@Timeout(30)
class LoginReloadTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    private SecuredServer server;

    private void start(String config) throws Exception {
        server = SecuredServer.start(config);
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private static String users(String... entries) {
        return "authorization { users: [ " + String.join(", ", entries) + " ] }";
    }

    private static String user(String name, String password) {
        return "{user: " + name + ", password: " + password + "}";
    }

    @Test
    void whoIsRemovedIsClosedAndWhoIsNotStays() throws Exception {
        start(users(user("joe", "j"), user("sue", "s")));
        RawClient joe = server.login("joe", "j"), sue = server.login("sue", "s");
        server.reload(users(user("joe", "j"), user("new", "n")));
        sue.expectEnd(VIOLATION);
        joe.roundTrip();
        server.awaitLog("[ERR] cid:2 - Authorization Error - User \"sue\"");
        assertTrue(server.log().contains("[INF] Reloaded: authorization users"));
        server.login("new", "n");
    }

    @Test
    void aChangedPasswordClosesThoseWhoShowedTheOldOne() throws Exception {
        start("authorization { user: joe, password: old }");
        RawClient joe = server.login("joe", "old");
        server.reload("authorization { user: joe, password: new }");
        joe.expectEnd(VIOLATION);
        assertTrue(server.log().contains("[INF] Reloaded: authorization password"));
        server.login("joe", "new");
    }

    @Test
    void aNewHashOfTheSamePasswordClosesNobody() throws Exception {
        start(users(user("joe", BCrypt.hashpw("j", BCrypt.gensalt(4)))));
        List<RawClient> many = new ArrayList<>();
        for (int i = 0; i < 20; i++)
            many.add(server.login("joe", "j"));
        server.reload(users(user("joe", BCrypt.hashpw("j", BCrypt.gensalt(5)))));
        server.login("joe", "j");
        for (RawClient client : many)
            client.roundTrip();
    }

    @Test
    void switchingLoginsOnClosesWhoShowedNone() throws Exception {
        start("");
        RawClient silent = server.connect(), anonymous = server.tryLogin("").roundTrip();
        RawClient joe = server.login("joe", "j");
        server.reload("authorization { user: joe, password: j }");
        silent.expectEnd(VIOLATION);
        anonymous.expectEnd(VIOLATION);
        joe.roundTrip();
        assertTrue(server.open().expect("INFO (\\{.*\\}) \r\n").group(1).contains("\"auth_required\":true"));
    }

    @Test
    void switchingLoginsOffClosesNobodyAndEndsRestrictions() throws Exception {
        start(users("{user: joe, password: j, permissions: {publish: a, subscribe: a}}"));
        RawClient joe = server.login("joe", "j");
        joe.send("PUB b 0\r\n\r\n").expectText("-ERR 'Permissions Violation for Publish to \"b\"'\r\n");
        server.reload("");
        await().until(() -> server.server().clients().get(1).user().equals("joe")
                && joe.send("SUB b 1\r\nPUB b 1\r\nx\r\nPING\r\n").expect("(.*)PONG\r\n").group(1).contains("MSG b 1 1"));
        assertTrue(server.open().expect("INFO (\\{.*\\}) \r\n").group(1).contains("\"auth_required\":false"));
    }

    /** As in gnatsd 1.0, the former list stays in force. */
    @Test
    void aSingleUserTakesThePlaceOfTheList() throws Exception {
        start(users(user("joe", "j")));
        RawClient joe = server.login("joe", "j");
        server.reload("authorization { user: derek, password: d }");
        joe.expectEnd(VIOLATION);
        server.login("derek", "d");
        server.tryLogin(userAndPass("joe", "j")).expectEnd(VIOLATION);
    }

    @Test
    void whoHasYetToLogInMeetsTheNewRules() throws Exception {
        start(users(user("joe", "j")));
        RawClient late = server.connect(), later = server.connect();
        server.reload(users(user("sue", "s")));
        late.send(SecuredServer.connectLine(userAndPass("sue", "s"))).roundTrip();
        later.send(SecuredServer.connectLine(userAndPass("joe", "j"))).expectEnd(VIOLATION);
    }

    @Test
    void forbiddenSubscriptionsAreRemovedOneByOne() throws Exception {
        start(users("{user: joe, password: j, permissions: {publish: [a, b], subscribe: [\"a.>\", b]}}"));
        RawClient joe = server.login("joe", "j");
        joe.send("SUB a.x 1\r\nSUB b 2\r\nSUB a.y workers 3\r\n").roundTrip();
        server.reload(users("{user: joe, password: j, permissions: {publish: b, subscribe: \"a.x\"}}"));
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < 2; i++)
            errors.add(joe.expect("-ERR '(.*?)'\r\n").group(1));
        errors.sort(null);
        assertEquals(List.of("Permissions Violation for Subscription to \"a.y\" (sid 3)",
                "Permissions Violation for Subscription to \"b\" (sid 2)"), errors);
        assertEquals(1, server.server().state().subjects.index().count());
        server.awaitLog("[INF] cid:1 - Removed sub \"b\" for user \"joe\" - not authorized");
        joe.send("PUB a 0\r\n\r\n").expectText("-ERR 'Permissions Violation for Publish to \"a\"'\r\n");
        joe.send("PUB b 0\r\n\r\nSUB b 2\r\n").expectText("-ERR 'Permissions Violation for Subscription to \"b\"'\r\n");
        joe.roundTrip();
    }

    @Test
    void aNewDenialFiltersASubscriptionThatStays() throws Exception {
        String joe = "{user: joe, password: j, permissions: {publish: \">\", subscribe: {allow: \"a.>\"DENY}}}";
        start(users(joe.replace("DENY", "")));
        RawClient client = server.login("joe", "j");
        client.send("SUB a.* 1\r\nPUB a.x 1\r\n1\r\nPUB a.y 1\r\n2\r\n");
        client.expectText("MSG a.x 1 1\r\n1\r\nMSG a.y 1 1\r\n2\r\n");
        server.reload(users(joe.replace("DENY", ", deny: a.x")));
        await().until(() -> client.send("PUB a.x 1\r\n3\r\nPUB a.y 1\r\n4\r\nPING\r\n")
                .expect("(.*?)PONG\r\n").group(1).equals("MSG a.y 1 1\r\n4\r\n"));
        server.reload(users(joe.replace("DENY", "")));
        await().until(() -> client.send("PUB a.x 1\r\n5\r\nPING\r\n")
                .expect("(.*?)PONG\r\n").group(1).equals("MSG a.x 1 1\r\n5\r\n"));
    }

    /** The reload and the SUB may come in either order. The client receives the resulting message in both cases. */
    @Test
    void noSubscriptionSlipsThroughAReload() throws Exception {
        String open = users("{user: joe, password: j, permissions: {publish: x, subscribe: \">\"}}");
        String closed = users("{user: joe, password: j, permissions: {publish: x, subscribe: x}}");
        start(open);
        for (int round = 0; round < 5; round++) {
            try (RawClient joe = server.login("joe", "j")) {
                Thread reload = Thread.startVirtualThread(() -> server.reloadBySignal(closed));
                for (int sid = 0; sid < 200; sid++)
                    joe.send("SUB secret." + sid + " " + sid + "\r\n");
                reload.join();
                joe.send("PING\r\n").expect(".*PONG\r\n");
                await().until(() -> server.server().state().subjects.index().count() == 0);
            }
            server.reload(open);
        }
    }

    @Test
    void aLowerLimitOfAUserClosesTheRest() throws Exception {
        start(users("{user: joe, password: j, max_connections: 5}", user("sue", "s")));
        List<RawClient> joes = new ArrayList<>();
        for (int i = 0; i < 5; i++)
            joes.add(server.login("joe", "j"));
        RawClient sue = server.login("sue", "s");
        server.reload(users("{user: joe, password: j, max_connections: 2}", user("sue", "s")));
        server.awaitClients(3);
        sue.roundTrip();
        server.tryLogin(userAndPass("joe", "j")).expectEnd("-ERR 'Maximum Connections Exceeded'\r\n");
        for (RawClient joe : joes)
            joe.close();
        server.awaitClients(1);
        server.login("joe", "j");
        server.login("joe", "j");
        server.tryLogin(userAndPass("joe", "j")).expectEnd("-ERR 'Maximum Connections Exceeded'\r\n");
    }

    @Test
    void anotherTimeoutIsForNewConnections() throws Exception {
        start("authorization { user: joe, password: j, timeout: 60 }");
        RawClient before = server.connect();
        ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) server.server().state().timer();
        await("its time runs").until(() -> timer.getQueue().stream()
                .anyMatch(task -> ((Delayed) task).getDelay(TimeUnit.SECONDS) > 30));
        server.reload("authorization { user: joe, password: j, timeout: 0.1 }");
        server.connect().expectEnd("-ERR 'Authentication Timeout'\r\n");
        before.send(SecuredServer.connectLine(userAndPass("joe", "j"))).roundTrip();
        assertTrue(server.log().contains("[INF] Reloaded: authorization timeout = 0.1"));
    }

    @Test
    void aBadFileChangesNothing() throws Exception {
        start(users(user("joe", "j")));
        RawClient joe = server.login("joe", "j");
        assertThrows(ConfigException.class, () -> server.reload(users("{user: sue}")));
        server.reloadBySignal("authorization { users: 5 }");
        assertTrue(server.log().stream().anyMatch(line -> line.startsWith("[ERR] Failed to reload server configuration:")
                && line.contains("Expected users field to be an array")));
        joe.roundTrip();
        server.login("joe", "j");
    }
}
