package io.jnatsd.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that headers cross routes between servers that support them, and are removed for gnatsd 1.0. */
@Timeout(30)
class RoutedHeadersTest {
    private static final String BLOCK = "NATS/1.0\r\nBar: Baz\r\n\r\n";
    private static final String SENT = "HPUB foo 22 33\r\n" + BLOCK + "Hello World\r\n";
    private static final String RECEIVED = "HMSG foo 1 22 33\r\n" + BLOCK + "Hello World\r\n";
    private static final String STRIPPED = "MSG foo 1 11\r\nHello World\r\n";

    private static RawClient modern(TestServer server) throws IOException {
        return server.connect().send("CONNECT {\"verbose\":false,\"headers\":true}\r\n").roundTrip();
    }

    /** A peer that acts as jnatsd. */
    private static RawClient joinModern(TestServer server, String id) throws IOException {
        RawClient peer = Clusters.dial(server);
        peer.send(Clusters.connectLine(id) + Clusters.infoLine(id).replace("}", ",\"headers\":true}"));
        return peer.roundTrip();
    }

    @Test
    void aClientOfAnotherServerGetsThemAndOneWithoutHeadersTheRest() throws IOException {
        try (Mesh mesh = Mesh.of(3)) {
            RawClient modern = modern(mesh.get(1)), old = mesh.get(2).quiet();
            modern.send("SUB foo 1\r\n").roundTrip();
            old.send("SUB foo 1\r\n").roundTrip();
            mesh.awaitSubscriptions(2);
            RawClient publisher = modern(mesh.get(0));
            publisher.send(SENT + "PUB foo 2\r\nab\r\nHPUB foo re.ply 22 22\r\n" + BLOCK + "\r\n");
            modern.expectText(RECEIVED + "MSG foo 1 2\r\nab\r\nHMSG foo 1 re.ply 22 22\r\n" + BLOCK + "\r\n");
            old.expectText(STRIPPED + "MSG foo 1 2\r\nab\r\nMSG foo 1 re.ply 0\r\n\r\n");
        }
    }

    @Test
    void noByteIsLostOrChanged() throws IOException {
        byte[] every = new byte[512];
        for (int i = 0; i < every.length; i++)
            every[i] = (byte) i;
        String headers = "NATS/1.0\r\nBytes: " + new String(every, ISO_8859_1) + "\r\n\r\n";
        try (Mesh mesh = Mesh.of(2)) {
            RawClient subscriber = modern(mesh.get(1)), publisher = modern(mesh.get(0));
            subscriber.send("SUB foo 1\r\n").roundTrip();
            mesh.awaitSubscriptions(1);
            for (int body : List.of(0, 1, 9, 10, 99, 100, 70_000)) {
                String size = headers.length() + " " + (headers.length() + body) + "\r\n", rest = "\u00ff".repeat(body);
                publisher.send("HPUB foo " + size + headers + rest + "\r\n");
                subscriber.expectText("HMSG foo 1 " + size + headers + rest + "\r\n");
            }
        }
    }

    @Test
    void oneMemberOfAQueueGroupGetsThemOnAnyServer() throws IOException {
        try (Mesh mesh = Mesh.of(2)) {
            RawClient subscriber = modern(mesh.get(1)), publisher = modern(mesh.get(0));
            subscriber.send("SUB foo workers 1\r\n").roundTrip();
            mesh.awaitSubscriptions(1);
            publisher.send(SENT.repeat(100));
            subscriber.expectText(RECEIVED.repeat(100));
            publisher.send("SUB foo workers 1\r\n").roundTrip();
            mesh.awaitSubscriptions(2);
            publisher.send(SENT.repeat(100) + "PING\r\n");
            String here = publisher.expect("(HMSG foo 1 22 33\r\n" + BLOCK + "Hello World\r\n)*PONG\r\n").group();
            int there = 100 - here.length() / RECEIVED.length();
            subscriber.expectText(RECEIVED.repeat(there)).roundTrip();
        }
    }

