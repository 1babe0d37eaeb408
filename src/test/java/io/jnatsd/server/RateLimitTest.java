package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.connection.CloseReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The limits of new connections and of messages: of the server, of an address, of a user. */
@Timeout(30)
class RateLimitTest {
    private static final String TOO_MANY = "-ERR 'Maximum Connections Exceeded'\r\n";
    private static final String TOO_FAST = "-ERR 'Connection Rate Exceeded'\r\n";
    private static final String LOGIN = "CONNECT {\"verbose\":false}\r\nPING\r\n";
    private static final Duration A_FIFTH = Duration.ofMillis(200);

    /** Connects from another loopback address, and logs in. */
    private static RawClient from(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        RawClient client = new RawClient(socket);
        client.expect("INFO .*\r\n");
        return client.send(LOGIN);
    }

    private static String publish(int count) {
        return "PUB x 1\r\n.\r\n".repeat(count);
    }

    private static boolean isAccepted(RawClient client) throws IOException {
        return client.expect("PONG\r\n|" + TOO_FAST).group().startsWith("PONG");
    }

    /** Asserts that a rate let as many through at once, and then no more than the time that has passed allows. */
    private static void assertRate(int rate, int accepted, long begun) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertTrue(accepted >= rate && accepted <= rate + rate * seconds + 1, accepted + " in " + seconds + " s");
    }

    private static void assertTook(Duration least, long begun) {
        assertTrue(System.nanoTime() - begun >= least.toNanos(), "not slowed down");
    }

    @Test
    void moreNewConnectionsThanTheRateAreRefused() throws Exception {
        try (TestServer server = TestServer.logging(o -> o.connectionRate = 5)) {
            long begun = System.nanoTime();
            List<RawClient> accepted = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                RawClient client = server.connect().send(LOGIN);
                if (isAccepted(client))
                    accepted.add(client);
            }
            assertRate(5, accepted.size(), begun);
            assertTrue(server.log().stream().anyMatch(line -> line.endsWith(" - " + CloseReason.CONNECTION_RATE)));
            for (RawClient client : accepted)
                client.roundTrip();
        }
    }

    @Test
    void theRateOfAnAddressLeavesOthersIn() throws Exception {
        try (TestServer server = TestServer.start(o -> o.connectionRatePerAddress = 2)) {
            long begun = System.nanoTime();
            int accepted = 0;
            for (int i = 0; i < 10; i++)
                accepted += isAccepted(server.connect().send(LOGIN)) ? 1 : 0;
            assertRate(2, accepted, begun);
            try (RawClient other = from("127.0.0.2", server.port())) {
                other.expectText("PONG\r\n");
            }
        }
    }

    @Test
    void anAddressHasAsManyConnectionsAsItMay() throws Exception {
        try (TestServer server = TestServer.start(o -> o.maxConnectionsPerAddress = 2)) {
            RawClient first = server.quiet();
            server.quiet();
            server.connect().send(LOGIN).expectEnd(TOO_MANY);
            try (RawClient other = from("127.0.0.2", server.port())) {
                other.expectText("PONG\r\n");
                first.close();
                server.awaitClients(2);
                server.quiet().roundTrip();
                server.connect().send(LOGIN).expectEnd(TOO_MANY);
            }
        }
    }

    @Test
    void moreLoginsOfAUserThanItsRateAreRefused() throws Exception {
        try (SecuredServer server = SecuredServer.start("authorization { users: ["
                + "{user: joe, password: j, connection_rate: 3}, {user: sue, password: s} ] }")) {
            long begun = System.nanoTime();
            int accepted = 0;
            for (int i = 0; i < 10; i++)
                accepted += isAccepted(server.tryLogin(userAndPass("joe", "j")).send("PING\r\n")) ? 1 : 0;
            assertRate(3, accepted, begun);
            assertTrue(server.log().stream().anyMatch(line -> line.endsWith("Connection Rate Exceeded - User \"joe\"")));
            server.login("sue", "s").roundTrip();
        }
    }

    /** A CONNECT of a client that is logged in already is no new connection. */
    @Test
    void aSecondConnectOfAClientCountsForNoRate() throws Exception {
        try (SecuredServer server = SecuredServer.start("authorization { users: ["
                + "{user: joe, password: j, connection_rate: 1} ] }")) {
            RawClient joe = server.login("joe", "j");
            for (int i = 0; i < 5; i++)
                joe.send(SecuredServer.connectLine(userAndPass("joe", "j"))).roundTrip();
        }
    }

    @Test
    void aUserWhoPublishesTooFastIsSlowedDownAndLosesNothing() throws Exception {
        try (SecuredServer server = SecuredServer.start("authorization { users: ["
                + "{user: joe, password: j, message_rate: 100}, {user: sue, password: s} ] }")) {
            RawClient sue = server.login("sue", "s").send("SUB x 1\r\n").roundTrip();
            RawClient joe = server.login("joe", "j"), more = server.login("joe", "j");
            long begun = System.nanoTime();
            // The last 20 have to wait. Both connections share the rate.
            joe.send(publish(60) + "PING\r\n");
            more.send(publish(60) + "PING\r\n");
            joe.expectText("PONG\r\n");
            more.expectText("PONG\r\n");
            assertTook(A_FIFTH, begun);
            sue.expectText("MSG x 1 1\r\n.\r\n".repeat(120)).send(publish(1000)).expectText("MSG x 1 1\r\n.\r\n".repeat(1000));
        }
    }

    /** What was published before the client is slowed down is delivered at once. */
    @Test
    void messagesBeforeTheLimitDoNotWait() throws Exception {
        try (TestServer server = TestServer.start(o -> o.messageRatePerAddress = 1);
                RawClient other = from("127.0.0.2", server.port())) {
            other.send("SUB x 1\r\n").expectText("PONG\r\n").roundTrip();
            server.quiet().send(publish(1000));
            other.expectText("MSG x 1 1\r\n.\r\n");
        }
    }

    @Test
    void theClientsOfAnAddressAreSlowedDown() throws Exception {
        try (TestServer server = TestServer.start(o -> o.messageRatePerAddress = 100);
                RawClient other = from("127.0.0.2", server.port())) {
            long begun = System.nanoTime();
            server.quiet().send(publish(60)).roundTrip();
            server.quiet().send(publish(60)).roundTrip();
            assertTook(A_FIFTH, begun);
            other.send(publish(60)).expectText("PONG\r\n").roundTrip();
        }
    }

    @Test
    void aClientThatIsSlowedDownLeavesAtOnceWhenItIsClosed() throws Exception {
        try (TestServer server = TestServer.start(o -> o.messageRatePerAddress = 1)) {
            server.quiet().send(publish(1000));
            server.clients().get(1).kill(CloseReason.KICKED);
            server.awaitClients(0);
            server.server().close();
        }
    }

    /** Its PONGs wait behind its messages. */
    @Test
    void aClientThatIsSlowedDownIsNotStale() throws Exception {
        try (TestServer server = TestServer.start(o -> {
            o.messageRatePerAddress = 10;
            o.pingInterval = Duration.ofMillis(150);
            o.pingMax = 2;
        })) {
            RawClient client = server.quiet();
            long begun = System.nanoTime();
            client.send(publish(25) + "PONG\r\nSUB x 1\r\n").send("PUB x 2\r\nhi\r\n");
            client.expect("(PING\r\n)+MSG x 1 2\r\nhi\r\n");
            assertTook(Duration.ofMillis(1300), begun);
        }
    }

    @Test
    void aReloadSetsTheRatesOfUsersForThoseWhoAreConnected() throws Exception {
        String user = "authorization { users: [ {user: joe, password: j%s} ] }";
        try (SecuredServer server = SecuredServer.start(user.formatted(""))) {
            RawClient joe = server.login("joe", "j").send(publish(1000)).roundTrip();
            server.reload(user.formatted(", message_rate: 100"));
            server.awaitLog("[INF] Reloaded: authorization users");
            assertEquals(1, server.server().clients().count());
            long begun = System.nanoTime();
            joe.send(publish(130)).roundTrip();
            assertTook(A_FIFTH, begun);
        }
    }
}
