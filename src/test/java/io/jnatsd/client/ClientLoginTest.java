package io.jnatsd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.Login;
import io.jnatsd.auth.Permissions;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ServerInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The login of clients, with an authenticator of the test and without a network. */
@Timeout(60)
class ClientLoginTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String TOO_MANY = "-ERR 'Maximum Connections Exceeded'\r\n";
    private static final String PONG = "PONG\r\n";

    private final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
    private final Clients clients = new Clients(state);
    private final ScriptedSocket socket = new ScriptedSocket();

    @BeforeEach
    void info() {
        state.info = new ServerInfo("ID", "name", "java", "127.0.0.1", 4222, true, false, false, false, 1024, List.of(),
                true, false, false, false, "");
    }

    @AfterEach
    void stop() {
        state.stopTimer();
    }

    private void rules(Authenticator authenticator) {
        clients.secure(new ClientAuth(authenticator, authenticator, Duration.ofMinutes(5), false, false, false, false),
                null, null);
    }

    /** Only these users may log in, without a password. */
    private static Authenticator users(Login... allowed) {
        return shown -> List.of(allowed).stream().filter(login -> login.user().equals(shown.user())).findAny()
                .orElse(null);
    }

    private static Login user(String name) {
        return new Login(name, Permissions.UNRESTRICTED, 0);
    }

    private static Login atMostOnce(String name) {
        return new Login(name, Permissions.UNRESTRICTED, 1);
    }

    private static Login mayOnlySubscribeTo(String name, String subject) {
        return new Login(name, Permissions.of(
                new PermissionOptions(null, new SubjectRules(List.of(subject), List.of()), null)), 0);
    }

    private static String connect(String user) {
        return "CONNECT {\"verbose\":false,\"user\":\"" + user + "\"}\r\n";
    }

    /** Accepts the socket; the test runs the client, and so is its reader. */
    private Client accepted(ScriptedSocket from) throws IOException {
        return clients.accept(from);
    }

    @Test
    void aClientWhoseLoginIsPendingMayOnlyConnect() throws Exception {
        rules(users(user("joe")));
        Client client = accepted(socket.say("SUB foo 1\r\n"));
        client.run();
        assertEquals(VIOLATION, socket.answers());
        assertEquals(CloseReason.AUTHENTICATION_FAILURE, client.closeReason());
        assertEquals(0, state.subjects.index().stats().inserts());
    }

    @Test
    void aGrantedLoginMayUseCommands() throws Exception {
        rules(users(user("joe")));
        List<String> seen = new ArrayList<>();
        Client client = accepted(socket.say(connect("joe") + "SUB foo 1\r\nPING\r\n"));
        socket.then(() -> seen.add(client.user() + " " + state.subjects.index().count()));
        client.run();
        assertEquals(PONG, socket.answers());
        assertEquals(List.of("joe 1"), seen);
        assertEquals(CloseReason.CLIENT_CLOSED, client.closeReason());
    }

    @Test
    void aRefusedLoginEndsTheConnectionAndTheRestOfTheBatchHasNoEffect() throws Exception {
        rules(users(user("joe")));
        Client client = accepted(socket.say(connect("eve") + "SUB foo 1\r\nPING\r\n"));
        client.run();
        assertEquals(VIOLATION, socket.answers());
        assertEquals(CloseReason.AUTHENTICATION_FAILURE, client.closeReason());
        assertEquals(0, state.subjects.index().stats().inserts());
    }

    @Test
    void aSecondLoginReplacesTheFirstOne() throws Exception {
        rules(users(user("joe"), user("ann")));
        List<String> seen = new ArrayList<>();
        Client client = accepted(socket.say(connect("joe") + connect("ann") + "PING\r\n"));
        socket.then(() -> seen.add(client.user())).say(connect("eve") + "PING\r\n");
        client.run();
        assertEquals(List.of("ann"), seen);
        assertEquals(PONG + VIOLATION, socket.answers());
    }

    @Test
    void anAuthenticatorThatFailsRefusesTheClient() throws Exception {
        rules(shown -> {
            throw new IllegalStateException("defect");
        });
        accepted(socket.say(connect("joe") + "PING\r\n")).run();
        assertEquals(VIOLATION, socket.answers());
    }

    @Test
    void credentialsThatCannotBeCheckedInTimeRefuseTheClient() throws Exception {
        rules(shown -> {
            throw new AuthenticationTimeout("too many checks");
        });
        Client client = accepted(socket.say(connect("joe") + "PING\r\n"));
        client.run();
        assertEquals("-ERR 'Authentication Timeout'\r\n", socket.answers());
        assertEquals(CloseReason.AUTHENTICATION_TIMEOUT, client.closeReason());
    }

    @Test
    void withoutRulesEveryClientIsGrantedBeforeItConnects() throws Exception {
        accepted(socket.say("PING\r\n")).run();
        assertEquals(PONG, socket.answers());
    }

    // ---- reload ----------------------------------------------------------------------------------------------

    @Test
    void aReloadThatStillAllowsTheUserKeepsTheClient() throws Exception {
        rules(users(user("joe")));
        Client client = accepted(socket.say(connect("joe") + "SUB foo 1\r\n"));
        socket.then(() -> {
            rules(users(user("joe"), user("ann")));
            client.recheck();
        }).say("PING\r\n");
        client.run();
        assertEquals(PONG, socket.answers());
    }

    @Test
    void aReloadThatNoLongerAllowsTheUserEndsTheConnection() throws Exception {
        rules(users(user("joe")));
        Client client = accepted(socket.say(connect("joe") + "SUB foo 1\r\n"));
        socket.then(() -> {
            rules(users(user("ann")));
            client.recheck();
        }).say("PUB foo 0\r\n\r\nPING\r\n");
        client.run();
        assertEquals(VIOLATION, socket.answers());
        assertEquals(CloseReason.AUTHENTICATION_FAILURE, client.closeReason());
        assertEquals(0, state.traffic.totals().inMessages());
    }

    @Test
    void aReloadRemovesSubscriptionsThatAreNoLongerAllowed() throws Exception {
        rules(users(user("joe")));
        Client client = accepted(socket.say(connect("joe") + "SUB foo 1\r\nSUB bar 2\r\n"));
        socket.then(() -> {
            rules(users(mayOnlySubscribeTo("joe", "bar")));
            client.recheck();
        }).say("PUB foo 0\r\n\r\nPUB bar 0\r\n\r\nPING\r\n");
        client.run();
        assertEquals("-ERR 'Permissions Violation for Subscription to \"foo\" (sid 1)'\r\nMSG bar 2 0\r\n\r\n" + PONG,
                socket.answers());
    }

    @Test
    void aPendingLoginIsNotCheckedByAReload() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        rules(shown -> {
            checks.incrementAndGet();
            return user("joe");
        });
        Client client = accepted(socket);
        socket.then(client::recheck).then(() -> assertEquals(0, checks.get())).say(connect("joe") + "PING\r\n");
        client.run();
        assertEquals(1, checks.get());
        assertEquals(PONG, socket.answers());
    }

    @Test
    void aCheckIsRepeatedIfTheRulesChangeBeforeItEnds() throws Exception {
        rules(shown -> {
            rules(users(user("ann")));
            return user("joe");
        });
        accepted(socket.say(connect("joe") + "PING\r\n")).run();
        assertEquals(VIOLATION, socket.answers());
    }

    @Test
    void aCheckOfEarlierCredentialsDoesNotUndoALaterLogin() throws Exception {
        CountDownLatch entered = new CountDownLatch(1), loggedIn = new CountDownLatch(1);
        rules(users(user("joe"), user("ann")));
        List<CompletableFuture<Void>> rechecks = new ArrayList<>();
        Client client = accepted(socket.say(connect("joe")));
        socket.then(() -> {
            rules(shown -> {
                if (shown.user().equals("ann"))
                    return user("ann");
                entered.countDown();
                loggedIn.await();
                return null;
            });
            rechecks.add(CompletableFuture.runAsync(client::recheckOrEnd, task -> Thread.ofVirtual().start(task)));
            assertTrue(entered.await(30, TimeUnit.SECONDS));
        }).say(connect("ann")).then(() -> {
            loggedIn.countDown();
            rechecks.getFirst().get(30, TimeUnit.SECONDS);
            assertNull(client.closeReason());
            assertEquals("ann", client.user());
        }).say("PING\r\n");
        client.run();
        assertEquals(PONG, socket.answers());
        assertEquals(CloseReason.CLIENT_CLOSED, client.closeReason());
    }

    @Test
    void aCheckThatEndsAfterTheClientHasLeftCountsForNoUser() throws Exception {
        rules(users(atMostOnce("joe")));
        Client client = accepted(socket.say(connect("joe")));
        socket.then(() -> {
            rules(shown -> {
                client.close(CloseReason.CLIENT_CLOSED, "");
                return atMostOnce("joe");
            });
            client.recheck();
        });
        client.run();
        assertEquals(CloseReason.CLIENT_CLOSED, client.closeReason());
        rules(users(atMostOnce("joe")));
        ScriptedSocket next = new ScriptedSocket().say(connect("joe") + "PING\r\n");
        accepted(next).run();
        assertEquals(PONG, next.answers());
    }

    // ---- max_connections of a user ---------------------------------------------------------------------------

    @Test
    void aUserHasAtMostItsNumberOfConnections() throws Exception {
        rules(users(atMostOnce("joe"), user("ann")));
        ScriptedSocket second = new ScriptedSocket().say(connect("joe") + "PING\r\n");
        ScriptedSocket another = new ScriptedSocket().say(connect("ann") + "PING\r\n");
        ScriptedSocket later = new ScriptedSocket().say(connect("joe") + "PING\r\n");
        socket.say(connect("joe")).then(() -> {
            Client refused = accepted(second);
            refused.run();
            assertEquals(CloseReason.MAX_CONNECTIONS, refused.closeReason());
            accepted(another).run();
        }).say("PING\r\n");
        accepted(socket).run();
        accepted(later).run();
        assertEquals(TOO_MANY, second.answers());
        assertEquals(PONG, another.answers());
        assertEquals(PONG, socket.answers());
        assertEquals(PONG, later.answers());
    }

    @Test
    void aClientThatConnectsAsItsUserAgainCountsOnce() throws Exception {
        rules(users(atMostOnce("joe")));
        accepted(socket.say(connect("joe") + connect("joe") + "PING\r\n")).run();
        assertEquals(PONG, socket.answers());
    }

    @Test
    void aClientThatConnectsAsAnotherUserMakesRoomForItsFirstOne() throws Exception {
        rules(users(atMostOnce("joe"), user("ann")));
        ScriptedSocket second = new ScriptedSocket().say(connect("joe") + "PING\r\n");
        accepted(socket.say(connect("joe") + connect("ann")).then(() -> accepted(second).run()).say("PING\r\n")).run();
        assertEquals(PONG, second.answers());
        assertEquals(PONG, socket.answers());
    }

    @Test
    void aReloadThatLowersTheLimitOfAUserEndsTheConnectionsAboveIt() throws Exception {
        rules(users(user("joe")));
        ScriptedSocket second = new ScriptedSocket().say(connect("joe"));
        Client first = accepted(socket.say(connect("joe")));
        Client other = accepted(second);
        second.then(() -> {
            rules(users(atMostOnce("joe")));
            first.recheck();
            other.recheck();
        }).say("PING\r\n");
        socket.then(other::run).say("PING\r\n");
        first.run();
        assertEquals(TOO_MANY, socket.answers(), "the client that is checked first");
        assertEquals(PONG, second.answers());
    }
}
