package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the handshake with a peer on a plain socket, byte for byte (protocol.md, sections 20 and 21). */
@Timeout(30)
class RouteHandshakeTest {
    private static final String PEER = "o38mQt69HFA6kRmZJAqvSd";

    @AutoClose
    private final TestServer server = Clusters.server();

    private String ownInfo(int rid) {
        return "INFO {\"server_id\":\"" + server.server().serverId() + "\",\"version\":\"1.0.2\",\"go\":\"\","
                + "\"host\":\"127.0.0.1\",\"port\":" + server.server().clusterPort() + ",\"auth_required\":false,"
                + "\"ssl_required\":false,\"tls_required\":false,\"tls_verify\":false,\"max_payload\":1048576,"
                + "\"connect_urls\":[\"127.0.0.1:" + server.port() + "\"],\"headers\":true,\"rid\":" + rid + "}\r\n";
    }

    @Test
    void theDialledServerSaysInfoAndDumpsItsInterest() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\nSUB foo 1\r\nSUB foo bar 2\r\nSUB temp.* 3\r\n"
                + "UNSUB 3 5\r\n").roundTrip();
        try (RawClient peer = RawClient.open(server.server().clusterPort())) {
            peer.expectText(ownInfo(2));
            peer.send(Clusters.connectLine(PEER) + Clusters.infoLine(PEER, 17250, "127.0.0.1:17224"));
            List<String> dump = Stream.of(peer.expect("((UN)?SUB [^\r]*\r\n){4}").group().split("\r\n")).sorted().toList();
            // gnatsd 1.0.2 does not announce the limit.
            assertEquals(List.of("SUB foo  RSID:1:1", "SUB foo bar QRSID:1:2", "SUB temp.*  RSID:1:3",
                    "UNSUB RSID:1:3 5"), dump);
            client.expect("INFO \\{[^\r]*\"connect_urls\":\\[\"127.0.0.1:" + server.port()
                    + "\",\"127.0.0.1:17224\"][^\r]*} \r\n");
            peer.send("PING\r\n").expectText("PONG\r\n");
        }
    }

    @Test
    void theDiallingServerSendsConnectAndInfoAtOnce() throws IOException {
        try (PeerPort port = new PeerPort();
                TestServer dialler = Clusters.server(port.url());
                RawClient client = dialler.quiet()) {
            RawClient peer = port.accept();
            peer.expectText(Clusters.connectLine(dialler.server().serverId()));
            peer.expect(Pattern.quote(Clusters.infoLine(dialler.server().serverId(), dialler.server().clusterPort(),
                    "127.0.0.1:" + dialler.port()).replace("}\r\n", ",\"headers\":true,\"rid\":")) + "\\d+}\r\n");
            client.send("SUB early 7\r\n").roundTrip();
            peer.expectNothing();
            peer.send(Clusters.infoLine(PEER));
            peer.expect("SUB early  RSID:\\d+:7\r\n");
            client.send("SUB late q 8\r\n");
            peer.expect("SUB late q QRSID:\\d+:8\r\n");
        }
    }

    @Test
    void theLoginInTheUrlIsShown() throws IOException {
        try (PeerPort port = new PeerPort();
                TestServer dialler = Clusters.server(URI.create("nats://ruser:p%3Cw@127.0.0.1:" + port.number()))) {
            port.accept().expectText("CONNECT {\"verbose\":false,\"pedantic\":false,\"user\":\"ruser\","
                    + "\"pass\":\"p\\u003cw\",\"tls_required\":false,\"name\":\"" + dialler.server().serverId()
                    + "\"}\r\nINFO ");
        }
    }

    @Test
    void aLostRouteIsDialledAgain() throws IOException {
        try (PeerPort port = new PeerPort(); TestServer dialler = Clusters.server(port.url())) {
            for (int i = 0; i < 3; i++) {
                RawClient peer = port.acceptHello();
                peer.send(Clusters.infoLine(PEER)).roundTrip();
                Clusters.awaitRoutes(dialler, 1);
                long lost = System.nanoTime();
                peer.close();
                port.accept().close();
                assertTrue(System.nanoTime() - lost < 2_500_000_000L);
            }
        }
    }

    @Test
    void minimalInfoIsEnough() throws IOException {
        try (RawClient peer = Clusters.dial(server)) {
            peer.send("INFO {\"server_id\":\"ROUTER:xyz\"}\r\n").roundTrip();
            Clusters.awaitRoutes(server, 1);
            assertEquals("ROUTER:xyz", server.server().cluster().stats().getFirst().remoteId());
        }
        Clusters.awaitRoutes(server, 0);
    }

    @Test
    void aSecondInfoOfTheSameServerKeepsTheRoute() throws IOException {
        try (RawClient peer = Clusters.join(server, PEER)) {
            peer.send(Clusters.infoLine(PEER)).roundTrip();
            Clusters.awaitRoutes(server, 1);
        }
    }

    @Test
    void verbosePeersAreAcknowledged() throws IOException {
        try (RawClient peer = Clusters.dial(server)) {
            peer.send("CONNECT {\"verbose\":true}\r\nPING\r\nSUB foo RSID:1:1\r\n");
            peer.expectText("+OK\r\nPONG\r\n+OK\r\n");
        }
    }

    @Test
    void aClientOnTheRoutePortIsToldSo() throws IOException {
        try (RawClient peer = Clusters.dial(server)) {
            peer.send("CONNECT {\"verbose\":false,\"lang\":\"go\"}\r\n");
            assertEquals("-ERR 'Attempted To Connect To Route Port'\r\n", peer.readToEnd());
        }
    }

    @Test
    void faultsEndTheRouteWithTheirTexts() throws IOException {
        assertFault("INFO {\"server_id\":\r\n", "-ERR 'Parser Error'\r\n");
        assertFault("MSG foo 1\r\n", "-ERR 'Parser Error'\r\n");
        assertFault("MSG foo 1 x\r\n", "-ERR 'Parser Error'\r\n");
        assertFault("FOO\r\n", "-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
        assertFault("MSG foo 1 2\r\nokay\r\n", "-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
        assertFault("SUB foo a b c\r\n", "-ERR 'Parser Error'\r\n");
        assertFault("UNSUB \r\n", "-ERR 'Parser Error'\r\n");
        // gnatsd 1.0.2 has a limit of 1024, which a line of a peer with a higher limit may exceed.
        assertFault("SUB " + "a".repeat(40_000), "-ERR 'Maximum Control Line Exceeded'\r\n");
    }

    private void assertFault(String sent, String answer) throws IOException {
        try (RawClient peer = Clusters.dial(server)) {
            peer.send(sent);
            assertEquals(answer, peer.readToEnd(), sent.substring(0, Math.min(20, sent.length())));
        }
    }

    @Test
    void badSubjectsDoNotEndTheRoute() throws IOException {
        try (RawClient peer = Clusters.join(server, PEER)) {
            peer.send("SUB foo..bar RSID:1:1\r\n").expectText("-ERR 'Invalid Subject'\r\n");
            peer.send("MSG _SYS.foo 1 2\r\nok\r\n")
                    .expectText("-ERR 'Permissions Violation for Publish to \"_SYS.foo\"'\r\n");
            peer.roundTrip();
        }
    }

    @Test
    void aPeersErrorEndsTheRouteWithoutAnAnswer() throws IOException {
        try (TestServer logging = Clusters.logging(options -> { }); RawClient peer = Clusters.dial(logging)) {
            peer.send("-ERR 'Authorization Violation'\r\n");
            assertEquals("", peer.readToEnd());
            logging.awaitLog("[ERR] rid:1 - Route Error 'Authorization Violation'");
        }
    }

    @Test
    void longSubjectsOfAPeerWithHigherLimitsAreTaken() throws IOException {
        String subject = "a".repeat(10_000);
        try (RawClient peer = Clusters.join(server, PEER); RawClient client = server.quiet()) {
            peer.send("SUB " + subject + " RSID:1:1\r\n").roundTrip();
            Clusters.awaitSubscriptions(server, 1);
            client.roundTrip();
        }
    }

    @Test
    void routesCountWithClientsInOneNumbering() throws IOException {
        try (TestServer logging = Clusters.server()) {
            logging.quiet();
            RawClient peer = Clusters.join(logging, PEER);
            logging.quiet();
            assertNotNull(logging.clients().get(1));
            assertNotNull(logging.clients().get(3));
            assertEquals(2, logging.server().cluster().stats().getFirst().rid());
            assertEquals(2, logging.clients().totalAccepted());
            peer.close();
        }
    }

    @Test
    void theLogTellsEachStep() throws IOException {
        try (TestServer first = Clusters.tracing(options -> { });
                TestServer second = Clusters.tracing(options -> { }, Clusters.url(first))) {
            Clusters.awaitRoutes(first, 1);
            String id = first.server().serverId(), other = second.server().serverId();
            assertTrue(first.log().contains("[INF] Listening for route connections on 127.0.0.1:"
                    + first.server().clusterPort()));
            first.awaitLog("[DBG] rid:1 - Route sent local subscriptions");
            assertOrder(first.log(), "[DBG] rid:1 - Route connection created", "[TRC] rid:1 - ->> [CONNECT {\"verbose\""
                    + ":false,\"pedantic\":false,\"tls_required\":false,\"name\":\"" + other + "\"}]",
                    "[DBG] rid:1 - Registering remote route \"" + other + "\"",
                    "[DBG] rid:1 - Route sent local subscriptions");
            second.awaitLog("[DBG] rid:1 - Route sent local subscriptions");
            assertOrder(second.log(), "[DBG] Trying to connect to route on 127.0.0.1:" + first.server().clusterPort(),
                    "[DBG] rid:1 - Route connection created", "[DBG] rid:1 - Route connect msg sent",
                    "[DBG] rid:1 - Registering remote route \"" + id + "\"",
                    "[DBG] rid:1 - Route sent local subscriptions");
        }
    }

    private static void assertOrder(List<String> log, String... lines) {
        int at = -1;
        for (String line : lines) {
            int found = log.subList(at + 1, log.size()).indexOf(line);
            assertTrue(found >= 0, () -> line + " is not where it should be in\n" + String.join("\n", log));
            at += found + 1;
        }
    }
}
