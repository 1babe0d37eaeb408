package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.Credentials;
import io.jnatsd.auth.Login;
import io.jnatsd.auth.Permissions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.SubjectRules;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An authenticator that replaces the users of the options. */
@Timeout(30)
class AuthenticatorTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    @Test
    void itJudgesInsteadOfTheConfiguration() throws Exception {
        Permissions onlyA = Permissions.of(new PermissionOptions(new SubjectRules(List.of("a"), List.of()),
                new SubjectRules(null, List.of()), null));
        Queue<Credentials> seen = new ConcurrentLinkedQueue<>();
        try (SecuredServer server = SecuredServer.start("authorization { user: joe, password: j }", shown -> {
            seen.add(shown);
            return shown.token().equals("t") ? new Login("ali", onlyA, 1) : null;
        })) {
            server.tryLogin(userAndPass("joe", "j")).expectEnd(VIOLATION);
            server.awaitLog("[ERR] cid:1 - Authorization Error - User \"joe\"");
            RawClient ali = server.tryLogin("\"auth_token\":\"t\",\"user\":\"x\"").roundTrip();
            ali.send("PUB b 0\r\n\r\n").expectText("-ERR 'Permissions Violation for Publish to \"b\"'\r\n");
            assertEquals("ali", server.server().clients().get(2).user());
            server.tryLogin("\"auth_token\":\"t\"").expectEnd("-ERR 'Maximum Connections Exceeded'\r\n");
            Credentials first = seen.remove();
            assertEquals("joe", first.user());
            assertEquals("j", first.password());
            assertEquals("127.0.0.1", first.address());
            assertEquals(15, first.nonce().length());
            assertEquals(List.of(), first.certificates());
        }
    }

    @Test
    void whatItCannotJudgeDoesNotComeIn() throws Exception {
        try (SecuredServer server = SecuredServer.start("", shown -> {
            if (shown.user().equals("slow"))
                throw new AuthenticationTimeout("the directory does not answer");
            throw new IllegalStateException("no directory");
        })) {
            server.tryLogin(userAndPass("x", "y")).expectEnd(VIOLATION);
            server.awaitLog("[ERR] cid:1 - Authenticator failed: java.lang.IllegalStateException: no directory");
            server.tryLogin(userAndPass("slow", "y")).expectEnd("-ERR 'Authentication Timeout'\r\n");
            server.awaitLog("[ERR] cid:2 - Authentication Timeout: the directory does not answer");
        }
    }

    @Test
    void itIsAskedAgainWhenLoginsAreReloaded() throws Exception {
        Queue<String> banned = new ConcurrentLinkedQueue<>();
        try (SecuredServer server = SecuredServer.start("", shown -> banned.contains(shown.user()) ? null
                : Login.OPEN)) {
            RawClient joe = server.login("joe", "j"), sue = server.login("sue", "s");
            banned.add("joe");
            server.reload("authorization { timeout: 3 }");
            joe.expectEnd(VIOLATION);
            sue.roundTrip();
        }
    }

    @Test
    void credentialsDoNotTellTheirSecrets() {
        Credentials shown = new Credentials("joe", "hidden1", "hidden2", "U", "hidden3", "n", "127.0.0.1", "", List.of());
        assertEquals("Credentials[user=joe, address=127.0.0.1]", shown.toString());
    }
}
