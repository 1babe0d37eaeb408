package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that servers learn of each other (protocol.md, section 24). */
@Timeout(30)
class GossipTest {
    private static String third(String id, int port, String more) {
        return "INFO {\"server_id\":\"" + id + "\",\"host\":\"127.0.0.1\",\"port\":" + port + more
                + ",\"ip\":\"nats-route://127.0.0.1:" + port + "/\"}\r\n";
    }

    @Test
    void othersAreToldOfANewcomerWithItsAddress() throws IOException {
        try (TestServer seed = Clusters.server();
                RawClient a = Clusters.join(seed, "A");
                RawClient b = Clusters.dial(seed)) {
            String info = Clusters.infoLine("B", 17252, "127.0.0.1:17226");
            b.send(Clusters.connectLine("B") + info).roundTrip();
            a.expectText(info.replace(",\"connect_urls\"", ",\"ip\":\"nats-route://127.0.0.1:17252/\",\"connect_urls\""));
            b.expectNothing();
        }
    }

    @Test
    void anAddressThatTheNewcomerAdvertisesIsKept() throws IOException {
        try (TestServer seed = Clusters.server(); RawClient a = Clusters.join(seed, "A");
                TestServer b = Clusters.server(o -> o.clusterAdvertise = "nats.example.org:6333", Clusters.url(seed))) {
            a.expect("INFO \\{\"server_id\":\"" + b.server().serverId() + "\"[^\r]*\"host\":\"nats.example.org\","
                    + "\"port\":6333,[^\r]*\"ip\":\"nats-route://nats.example.org:6333/\",[^\r]*}\r\n");
        }
    }

    @Test
    void aServerThatIsHeardOfIsDialledOnce() throws IOException {
        try (PeerPort port = new PeerPort(); TestServer server = Clusters.server();
                RawClient seed = Clusters.join(server, "SEED")) {
            seed.send(third("THIRD", port.number(), ""));
            RawClient peer = port.acceptHello();
            peer.send(Clusters.infoLine("THIRD")).roundTrip();
            Clusters.awaitRoutes(server, 2);
            Route.Stats third = stats(server).get("THIRD");
            assertTrue(third.solicited());
            assertFalse(third.configured());
            seed.send(third("THIRD", port.number(), "")).expect("INFO [^\r]*\r\n");
            assertTrue(port.isQuiet(200));
        }
    }

    @Test
    void itselfAndConfiguredServersAreNotDialled() throws IOException {
        try (PeerPort port = new PeerPort(); TestServer server = Clusters.server(port.url())) {
            port.accept();
            try (RawClient seed = Clusters.join(server, "SEED"); PeerPort own = new PeerPort()) {
                seed.send(third("THIRD", port.number(), "") + third(server.server().serverId(), own.number(), ""))
                        .roundTrip();
                assertTrue(port.isQuiet(200) && own.isQuiet(1));
            }
        }
    }

    @Test
    void badAddressesAreIgnored() throws IOException {
        try (TestServer server = Clusters.logging(options -> { }); RawClient seed = Clusters.join(server, "SEED")) {
            seed.send("INFO {\"server_id\":\"X\",\"ip\":\"nats-route://no port/\"}\r\nINFO {\"server_id\":\"Y\"}\r\n")
                    .roundTrip();
            assertEquals(2, server.log().stream().filter(l -> l.startsWith("[DBG] Error parsing URL from INFO: ")).count());
        }
    }

    @Test
    void theClustersLoginIsShownToServersThatAskForIt() throws IOException {
        try (PeerPort port = new PeerPort(); TestServer server = Clusters.server(options -> {
            options.clusterUser = "route";
            options.clusterPassword = "secret";
        }); RawClient seed = Clusters.dial(server)) {
            seed.send("CONNECT {\"user\":\"route\",\"pass\":\"secret\",\"name\":\"SEED\"}\r\n"
                    + Clusters.infoLine("SEED") + third("T", port.number(), ",\"auth_required\":true"));
            port.accept().expect("CONNECT [^\r]*\"user\":\"route\",\"pass\":\"secret\",[^\r]*\r\n");
        }
    }

