package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.ConfiguredServer;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify_and_map} for routes: a server may join if its certificate names the user of the cluster. */
@Timeout(60)
class CertificateRouteTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String MAP = "verify_and_map: true", VERIFY = "verify: true";

    @TempDir
    private Path dir;

    private final SSLContext route = TestCerts.client("ca.pem", "route-cert.pem", "route-key.pem");
    private final SSLContext client = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");

    CertificateRouteTest() throws Exception {
    }

    private static String cluster(String how, String login, String... routes) {
        return "debug: true\ncluster {\n listen: \"127.0.0.1:-1\"\n tls { cert_file: '" + TestCerts.file("route-cert.pem")
                + "', key_file: '" + TestCerts.file("route-key.pem") + "', ca_file: '" + TestCerts.file("ca.pem")
                + "', timeout: 30, " + how + " }\n authorization { " + login + " }\n routes: [ "
                + String.join(", ", routes) + " ]\n}\n";
    }

    private ConfiguredServer start(String name, String config) throws Exception {
        return ConfiguredServer.start(Files.createDirectory(dir.resolve(name)), config);
    }

    /** A peer with this certificate that has said which user it is and sent PING. */
    private static RawClient peer(ConfiguredServer server, SSLContext context, String login) throws IOException {
        RawClient raw = RawClient.open(server.server().clusterPort());
        RawClient peer = new RawClient(SecuredServer.upgrade(raw.socket(), context));
        peer.expect("INFO \\{[^\r]*}\r\n");
        return peer.send("CONNECT {\"verbose\":false," + login + "\"name\":\"P\"}\r\n" + Clusters.infoLine("P")
                + "PING\r\n");
    }

    private static void assertRefused(ConfiguredServer server, SSLContext context, String login) throws IOException {
        try (RawClient peer = peer(server, context, login)) {
            assertEquals(VIOLATION, peer.readToEnd());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "\"CN=localhost, O=jnatsd tests\""})
    void serversWhoseCertificatesNameTheUserFormACluster(String user) throws Exception {
        String login = "user: " + user;
        try (ConfiguredServer seed = start("seed", cluster(MAP, login))) {
            String url = "\"nats-route://127.0.0.1:" + seed.server().clusterPort() + "\"";
            try (ConfiguredServer one = start("one", cluster(MAP, login, url));
                    ConfiguredServer two = start("two", cluster(MAP, login, url))) {
                for (ConfiguredServer server : new ConfiguredServer[] {seed, one, two})
                    Clusters.soon("routes").until(() -> server.server().cluster().stats().size() == 2);
            }
        }
    }

    @Test
    void aServerWhoseCertificateNamesAnotherUserIsRefused() throws Exception {
        try (ConfiguredServer server = start("a", cluster(MAP, "user: localhost"))) {
            assertRefused(server, client, "");
            assertRefused(server, client, "\"user\":\"localhost\",");
            assertTrue(server.log().stream().anyMatch(line -> line.matches("\\[ERR].* rid:\\d+ - Authorization Error")),
                    server.log()::toString);
            try (RawClient peer = peer(server, route, "\"user\":\"other\",")) {
                peer.expectText("PONG\r\n");
            }
        }
    }

    @Test
    void aPasswordIsAskedForBesideTheCertificate() throws Exception {
        try (ConfiguredServer server = start("a", cluster(MAP, "user: localhost, password: pw"))) {
            assertRefused(server, route, "");
            assertRefused(server, route, "\"user\":\"localhost\",\"pass\":\"wrong\",");
            assertRefused(server, client, "\"user\":\"localhost\",\"pass\":\"pw\",");
            try (RawClient peer = peer(server, route, "\"user\":\"localhost\",\"pass\":\"pw\",")) {
                peer.expectText("PONG\r\n");
            }
        }
    }

    @Test
    void aReloadThatSwitchesItOnEndsRoutesThatDoNotMatch() throws Exception {
        String login = "user: localhost, password: pw";
        try (ConfiguredServer server = start("a", cluster(VERIFY, login));
                RawClient named = peer(server, route, "\"user\":\"localhost\",\"pass\":\"pw\",");
                RawClient other = peer(server, client, "\"user\":\"localhost\",\"pass\":\"pw\",")) {
            named.expectText("PONG\r\n");
            other.expectText("PONG\r\n");
            server.reload(cluster(MAP, login));
            assertEquals(VIOLATION, other.readToEnd());
            named.roundTrip();
        }
    }
}
