package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that of two routes to one server one is kept, whichever server has dialled (protocol.md, section 25). */
@Timeout(60)
class DuplicateRouteTest {
    /** Less and greater than any server id. */
    private static final String LOWEST = "!";
    private static final String HIGHEST = "~";

    /** A server and a peer that have dialled each other. */
    private static final class Crossing implements AutoCloseable {
        final PeerPort port = new PeerPort();
        final TestServer server = Clusters.logging(options -> { }, port.url());
        final RawClient dialledByServer = port.acceptHello();
        final RawClient dialledByPeer = Clusters.dial(server);
        final RawClient client = server.quiet();
        final String id;

        Crossing(String id) throws IOException {
            this.id = id;
            client.send("SUB foo 1\r\n").roundTrip();
        }

        void firstThen(RawClient first, RawClient second) throws IOException {
            sayHello(first);
            first.expect("SUB foo  RSID:\\d:1\r\n");
            sayHello(second);
            server.awaitLog("[DBG] rid:" + (second == dialledByServer ? 1 : 2) + " - Detected duplicate remote route \""
                    + id + "\"");
        }

        private void sayHello(RawClient peer) throws IOException {
            peer.send((peer == dialledByPeer ? Clusters.connectLine(id) : "") + Clusters.infoLine(id));
        }

        @Override
        public void close() throws IOException {
            dialledByPeer.close();
            port.close();
            server.close();
        }
    }

    @Test
    void theServerWithTheLowerIdHasDialledTheRouteThatStays() throws IOException {
        try (Crossing crossing = new Crossing(LOWEST)) {
            crossing.firstThen(crossing.dialledByServer, crossing.dialledByPeer);
            crossing.dialledByPeer.expect("SUB foo  RSID:\\d:1\r\n");
            crossing.dialledByServer.expectClosed();
            crossing.dialledByPeer.roundTrip();
        }
        try (Crossing crossing = new Crossing(HIGHEST)) {
            crossing.firstThen(crossing.dialledByPeer, crossing.dialledByServer);
            crossing.dialledByServer.expect("SUB foo  RSID:\\d:1\r\n");
            crossing.dialledByPeer.expectClosed();
            crossing.dialledByServer.roundTrip();
        }
    }

    @Test
    void theOtherOrderChangesNothing() throws IOException {
        try (Crossing crossing = new Crossing(LOWEST)) {
            crossing.firstThen(crossing.dialledByPeer, crossing.dialledByServer);
            crossing.dialledByServer.expectClosed();
            crossing.dialledByPeer.roundTrip();
            crossing.server.awaitLog("[DBG] Not attempting reconnect for solicited route, already connected to \""
                    + LOWEST + "\"");
        }
    }

    /** gnatsd 1.0.2 closes the connection on which it hears last. */
    @Test
    void theConnectionThatAPeerKeepsIsTheRoute() throws IOException {
        for (String id : List.of(LOWEST, HIGHEST)) {
            try (Crossing crossing = new Crossing(id)) {
                crossing.firstThen(crossing.dialledByServer, crossing.dialledByPeer);
                crossing.dialledByServer.close();
                crossing.dialledByPeer.expect("SUB foo  RSID:\\d:1\r\n");
                Clusters.awaitRoutes(crossing.server, 1);
            }
            try (Crossing crossing = new Crossing(id)) {
                crossing.firstThen(crossing.dialledByPeer, crossing.dialledByServer);
                crossing.dialledByPeer.close();
                crossing.dialledByServer.expect("SUB foo  RSID:\\d:1\r\n");
                Clusters.awaitRoutes(crossing.server, 1);
            }
        }
    }

    @Test
    void aConfiguredServerIsShownAsConfiguredWhicheverSideDialled() throws IOException {
        try (Crossing crossing = new Crossing(LOWEST)) {
            crossing.firstThen(crossing.dialledByPeer, crossing.dialledByServer);
            Route.Stats route = crossing.server.server().cluster().stats().getFirst();
            assertEquals(2, route.rid());
            assertTrue(route.solicited() && route.configured());
        }
    }