    /** gnatsd 1.0.2 would send the hash. */
    @Test
    void aHashedPasswordIsTakenFromAConfiguredUrl() throws IOException {
        try (PeerPort port = new PeerPort(); PeerPort configured = new PeerPort();
                TestServer server = Clusters.server(options -> {
                    options.clusterUser = "route";
                    options.clusterPassword = org.mindrot.jbcrypt.BCrypt.hashpw("secret", org.mindrot.jbcrypt.BCrypt.gensalt(4));
                }, URI.create("nats-route://route:secret@127.0.0.1:" + configured.number()))) {
            RawClient seed = configured.acceptHello();
            seed.send(Clusters.infoLine("SEED") + third("T", port.number(), ",\"auth_required\":true"));
            port.accept().expect("CONNECT [^\r]*\"user\":\"route\",\"pass\":\"secret\",[^\r]*\r\n");
        }
    }

    @Test
    void withoutRetriesOneAttemptIsMade() throws IOException {
        try (HeldPort unused = new HeldPort(); TestServer server = Clusters.logging(options -> { });
                RawClient seed = Clusters.join(server, "SEED")) {
            seed.send(third("THIRD", unused.number(), ""));
            server.awaitLog("[DBG] Error trying to connect to route: dial tcp 127.0.0.1:" + unused.number()
                    + ": connect: connection refused");
            try (PeerPort late = new PeerPort(unused.number())) {
                assertTrue(late.isQuiet(1500));
            }
        }
    }

    @Test
    void withRetriesALateServerIsReached() throws IOException {
        try (HeldPort unused = new HeldPort(); TestServer server = Clusters.logging(o -> o.connectRetries = 5);
                RawClient seed = Clusters.join(server, "SEED")) {
            seed.send(third("THIRD", unused.number(), ""));
            await().until(() -> server.log().stream().filter(l -> l.contains("connection refused")).count() >= 2);
            try (PeerPort late = new PeerPort(unused.number())) {
                late.acceptHello();
            }
        }
    }

    /** gnatsd 1.0.2 does not dial it again. */
    @Test
    void aLostServerThatWasHeardOfIsDialledAgain() throws IOException {
        try (PeerPort port = new PeerPort(); TestServer server = Clusters.server();
                RawClient seed = Clusters.join(server, "SEED")) {
            seed.send(third("THIRD", port.number(), ""));
            RawClient peer = port.acceptHello();
            peer.send(Clusters.infoLine("THIRD")).roundTrip();
            Clusters.awaitRoutes(server, 2);
            peer.close();
            port.acceptHello().send(Clusters.infoLine("THIRD")).roundTrip();
            Clusters.awaitRoutes(server, 2);
        }
    }

    @Test
    void aMeshFormsFromOneSeedAndKnowsWhoWasConfigured() throws IOException {
        try (TestServer s = Clusters.server();
                TestServer a = Clusters.server(Clusters.url(s));
                TestServer b = Clusters.server(Clusters.url(s))) {
            for (TestServer server : new TestServer[] {s, a, b})
                Clusters.awaitRoutes(server, 2);
            assertTrue(stats(s).values().stream().noneMatch(r -> r.solicited() || r.configured()));
            assertTrue(stats(a).get(s.server().serverId()).configured());
            assertTrue(stats(b).get(s.server().serverId()).configured());
            assertFalse(stats(a).get(b.server().serverId()).configured());
            assertFalse(stats(b).get(a.server().serverId()).configured());
        }
    }

    @Test
    void aMeshFormsAlongAChain() throws IOException {
        try (TestServer s1 = Clusters.server();
                TestServer s2 = Clusters.server(Clusters.url(s1));
                TestServer s3 = Clusters.server(Clusters.url(s2))) {
            for (TestServer server : new TestServer[] {s1, s2, s3})
                Clusters.awaitRoutes(server, 2);
            assertTrue(stats(s3).get(s2.server().serverId()).configured());
            assertFalse(stats(s3).get(s1.server().serverId()).configured());
        }
    }

    private static Map<String, Route.Stats> stats(TestServer server) {
        return server.server().cluster().stats().stream().collect(Collectors.toMap(Route.Stats::remoteId, r -> r));
    }
}
