package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.server.ConfiguredServer;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the effects of a reload on routes. */
@Timeout(30)
class RouteReloadTest {
    @TempDir
    private Path dir;

    private static String cluster(String more, TestServer... routes) {
        StringBuilder block = new StringBuilder("debug: true\ncluster { listen: \"127.0.0.1:-1\"\n routes: [");
        for (TestServer route : routes)
            block.append(" \"").append(Clusters.url(route)).append("\",");
        return block.append(" ]\n ").append(more).append("\n}\n").toString();
    }

    private static List<Long> routes(ConfiguredServer server) {
        return server.server().cluster().stats().stream().map(Route.Stats::rid).toList();
    }

    private static void awaitRoutes(ConfiguredServer server, int count) {
        Clusters.soon("routes").until(() -> routes(server).size() == count);
    }

    /** Creates a peer before it dials. When the configured route exists, no gossip about it follows. */
    private static RawClient peer(ConfiguredServer server) throws IOException {
        awaitRoutes(server, 1);
        return RawClient.open(server.server().clusterPort());
    }

    @Test
    void onlyWhatHasChangedIsTouched() throws Exception {
        try (TestServer a = Clusters.server(); TestServer b = Clusters.server(); TestServer c = Clusters.server();
                ConfiguredServer server = ConfiguredServer.start(dir, cluster("", a, b))) {
            awaitRoutes(server, 2);
            Clusters.awaitRoutes(a, 2);
            long kept = server.server().cluster().stats().stream()
                    .filter(r -> r.remoteId().equals(a.server().serverId())).findFirst().orElseThrow().rid();
            List<String> lines = server.reload(cluster("", a, c));
            assertTrue(lines.contains("[INF] Removed route " + Clusters.url(b)), lines.toString());
            assertTrue(lines.contains("[INF] Reloaded: cluster routes"), lines.toString());
            Clusters.awaitRoutes(c, 3);
            assertTrue(routes(server).contains(kept));
        }
    }

    @Test
    void aReloadOfSomethingElseHarmsNoRoute() throws Exception {
        try (TestServer a = Clusters.server();
                ConfiguredServer server = ConfiguredServer.start(dir, cluster("authorization { user: r, password: p }", a));
                RawClient peer = peer(server)) {
            peer.expect("INFO [^\r]*\r\n");
            peer.send("CONNECT {\"user\":\"r\",\"pass\":\"p\",\"name\":\"P\"}\r\n" + Clusters.infoLine("P")).roundTrip();
            awaitRoutes(server, 2);
            List<Long> before = routes(server);
            server.reload(cluster("authorization { user: r, password: p }", a) + "max_payload: 1000\n"
                    + "authorization { user: u, password: w }\n");
            server.reload(cluster("authorization { user: r, password: p, timeout: 3 }\nno_advertise: true", a));
            peer.roundTrip();
            assertEquals(before, routes(server));
        }
    }

    @Test
    void aRouteThatHasNotSentItsIdIsClosedToo() throws Exception {
        try (TestServer a = Clusters.server(); ConfiguredServer server = ConfiguredServer.start(dir, cluster("", a));
                RawClient silent = peer(server); RawClient named = peer(server); RawClient spare = peer(server);
                RawClient first = peer(server); RawClient late = peer(server)) {
            for (RawClient each : List.of(silent, named, spare, first, late))
                each.expect("INFO [^\r]*\r\n");
            named.send("CONNECT {\"name\":\"N\"}\r\n").roundTrip();
            first.send(Clusters.connectLine("P") + Clusters.infoLine("P")).roundTrip();
            awaitRoutes(server, 2);
            spare.send(Clusters.connectLine("P") + Clusters.infoLine("P")).roundTrip();
            server.reload(cluster("authorization { user: r, password: p, timeout: 20 }", a));
            for (RawClient each : List.of(named, spare, first))
                assertTrue(each.readToEnd().endsWith("-ERR 'Authorization Violation'\r\n"));
            silent.send(Clusters.infoLine("S") + "MSG x 1 0\r\n\r\n");
            assertTrue(silent.readToEnd().endsWith("-ERR 'Authorization Violation'\r\n"));
            // Its first CONNECT is checked by the new rules.
            late.send("CONNECT {\"user\":\"r\",\"pass\":\"p\",\"name\":\"L\"}\r\n" + Clusters.infoLine("L"))
                    .roundTrip();
            awaitRoutes(server, 2);
        }
    }

    @Test
    void aRouteWithoutTheNewLoginIsClosed() throws Exception {
        try (TestServer a = Clusters.server(); ConfiguredServer server = ConfiguredServer.start(dir, cluster("", a));
                RawClient peer = peer(server)) {
            peer.expect("INFO [^\r]*\"auth_required\":false[^\r]*\r\n");
            peer.send(Clusters.connectLine("P") + Clusters.infoLine("P")).roundTrip();
            awaitRoutes(server, 2);
            server.reload(cluster("authorization { user: r, password: p }", a));
            // After gossip about other servers, if there were any.
            assertTrue(peer.readToEnd().endsWith("-ERR 'Authorization Violation'\r\n"));
            await().until(() -> server.log().stream().anyMatch(l -> l.endsWith(" - Authorization Error")));
            // The route that this server has dialled stays, because no login is required of it.
            awaitRoutes(server, 1);
            try (RawClient late = RawClient.open(server.server().clusterPort())) {
                late.expect("INFO [^\r]*\"auth_required\":true[^\r]*\r\n");
            }
            server.reload(cluster("", a));
            try (RawClient late = RawClient.open(server.server().clusterPort())) {
                late.expect("INFO [^\r]*\"auth_required\":false[^\r]*\r\n");
                late.send(Clusters.infoLine("Q")).roundTrip();
                awaitRoutes(server, 2);
            }
        }
    }

    @Test
    void routesThatWereNeverReachedAreGivenUp() throws Exception {
        try (HeldPort unused = new HeldPort()) {
            dialAndGiveUp(unused.number());
        }
    }

    private void dialAndGiveUp(int unused) throws Exception {
        String routes = "cluster { listen: \"127.0.0.1:-1\", routes: [ \"nats://127.0.0.1:" + unused + "\" ] }";
        try (ConfiguredServer server = ConfiguredServer.start(dir, "debug: true\n" + routes)) {
            Clusters.soon("a refusal").until(() -> server.log().stream().anyMatch(l -> l.contains("connection refused")));
            server.reload("debug: true\n" + routes.replaceFirst("\"nats://[^\"]*\"", ""));
            try (PeerPort late = new PeerPort(unused)) {
                assertTrue(late.isQuiet(1500));
                server.reload("debug: true\n" + routes);
                late.acceptHello();
            }
        }
    }

    @Test
    void whereRoutesAreListenedForCannotChange() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, cluster(""))) {
            List<String> lines = server.reload("cluster { host: localhost, port: -1 }");
            assertTrue(lines.getLast().contains("not supported for cluster host: old=127.0.0.1, new=localhost"),
                    lines.toString());
        }
    }

    @Test
    void aPortInUseIsReported() throws IOException {
        try (PeerPort taken = new PeerPort()) {
            try (TestServer server = Clusters.server(o -> o.clusterPort = taken.number())) {
                throw new AssertionError("started on a taken port: " + server.port());
            } catch (java.io.UncheckedIOException e) {
                String message = e.getCause().getMessage();
                assertTrue(message.startsWith("Error listening on router port: " + taken.number() + " - "), message);
            }
        }
    }
}
