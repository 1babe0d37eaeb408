package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.ConnectInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mindrot.jbcrypt.BCrypt;

/**
 * Many wrong logins at the same time from one address, each of which needs a password check: a client with the right
 * password does not wait for them. Time is measured by how many logins have been handled, so that the test does not
 * depend on the speed of the machine.
 */
@Timeout(60)
class LoginFloodTest {
    private static final int FLOOD = 200;

    private SecuredServer server;
    private final List<RawClient> flood = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        String users = "{user: joe, password: \"%s\"}, {user: sue, password: \"%s\"}".formatted(
                BCrypt.hashpw("j", BCrypt.gensalt(10)), BCrypt.hashpw("s", BCrypt.gensalt(10)));
        server = SecuredServer.start("authorization { users: [ " + users + " ], timeout: 10 }");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void flood(String user) throws Exception {
        for (int i = 0; i < FLOOD; i++)
            flood.add(server.connect());
        for (int i = 0; i < FLOOD; i++)
            flood.get(i).send(connectLine(userAndPass(user, "wrong" + i)));
        // All wait for their checks, so the next login is the newest.
        await().pollInterval(Duration.ofMillis(10)).until(() -> LongStream.rangeClosed(1, FLOOD + 1)
                .mapToObj(server.server().clients()::get)
                .noneMatch(client -> client != null && client.connectInfo() == ConnectInfo.BEFORE_CONNECT));
    }

    private void assertStillFlooded() {
        int waiting = server.server().clients().count();
        assertTrue(waiting > FLOOD / 2, () -> "only " + waiting + " are left of the flood");
    }

    private RawClient login(String user, String password) throws Exception {
        return server.connect().send(connectLine(userAndPass(user, password)) + "PING\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"joe", "nobody", ""})
    void anotherUserGetsInAtOnce(String flooded) throws Exception {
        flood(flooded);
        login("sue", "s").expectText("PONG\r\n");
        assertStillFlooded();
    }

    @Test
    void aUserWhoseNameIsFloodedGetsInAtOnceIfSheHasBeenIn() throws Exception {
        login("sue", "s").expectText("PONG\r\n");
        flood("sue");
        login("sue", "s").expectText("PONG\r\n");
        assertStillFlooded();
    }

    @Test
    void theNewestOfOneUserComesFirst() throws Exception {
        flood("sue");
        login("sue", "s").expectText("PONG\r\n");
        assertStillFlooded();
    }

    @Test
    void theServerDoesNotWaitForThemToEnd() throws Exception {
        flood("joe");
        long start = System.nanoTime();
        server.server().close();
        assertTrue(System.nanoTime() - start < 4_000_000_000L);
    }
}
