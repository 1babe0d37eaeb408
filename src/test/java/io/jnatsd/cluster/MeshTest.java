package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests full meshes that are formed from one seed server: every message arrives exactly once, whichever server it is
 * published to.
 */
@Timeout(60)
class MeshTest {
    private static final int ROUNDS = 20;

    static final Consumer<OptionsBuilder> TLS = options -> options.clusterTls = tls("ca.pem");

    static TlsOptions tls(String ca) {
        return tls("route", ca);
    }

    private static TlsOptions tls(String pair, String ca) {
        Path folder = Path.of(System.getProperty("jnatsd.home", ".")).resolve("test-certs");
        return new TlsOptions(folder.resolve(pair + "-cert.pem").toString(), folder.resolve(pair + "-key.pem").toString(),
                folder.resolve(ca).toString(), true, false, Duration.ofSeconds(10), List.of(), List.of(), false, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10})
    void everyMessageArrivesOnce(int size) throws IOException {
        try (Mesh mesh = Mesh.of(size)) {
            assertExactlyOnce(mesh);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void overTlsAsWell(int size) throws IOException {
        try (Mesh mesh = Mesh.of(size, TLS)) {
            assertExactlyOnce(mesh);
        }
    }

    /** Gossip contains addresses, but the certificate contains a host name only. */
    @Test
    void overTlsWithACertificateForTheConfiguredNameOnly() throws IOException {
        Consumer<OptionsBuilder> named = options -> options.clusterTls = tls("route-dns", "ca.pem");
        try (TestServer seed = Clusters.server(named)) {
            URI url = URI.create("nats-route://localhost:" + seed.server().clusterPort());
            try (TestServer one = Clusters.server(named, url); TestServer other = Clusters.server(named, url)) {
                for (TestServer server : List.of(seed, one, other))
                    Clusters.awaitRoutes(server, 2);
            }
        }
    }

    /** Every client subscribes to every message; a group has two members on every server. */
    private static void assertExactlyOnce(Mesh mesh) throws IOException {
        int size = mesh.size();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            RawClient client = mesh.get(i).quiet();
            client.send("SUB all.> 1\r\nSUB work group 2\r\nSUB work group 3\r\n").roundTrip();
            clients.add(client);
        }
        mesh.awaitSubscriptions(3L * size);
        for (int i = 0; i < size; i++)
            clients.get(i).send(("PUB all." + i + " 1\r\nx\r\nPUB work 1\r\ny\r\n").repeat(ROUNDS)
                    + "PUB all.end 0\r\n\r\n").send("PING\r\n");
        int work = 0;
        for (RawClient client : clients) {
            String all = client.expect("(.*?MSG all\\.end 1 0\r\n\r\n){" + size + "}").group();
            for (int i = 0; i < size; i++)
                assertEquals(ROUNDS, count(all, "MSG all." + i + " 1 1\r\nx\r\n"));
            int own = count(all, "MSG work ");
            assertTrue(own > 0, "a member was never picked");
            work += own;
        }
        assertEquals(ROUNDS * size, work);
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length()))
            count++;
        return count;
    }

    @Test
    void queueGroupsSpreadEvenlyOverServers() throws IOException {
        try (Mesh mesh = Mesh.of(3)) {
            List<RawClient> members = new ArrayList<>();
            for (int i = 0; i < 3; i++)
                members.add((RawClient) mesh.get(i).quiet().send("SUB work group 1\r\nSUB end 2\r\n").roundTrip());
            mesh.awaitSubscriptions(6);
            mesh.get(0).quiet().send("PUB work 0\r\n\r\n".repeat(3000) + "PUB end 0\r\n\r\n").roundTrip();
            int sum = 0;
            for (RawClient member : members) {
                int own = count(member.expect("(MSG work 1 0\r\n\r\n)*MSG end 2 0\r\n\r\n").group(), "MSG work");
                assertTrue(own > 800 && own < 1200, own + " of 3000");
                sum += own;
            }
            assertEquals(3000, sum);
        }
    }

    @Test
    void aPublishersOrderIsKeptOnItsWay() throws IOException {
        try (Mesh mesh = Mesh.of(2)) {
            RawClient subscriber = mesh.get(1).quiet();
            subscriber.send("SUB seq 1\r\n").roundTrip();
            mesh.awaitSubscriptions(1);
            StringBuilder sent = new StringBuilder(), expected = new StringBuilder();
            for (int i = 10_000; i < 30_000; i++) {
                sent.append("PUB seq 5\r\n").append(i).append("\r\n");
                expected.append("MSG seq 1 5\r\n").append(i).append("\r\n");
            }
            mesh.get(0).quiet().send(sent.toString());
            subscriber.expectText(expected.toString());
        }
    }

    /** The subscription to the inbox arrives at the other server before the request does. */
    @Test
    void repliesAlwaysFindTheirWayBack() throws IOException {
        try (Mesh mesh = Mesh.of(3)) {
            RawClient responder = mesh.get(1).quiet(), requester = mesh.get(2).quiet();
            responder.send("SUB service 1\r\n").roundTrip();
            mesh.awaitSubscriptions(1);
            for (int i = 0; i < 200; i++) {
                requester.send("SUB _INBOX." + i + " " + i + "\r\nUNSUB " + i + " 1\r\nPUB service _INBOX." + i
                        + " 2\r\nhi\r\n");
                responder.expectText("MSG service 1 _INBOX." + i + " 2\r\nhi\r\n");
                responder.send("PUB _INBOX." + i + " 2\r\nyo\r\n");
                requester.expectText("MSG _INBOX." + i + " " + i + " 2\r\nyo\r\n");
            }
            mesh.awaitSubscriptions(1);
        }
    }
}
