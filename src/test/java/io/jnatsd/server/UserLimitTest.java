package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.connection.CloseReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code max_connections} of a user. */
@Timeout(30)
class UserLimitTest {
    private static final String TOO_MANY = "-ERR 'Maximum Connections Exceeded'\r\n";

    @AutoClose
    private final SecuredServer server = SecuredServer.start("authorization { users: ["
            + "{user: joe, password: j, max_connections: 2}, {user: sue, password: s, max_connections: 1},"
            + "{user: all, password: a} ] }");

    UserLimitTest() throws Exception {
    }

    @Test
    void oneTooManyIsToldSoAndTheOthersStay() throws Exception {
        RawClient one = server.login("joe", "j"), two = server.login("joe", "j");
        server.tryLogin(userAndPass("joe", "j")).expectEnd(TOO_MANY);
        server.awaitLog("[ERR] cid:3 - Maximum Connections Exceeded - User \"joe\"");
        server.awaitLog("[DBG] cid:3 - Client connection closed: " + CloseReason.MAX_CONNECTIONS);
        one.roundTrip();
        two.roundTrip();
        server.login("sue", "s");
        for (int i = 0; i < 5; i++)
            server.login("all", "a");
    }

    @Test
    void aPlaceThatIsLeftCanBeTaken() throws Exception {
        for (int round = 0; round < 5; round++) {
            RawClient one = server.login("sue", "s");
            server.tryLogin(userAndPass("sue", "s")).expectEnd(TOO_MANY);
            one.close();
            server.awaitClients(0);
        }
    }

    @Test
    void connectingAgainTakesNoSecondPlaceAndAnotherUserGivesUpTheFirst() throws Exception {
        RawClient client = server.login("sue", "s");
        client.send(connectLine(userAndPass("sue", "s"))).roundTrip();
        client.send(connectLine(userAndPass("joe", "j"))).roundTrip();
        server.login("sue", "s");
        client.send(connectLine(userAndPass("sue", "s"))).expectEnd(TOO_MANY);
        server.awaitClients(1);
        server.login("joe", "j");
        server.login("joe", "j");
    }

    /** The limit holds when many clients connect at once. */
    @Test
    void aCrowdGetsExactlyAsManyPlacesAsThereAre() throws Exception {
        List<RawClient> crowd = new ArrayList<>();
        for (int i = 0; i < 30; i++)
            crowd.add(server.connect());
        for (RawClient client : crowd)
            client.send(connectLine(userAndPass("joe", "j")) + "PING\r\n");
        int in = 0;
        for (RawClient client : crowd)
            in += client.expect("PONG\r\n|-ERR 'Maximum Connections Exceeded'\r\n").group().startsWith("PONG") ? 1 : 0;
        assertEquals(2, in);
    }
}
