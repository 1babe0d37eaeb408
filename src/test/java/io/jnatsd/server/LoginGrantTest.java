package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.Login;
import io.jnatsd.auth.Permissions;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands have an effect only after an accepted login: after a refusal nothing in the same batch is executed. */
@Timeout(30)
class LoginGrantTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String TOO_MANY = "-ERR 'Maximum Connections Exceeded'\r\n";
    private static final String GUEST = "no_auth_user: guest\nauthorization { users: [ {user: admin, password: a},"
            + "{user: guest, password: g, max_connections: 1, permissions: { publish: { deny: secret } } } ] }";
    private static final String ATTACK = "PUB secret 2\r\nhi\r\nPUB open 2\r\nho\r\nSUB > 9\r\n";

    private SecuredServer server;

    private RawClient start(String config, Authenticator own, String watcher) throws Exception {
        server = own == null ? SecuredServer.start(config) : SecuredServer.start(config, own);
        RawClient watching = server.tryLogin(watcher).roundTrip();
        return watching.send("SUB secret 1\r\nSUB open 2\r\nSUB mark 3\r\n").roundTrip();
    }

    /** Messages to the watched subjects would be received before this one. */
    private void expectNothingElse(RawClient watching) throws Exception {
        watching.send("PUB mark 0\r\n\r\n").expectText("MSG mark 3 0\r\n\r\n");
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    @Test
    void aSilentLoginThatIsOneTooManyPublishesNothing() throws Exception {
        RawClient admin = start(GUEST, null, userAndPass("admin", "a"));
        server.connect().roundTrip();
        server.connect().send(ATTACK).expectEnd(TOO_MANY);
        expectNothingElse(admin);
    }

    @Test
    void aLoginThatIsOneTooManyPublishesNothing() throws Exception {
        RawClient admin = start(GUEST, null, userAndPass("admin", "a"));
        server.connect().roundTrip();
        server.connect().send(connectLine(userAndPass("guest", "g")) + ATTACK).expectEnd(TOO_MANY);
        expectNothingElse(admin);
    }

    @Test
    void aSecondLoginThatIsRefusedTakesTheFirstOneBack() throws Exception {
        RawClient admin = start(GUEST, null, userAndPass("admin", "a"));
        server.login("admin", "a").send(connectLine(userAndPass("admin", "wrong")) + ATTACK).expectEnd(VIOLATION);
        server.connect().roundTrip();
        server.login("admin", "a").send(connectLine(userAndPass("guest", "g")) + ATTACK).expectEnd(TOO_MANY);
        expectNothingElse(admin);
    }

    @Test
    void aSecondLoginEndsSubscriptionsThatItDoesNotAllow() throws Exception {
        RawClient joe = start("authorization { users: [ {user: all, password: a},"
                + " {user: joe, password: j, permissions: { subscribe: { deny: secret } } } ] }", null,
                userAndPass("all", "a"));
        joe.send(connectLine(userAndPass("joe", "j")))
                .expectText("-ERR 'Permissions Violation for Subscription to \"secret\" (sid 1)'\r\n");
        joe.send("PUB secret 2\r\nhi\r\nPUB open 2\r\nho\r\n").expectText("MSG open 2 2\r\nho\r\n");
        expectNothingElse(joe);
    }

    @Test
    void aSilentLoginThatTimesOutOrFailsPublishesNothing() throws Exception {
        AtomicReference<String> behaviour = new AtomicReference<>("");
        RawClient watching = start("no_auth_user: guest\nauthorization { users: [ {user: guest, password: g} ] }",
                shown -> {
                    if (!shown.isEmpty())
                        return new Login("w", Permissions.UNRESTRICTED, 0);
                    switch (behaviour.get()) {
                        case "late" -> throw new AuthenticationTimeout("no answer");
                        case "broken" -> throw new IllegalStateException("defect");
                        default -> { }
                    }
                    return null;
                }, "\"user\":\"w\"");
        behaviour.set("late");
        server.connect().send(ATTACK).expectEnd("-ERR 'Authentication Timeout'\r\n");
        behaviour.set("broken");
        server.connect().send(ATTACK).expectEnd(VIOLATION);
        behaviour.set("refusing");
        server.connect().send(ATTACK).expectEnd(VIOLATION);
        expectNothingElse(watching);
    }

    @Test
    void whoIsRefusedByAReloadPublishesNothingMore() throws Exception {
        String both = "authorization { users: [ {user: admin, password: a}, {user: joe, password: j} ] }";
        RawClient admin = start(both, null, userAndPass("admin", "a"));
        RawClient joe = server.login("joe", "j");
        // A batch with an incomplete command.
        joe.send("PUB secret 2\r\nh");
        server.reload("authorization { users: [ {user: admin, password: a} ] }");
        server.awaitLog("[ERR] cid:2 - Authorization Error - User \"joe\"");
        joe.send("i\r\n");
        joe.expectEnd(VIOLATION);
        expectNothingElse(admin);
    }

    @Test
    void aRefusedTlsHandshakeOrConnectionGrantsNothing() throws Exception {
        RawClient watching = start("max_connections: 1", null, "");
        server.connect().send(ATTACK).expectEnd(TOO_MANY);
        expectNothingElse(watching);
        server.close();
        RawClient optional = start("allow_non_tls: true\ntls { cert_file: \"CERTS/server-cert.pem\","
                + " key_file: \"CERTS/server-key.pem\", timeout: 5 }", null, "");
        server.reload("tls { cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\", timeout: 5 }");
        server.connect().send(ATTACK).expectEnd("-ERR 'Secure Connection - TLS Required'\r\n");
        expectNothingElse(optional);
    }

    @Test
    void whoIsNotTheSystemUserHasNothingUnderSys() throws Exception {
        RawClient admin = start("system_user: admin\n" + GUEST, null, userAndPass("admin", "a"));
        admin.send("SUB $SYS.x 4\r\n").roundTrip();
        server.connect().send("PUB $SYS.x 2\r\nhi\r\n")
                .expectText("-ERR 'Permissions Violation for Publish to \"$SYS.x\"'\r\n");
        server.connect().send("PUB $SYS.x 2\r\nhi\r\n" + ATTACK).expectEnd(TOO_MANY);
        expectNothingElse(admin);
    }

    @Test
    void noPermissionsAreNoLogin() throws Exception {
        assertThrows(NullPointerException.class, () -> new Login("joe", null, 0));
        server = SecuredServer.start("", shown -> new Login("joe", null, 0));
        server.tryLogin(userAndPass("joe", "j")).expectEnd(VIOLATION);
    }
}
