package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a server in lame duck mode keeps its routes, and is removed from connect_urls everywhere. */
@Timeout(60)
class LameDuckRouteTest {
    private static void patient(OptionsBuilder options) {
        options.lameDuckGracePeriod = Duration.ofMinutes(5);
        options.lameDuckDuration = Duration.ofMinutes(10);
    }

    private static RawClient modern(TestServer server) throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\n").roundTrip();
        return client;
    }

    @Test
    void theOthersDropItsAddressAtOnce() throws IOException {
        try (Mesh mesh = Mesh.of(3, LameDuckRouteTest::patient)) {
            TestServer leaving = mesh.get(1);
            String address = "127.0.0.1:" + leaving.port();
            for (int i : new int[] {0, 2})
                Clusters.soon("its address").until(() -> mesh.get(i).state().connectUrls.contains(address));
            RawClient here = modern(mesh.get(0)), there = modern(mesh.get(2));
            leaving.server().lameDuck();
            for (RawClient client : new RawClient[] {here, there}) {
                String line = client.expect("INFO [^\n]*\n").group();
                assertFalse(line.contains(address), line);
                assertTrue(line.contains("connect_urls") && !line.contains("\"ldm\":true"), line);
            }
            assertFalse(mesh.get(0).state().connectUrls.contains(address));
        }
    }

    @Test
    void aServerThatComesLaterNeverOffersIt() throws IOException {
        try (TestServer leaving = Clusters.server(LameDuckRouteTest::patient)) {
            leaving.server().lameDuck();
            try (TestServer late = Clusters.server(Clusters.url(leaving))) {
                Clusters.awaitRoutes(late, 1);
                Clusters.awaitRoutes(leaving, 1);
                assertFalse(late.state().connectUrls.contains("127.0.0.1:" + leaving.port()));
            }
        }
    }

    @Test
    void messagesReachClientsThatHaveNotLeftYetOverOldAndNewRoutes() throws IOException {
        try (TestServer leaving = Clusters.server(LameDuckRouteTest::patient);
                TestServer present = Clusters.server(Clusters.url(leaving))) {
            Clusters.awaitRoutes(present, 1);
            Clusters.awaitRoutes(leaving, 1);
            RawClient staying = leaving.quiet();
            staying.send("SUB foo 1\r\n").roundTrip();
            Clusters.awaitSubscriptions(present, 1);
            leaving.server().lameDuck();
            present.quiet().send("PUB foo 3\r\nold\r\n");
            staying.expectText("MSG foo 1 3\r\nold\r\n");
            try (TestServer late = Clusters.server(Clusters.url(leaving))) {
                Clusters.awaitSubscriptions(late, 1);
                late.quiet().send("PUB foo 3\r\nnew\r\n");
                staying.expectText("MSG foo 1 3\r\nnew\r\n");
            }
        }
    }

    /** gnatsd 1.0 closes a route on which a server sends a second INFO about itself. */
    @Test
    void anOldPeerIsNotTold() throws IOException {
        try (TestServer leaving = Clusters.server(LameDuckRouteTest::patient);
                RawClient peer = Clusters.join(leaving, "OLD")) {
            leaving.server().lameDuck();
            peer.roundTrip();
        }
    }
}