    @Test
    void aPeerThatDoesNotAnnounceThemGetsTheRest() throws IOException {
        try (TestServer server = Clusters.server();
                RawClient gnatsd = Clusters.join(server, "GNATSD");
                RawClient jnatsd = joinModern(server, "JNATSD")) {
            gnatsd.expect("INFO \\{\"server_id\":\"JNATSD\"[^\r]*\r\n");
            gnatsd.send("SUB foo  RSID:1:1\r\nSUB foo group QRSID:1:2\r\n").roundTrip();
            jnatsd.send("SUB foo  RSID:1:1\r\n").roundTrip();
            RawClient publisher = modern(server);
            publisher.send(SENT + "HPUB foo re.ply 22 22\r\n" + BLOCK + "\r\n");
            for (String reply : List.of("11\r\nHello World\r\n", "re.ply 0\r\n\r\n"))
                gnatsd.expectText("MSG foo RSID:1:1 " + reply + "MSG foo QRSID:1:2 " + reply);
            jnatsd.expectText("HMSG foo RSID:1:1 22 33\r\n" + BLOCK + "Hello World\r\nHMSG foo RSID:1:1 re.ply 22 22\r\n"
                    + BLOCK + "\r\n");
        }
    }

    @Test
    void whatAPeerSendsIsDeliveredToPlainSubscribersAndToTheMemberThatItNames() throws IOException {
        try (TestServer server = Clusters.server(); RawClient peer = joinModern(server, "JNATSD")) {
            RawClient modern = modern(server), old = server.quiet();
            modern.send("SUB foo 1\r\nSUB foo group 2\r\n").roundTrip();
            old.send("SUB foo 1\r\n").roundTrip();
            peer.expect("(SUB [^\r]*\r\n){3}");
            String rest = "re.ply 22 33\r\n" + BLOCK + "Hello World\r\n";
            peer.send("HMSG foo RSID:1:1 " + rest).roundTrip();
            modern.expectText("HMSG foo 1 " + rest);
            old.expectText("MSG foo 1 re.ply 11\r\nHello World\r\n");
            for (char c : ("hmsg \tfoo  QRSID:2:2   " + rest).toCharArray())
                peer.send(String.valueOf(c));
            modern.expectText("HMSG foo 2 " + rest);
            old.roundTrip();
        }
    }

    @Test
    void emptyHeadersDoNotCrossARouteAndAreDroppedWhereTheyArrive() throws IOException {
        try (TestServer server = Clusters.server(); RawClient peer = joinModern(server, "JNATSD")) {
            RawClient client = modern(server);
            client.send("SUB foo 1\r\nSUB foo group 2\r\n").roundTrip();
            peer.expect("(SUB [^\r]*\r\n){2}");
            peer.send("HMSG foo RSID:2:1 0 2\r\nhi\r\nHMSG foo QRSID:2:2 re.ply 0 2\r\nhi\r\n").roundTrip();
            client.expectText("MSG foo 1 2\r\nhi\r\nMSG foo 2 re.ply 2\r\nhi\r\n").roundTrip();
            peer.send("SUB bar  RSID:1:1\r\n").roundTrip();
            client.send("HPUB bar 0 2\r\nhi\r\n");
            peer.expectText("MSG bar RSID:1:1 2\r\nhi\r\n");
        }
    }

    @Test
    void inCompatModeInfoHasNoHeadersField() throws IOException {
        try (TestServer old = Clusters.server(o -> o.compat = Compat.GNATSD_1_0);
                TestServer server = Clusters.server(Clusters.url(old))) {
            Clusters.awaitRoutes(server, 1);
            RawClient subscriber = old.quiet();
            subscriber.send("SUB foo 1\r\n").roundTrip();
            Clusters.awaitSubscriptions(server, 1);
            modern(server).send(SENT);
            subscriber.expectText(STRIPPED);
            try (RawClient peer = RawClient.open(old.server().clusterPort())) {
                assertEquals(-1, peer.expect("INFO [^\r]*\r\n").group().indexOf("headers"));
            }
        }
    }

    @Test
    void bytesThatCrossARouteAreThoseThatCrossIt() throws IOException {
        try (TestServer server = Clusters.server();
                RawClient gnatsd = Clusters.join(server, "GNATSD");
                RawClient jnatsd = joinModern(server, "JNATSD")) {
            gnatsd.expect("INFO \\{\"server_id\":\"JNATSD\"[^\r]*\r\n");
            gnatsd.send("SUB foo  RSID:1:1\r\n").roundTrip();
            jnatsd.send("SUB foo  RSID:1:1\r\n").roundTrip();
            modern(server).send(SENT).roundTrip();
            assertEquals(List.of(11L, 33L), server.server().cluster().stats().stream().map(Route.Stats::outBytes).sorted()
                    .toList());
            assertEquals(44, server.state().traffic.totals().outBytes());
        }
    }
}
