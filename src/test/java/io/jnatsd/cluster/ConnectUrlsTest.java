package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the connect_urls that clients are sent (protocol.md, section 1, "connect_urls"). */
@Timeout(30)
class ConnectUrlsTest {
    private static final String PROTOCOL_1 = "CONNECT {\"verbose\":false,\"protocol\":1}\r\n";

    @AutoClose
    private final TestServer server = Clusters.server();

    private String own() {
        return "127.0.0.1:" + server.port();
    }

    private static String info(String... urls) {
        return "INFO \\{[^\r]*\"connect_urls\":\\[\"" + String.join("\",\"", urls) + "\"][^\r]*} \r\n";
    }

    private RawClient joinWith(String id, String... urls) throws IOException {
        RawClient peer = Clusters.dial(server);
        peer.send(Clusters.connectLine(id) + Clusters.infoLine(id, 1, urls)).roundTrip();
        return peer;
    }

    @Test
    void aSingleServerSendsNoConnectUrls() throws IOException {
        assertTrue(!server.open().readOnce().contains("connect_urls"));
    }

    @Test
    void clientsAreToldOfComingAndGoing() throws IOException {
        RawClient client = server.connect();
        client.send(PROTOCOL_1).roundTrip();
        try (RawClient a = joinWith("A", "10.0.0.1:4222", "[fd00::1]:4222")) {
            client.expect(info(own(), "10.0.0.1:4222", "\\[fd00::1]:4222"));
            try (RawClient b = joinWith("B", "10.0.0.2:4222")) {
                client.expect(info(own(), "10.0.0.1:4222", "\\[fd00::1]:4222", "10.0.0.2:4222"));
                server.open().expect(info(own(), "10.0.0.1:4222", "\\[fd00::1]:4222", "10.0.0.2:4222"));
                a.close();
                client.expect(info(own(), "10.0.0.2:4222"));
                b.close();
            }
        }
        // Clients that replace their list by the newest one need this INFO.
        client.expect(info(own()));
    }

    @Test
    void theSameListIsNotSentTwice() throws IOException {
        RawClient client = server.connect();
        client.send(PROTOCOL_1).roundTrip();
        try (RawClient a = joinWith("A", "10.0.0.1:4222")) {
            client.expect(info(own(), "10.0.0.1:4222"));
            try (RawClient b = joinWith("B", "10.0.0.1:4222")) {
                client.expectNothing();
                b.close();
                Clusters.awaitRoutes(server, 1);
            }
            client.expectNothing();
            a.send(Clusters.infoLine("A", 1, "10.0.0.1:4222", "10.0.0.9:4222"));
            client.expect(info(own(), "10.0.0.1:4222", "10.0.0.9:4222"));
        }
    }

    @Test
    void clientsThatDoNotExpectInfoAreSentNone() throws IOException {
        RawClient old = server.quiet();
        RawClient notReady = server.connect();
        notReady.send(PROTOCOL_1);
        try (RawClient a = joinWith("A", "10.0.0.1:4222")) {
            old.expectNothing();
            notReady.expectNothing();
            notReady.send("PING\r\n").expectText("PONG\r\n").expect(info(own(), "10.0.0.1:4222"));
            old.roundTrip().expectNothing();
            a.roundTrip();
        }
    }

    @Test
    void noAdvertiseKeepsItFromOwnClientsOnly() throws IOException {
        try (TestServer silent = Clusters.server(o -> o.noAdvertise = true, Clusters.url(server))) {
            Clusters.awaitRoutes(silent, 1);
            server.open().expect(info(own(), "127.0.0.1:" + silent.port()));
            assertTrue(!silent.open().readOnce().contains("connect_urls"));
        }
    }

    @Test
    void whatIsAdvertisedIsTold() throws IOException {
        try (TestServer named = Clusters.server(o -> o.clientAdvertise = "nats.example.org", Clusters.url(server));
                TestServer ported = Clusters.server(o -> o.clientAdvertise = "nats.example.org:5222", Clusters.url(server))) {
            await().until(() -> server.state().connectUrls.size() == 3);
            assertTrue(server.state().connectUrls.containsAll(
                    List.of(own(), "nats.example.org:" + named.port(), "nats.example.org:5222")));
        }
    }

    @Test
    void aServerOnAnyAddressListsNeitherThatNorLoopback() throws IOException {
        try (TestServer any = Clusters.server(o -> o.host = "0.0.0.0");
                RawClient peer = RawClient.open(any.server().clusterPort())) {
            String info = peer.readOnce();
            assertTrue(!info.contains("0.0.0.0:") && !info.contains("127.0.0.1:"), info);
        }
    }

    @Test
    void compatFollowsGnatsd() throws IOException {
        try (TestServer old = Clusters.server(o -> o.compat = Compat.GNATSD_1_0, Clusters.url(server))) {
            await().until(() -> old.state().connectUrls, List.of(own())::equals);
        }
    }

    @Test
    void aLameDuckNamesTheOthersOnly() throws IOException {
        RawClient client = server.connect();
        client.send(PROTOCOL_1).roundTrip();
        try (RawClient a = joinWith("A", "10.0.0.1:4222")) {
            client.expect(info(own(), "10.0.0.1:4222"));
            server.server().lameDuck();
            String last = client.expect("(INFO [^\r]*\r\n)+").group();
            assertTrue(last.endsWith("\"ldm\":true} \r\n") && last.contains("[\"10.0.0.1:4222\"]"), last);
            a.roundTrip();
        }
    }

    @Test
    void aServerThatStopsDoesNotTellItsClientsThatTheOthersAreGone() throws IOException {
        RawClient client = server.connect();
        client.send(PROTOCOL_1).roundTrip();
        try (RawClient a = joinWith("A", "10.0.0.1:4222")) {
            client.expect(info(own(), "10.0.0.1:4222"));
            server.server().close();
            assertEquals("", client.readToEnd());
            // The server waits a moment for an answer before it closes its routes.
            assertEquals("PING\r\n", a.readToEnd());
        }
    }

    @Test
    void listsShrinkOnEveryServerOfAMesh() throws IOException {
        TestServer b = Clusters.server(Clusters.url(server));
        try (TestServer c = Clusters.server(Clusters.url(server))) {
            await().until(() -> c.state().connectUrls.size() == 3 && server.state().connectUrls.size() == 3);
            String gone = "127.0.0.1:" + b.port();
            b.close();
            await().until(() -> !c.state().connectUrls.contains(gone) && !server.state().connectUrls.contains(gone));
            assertEquals(2, c.state().connectUrls.size());
        }
    }
}
