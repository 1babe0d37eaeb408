package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mindrot.jbcrypt.BCrypt;

/** Tests the login of other servers (protocol.md, section 20). */
@Timeout(30)
class RouteAuthTest {
    private static final Consumer<OptionsBuilder> LOGIN = options -> {
        options.clusterUser = "ruser";
        options.clusterPassword = "top_secret";
    };
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    private static String connect(String user, String password) {
        return "CONNECT {\"verbose\":false,\"user\":\"" + user + "\",\"pass\":\"" + password + "\",\"name\":\"P\"}\r\n";
    }

    @Test
    void theRightLoginJoins() throws IOException {
        try (TestServer server = Clusters.server(LOGIN); RawClient peer = RawClient.open(server.server().clusterPort())) {
            peer.expect("INFO \\{[^\r]*\"auth_required\":true,[^\r]*}\r\n");
            peer.send(connect("ruser", "top_secret") + Clusters.infoLine("P")).roundTrip();
            Clusters.awaitRoutes(server, 1);
        }
    }

    @Test
    void wrongLoginsAreRefused() throws IOException {
        try (TestServer server = Clusters.logging(LOGIN)) {
            for (String[] login : new String[][] {{"ruser", "wrong"}, {"other", "top_secret"}, {"", ""}, {"ruser", ""}})
                try (RawClient peer = Clusters.dial(server)) {
                    peer.send(connect(login[0], login[1]) + Clusters.infoLine("P") + "SUB foo RSID:1:1\r\n");
                    assertEquals(VIOLATION, peer.readToEnd());
                }
            assertEquals(0, server.subscriptions());
            server.awaitLog("[ERR] rid:4 - Authorization Error");
        }
    }

    @Test
    void nothingIsTakenBeforeConnect() throws IOException {
        try (TestServer server = Clusters.server(LOGIN)) {
            for (String first : new String[] {"PING\r\n", "SUB foo RSID:1:1\r\n", Clusters.infoLine("P"), "MSG foo 1 1\r\nx\r\n"})
                try (RawClient peer = Clusters.dial(server)) {
                    peer.send(first);
                    assertEquals(VIOLATION, peer.readToEnd());
                }
        }
    }

    @Test
    void aPeerThatSendsNothingIsClosed() throws IOException {
        try (TestServer server = Clusters.logging(LOGIN.andThen(o -> o.clusterAuthTimeout = Duration.ofMillis(300)))) {
            try (RawClient peer = Clusters.dial(server)) {
                assertEquals("-ERR 'Authorization Timeout'\r\n", peer.readToEnd());
            }
            server.awaitLog("[DBG] rid:1 - Authorization Timeout");
            try (RawClient peer = Clusters.dial(server)) {
                peer.send(connect("ruser", "top_secret")).roundTrip();
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < 400_000_000)
                    peer.roundTrip();
            }
        }
    }

    @Test
    void withoutAuthorizationNoConnectIsRequired() throws IOException {
        try (TestServer server = Clusters.server(o -> o.clusterAuthTimeout = Duration.ofMillis(50));
                RawClient peer = Clusters.dial(server)) {
            peer.expectNothing().roundTrip();
        }
    }

    @Test
    void passwordsMayBeHashed() throws IOException {
        try (TestServer server = Clusters.server(LOGIN.andThen(
                o -> o.clusterPassword = BCrypt.hashpw("top_secret", BCrypt.gensalt(4))))) {
            try (RawClient peer = Clusters.dial(server)) {
                peer.send(connect("ruser", "top_secret")).roundTrip();
            }
            try (RawClient peer = Clusters.dial(server)) {
                peer.send(connect("ruser", "wrong"));
                assertEquals(VIOLATION, peer.readToEnd());
            }
        }
    }

    @Test
    void serversJoinWithTheLoginOfTheirUrl() throws IOException {
        try (TestServer seed = Clusters.server(LOGIN)) {
            URI right = URI.create("nats-route://ruser:top_secret@127.0.0.1:" + seed.server().clusterPort());
            try (TestServer a = Clusters.server(LOGIN, right); TestServer b = Clusters.server(LOGIN, right)) {
                for (TestServer server : new TestServer[] {seed, a, b})
                    Clusters.awaitRoutes(server, 2);
            }
        }
    }

    @Test
    void aServerWithAWrongLoginTriesAgainAndAgain() throws IOException {
        try (TestServer seed = Clusters.server(LOGIN);
                TestServer refused = Clusters.logging(options -> { },
                        URI.create("nats-route://ruser:bad@127.0.0.1:" + seed.server().clusterPort()))) {
            refused.awaitLog("[ERR] rid:2 - Route Error 'Authorization Violation'");
            assertTrue(refused.log().contains("[DBG] Attempting reconnect for solicited route \"nats-route://127.0.0.1:"
                    + seed.server().clusterPort() + "\""));
            assertTrue(refused.log().stream().noneMatch(line -> line.contains("bad@")));
            Clusters.awaitRoutes(seed, 0);
        }
    }
}