    @Test
    void aConfiguredServerIsDialledAgainWhenTheRouteThatStayedIsLost() throws IOException {
        try (Crossing crossing = new Crossing(LOWEST)) {
            crossing.firstThen(crossing.dialledByPeer, crossing.dialledByServer);
            crossing.dialledByServer.expectClosed();
            crossing.dialledByPeer.close();
            crossing.port.acceptHello();
        }
    }

    @Test
    void theFirstOfTwoAcceptedConnectionsStays() throws IOException {
        try (TestServer server = Clusters.logging(options -> { });
                RawClient first = Clusters.join(server, "SAME");
                RawClient second = Clusters.join(server, "SAME");
                RawClient third = Clusters.dial(server)) {
            third.send(Clusters.infoLine("SAME"));
            third.expectClosed();
            second.expectClosed();
            first.roundTrip();
            server.awaitLog("[DBG] rid:2 - Detected duplicate remote route \"SAME\"");
            Clusters.awaitRoutes(server, 1);
        }
    }

    /** The peer has lost the connection and dials again, while this server has not noticed the loss. */
    @Test
    void aSilentRouteIsReplacedByANewOne() throws IOException {
        try (TestServer server = Clusters.server(); RawClient dead = Clusters.join(server, "SAME")) {
            long begin = System.nanoTime();
            await().until(() -> System.nanoTime() - begin > Duration.ofMillis(2200).toNanos());
            try (RawClient alive = Clusters.join(server, "SAME")) {
                dead.expectText("PING\r\n").expectClosed();
                await().until(() -> server.server().cluster().stats().stream().map(Route.Stats::rid).toList(),
                        List.of(2L)::equals);
                alive.roundTrip();
            }
        }
    }

    @Test
    void aRouteThatAnswersStays() throws IOException {
        try (TestServer server = Clusters.server(); RawClient old = Clusters.join(server, "SAME")) {
            long begin = System.nanoTime();
            await().until(() -> System.nanoTime() - begin > Duration.ofMillis(2200).toNanos());
            try (RawClient other = Clusters.join(server, "SAME")) {
                old.expectText("PING\r\n").send("PONG\r\n");
                other.expectClosed();
                old.roundTrip();
            }
        }
    }

    @Test
    void aRouteToTheServerItselfIsIgnored() throws IOException {
        try (HeldPort port = new HeldPort(); TestServer server =
                Clusters.logging(o -> o.clusterPort = port.number(), Clusters.url(port.number()))) {
            server.awaitLog("[DBG] Detected route to self, ignoring \"nats-route://127.0.0.1:" + port.number() + "\"");
            Clusters.awaitRoutes(server, 0);
        }
    }

    /** Fifty pairs, half of them at a time. */
    @Test
    void serversThatDialEachOtherAtTheSameTimeAlwaysEndUpWithOneRoute() throws Exception {
        for (int round = 0; round < 2; round++) {
            List<TestServer> servers = new ArrayList<>();
            try {
                for (int i = 0; i < 50; i++)
                    servers.add(Clusters.server());
                for (int i = 0; i < 50; i++)
                    cluster(servers.get(i)).dialers().dial(RouteUrl.of(Clusters.url(servers.get(i ^ 1))));
                for (TestServer server : servers)
                    Clusters.awaitRoutes(server, 1);
                for (int i = 0; i < 50; i += 2)
                    assertOneRoute(servers.get(i), servers.get(i + 1));
            } finally {
                for (TestServer server : servers)
                    server.close();
            }
        }
    }

    private static void assertOneRoute(TestServer one, TestServer two) throws IOException {
        RawClient here = one.quiet(), there = two.quiet();
        there.send("SUB foo 1\r\nSUB foo q 2\r\n").roundTrip();
        String id = one.server().serverId(), other = two.server().serverId();
        Clusters.soon("no spare").until(() -> cluster(one).routes().spare(other) == null && cluster(two).routes().spare(id) == null);
        Clusters.awaitSubscriptions(one, 2);
        assertEquals(1, cluster(one).stats().size());
        assertEquals(1, cluster(two).stats().size());
        here.send("PUB foo 2\r\nok\r\n").roundTrip();
        there.expectText("MSG foo 1 2\r\nok\r\nMSG foo 2 2\r\nok\r\n").roundTrip();
    }

    private static Cluster cluster(TestServer server) {
        return server.server().cluster();
    }
}
