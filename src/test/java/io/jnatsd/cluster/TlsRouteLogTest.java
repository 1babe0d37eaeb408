package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.server.TestServer;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests that a failed TLS handshake between two servers is logged as one error line with the peer's address and the
 * reason.
 */
@Timeout(30)
class TlsRouteLogTest {
    private static final String ERROR = " - rid:1 - TLS route handshake error: ";

    /** Returns the errors, after there is one and the connection has ended. */
    private static List<String> errors(TestServer server) throws IOException {
        Clusters.soon("the end of the route").until(() -> server.log().stream()
                .anyMatch(line -> line.startsWith("[DBG] rid:1 - ") && line.contains("connection closed")));
        return server.rawLog().stream().filter(line -> line.contains("[ERR]"))
                .map(line -> line.replaceFirst("^\\[\\d+] ", "")).toList();
    }

    private static void assertOneError(int port, String reason, List<String> errors) {
        assertEquals(1, errors.size(), errors::toString);
        String start = "[ERR] 127.0.0.1:" + port + ERROR;
        assertTrue(errors.getFirst().startsWith(start), errors::toString);
        assertTrue(errors.getFirst().substring(start.length()).matches(reason), errors::toString);
    }

    @Test
    void aPeerWithoutTls() throws Exception {
        try (TestServer server = Clusters.logging(MeshTest.TLS);
                RawClient peer = RawClient.open(server.server().clusterPort())) {
            peer.send(Clusters.connectLine("P")).expectEnd("-ERR 'Secure Connection - TLS Required'\r\n");
            assertOneError(peer.socket().getLocalPort(), "tls: first record does not look like a TLS handshake",
                    errors(server));
        }
    }

    @Test
    void aPeerThatLeavesAtOnce() throws Exception {
        try (TestServer server = Clusters.logging(MeshTest.TLS)) {
            RawClient peer = RawClient.open(server.server().clusterPort());
            int port = peer.socket().getLocalPort();
            peer.close();
            assertOneError(port, "EOF", errors(server));
        }
    }

    @Test
    void aPeerWithoutACertificate() throws Exception {
        SSLContext stranger = TestCerts.client("ca.pem");
        try (TestServer server = Clusters.logging(MeshTest.TLS);
                RawClient peer = RawClient.open(server.server().clusterPort())) {
            int port = peer.socket().getLocalPort();
            try {
                SecuredServer.upgrade(peer.socket(), stranger).getInputStream().read();
            } catch (IOException refused) {
                // With TLS 1.3 the read fails, or returns the end of the stream.
            }
            assertOneError(port, ".*Empty client certificate chain", errors(server));
        }
    }

    @Test
    void aServerThatIsDialledAndWhoseCertificateIsNotTrusted() throws Exception {
        try (TestServer dialled = Clusters.server(MeshTest.TLS);
                TestServer dialler = Clusters.logging(o -> o.clusterTls = MeshTest.tls("wrong-ca.pem"),
                        Clusters.url(dialled))) {
            List<String> errors = errors(dialler);
            // It is dialled repeatedly.
            assertOneError(dialled.server().clusterPort(), ".*PKIX path.*",
                    errors.stream().filter(line -> line.contains(ERROR)).toList());
        }
    }
}
