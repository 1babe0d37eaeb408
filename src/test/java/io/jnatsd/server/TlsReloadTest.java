package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** protocol.md, section 15: a reload enables, disables and changes TLS without closing connections. */
@Timeout(30)
class TlsReloadTest {
    private static final String RSA = tls("CERTS/server-cert.pem", "CERTS/server-key.pem");
    private static final String EC = tls("CERTS/server-ec-cert.pem", "CERTS/server-ec-key.pem");

    private final SSLContext trusting = TestCerts.client("ca.pem");
    private SecuredServer server;

    TlsReloadTest() throws Exception {
    }

    private static String tls(String cert, String key) {
        return "tls { cert_file: \"" + cert + "\", key_file: \"" + key + "\", timeout: 5 }\n";
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private String info() throws Exception {
        return server.open().expect("INFO (\\{.*\\}) \r\n").group(1);
    }

    /** Returns a digest of the key of the certificate that a new connection receives. */
    private String shown() throws Exception {
        RawClient client = server.connectTls(trusting).roundTrip();
        return ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm();
    }

    @Test
    void aNewCertificateIsForNewConnections() throws Exception {
        server = SecuredServer.start(RSA);
        RawClient old = server.connectTls(trusting).roundTrip();
        assertEquals("RSA", shown());
        server.reload(EC);
        assertEquals("EC", shown());
        old.roundTrip();
        assertTrue(server.log().contains("[INF] Reloaded: tls = enabled"));
    }

    @Test
    void whenItComesPlainConnectionsStay() throws Exception {
        server = SecuredServer.start("");
        RawClient plain = server.connect().roundTrip();
        server.reload(RSA);
        plain.roundTrip();
        assertTrue(info().contains("\"tls_required\":true"));
        server.connect().send("PING\r\n").expectEnd("-ERR 'Secure Connection - TLS Required'\r\n");
        RawClient secure = server.connectTls(trusting);
        secure.send("SUB a 1\r\n").expectText("+OK\r\n");
        plain.send("PUB a 1\r\nx\r\n").expectText("+OK\r\n");
        secure.expectText("MSG a 1 1\r\nx\r\n");
        assertTrue(server.log().contains("[INF] Reloaded: tls = enabled"));
    }

    @Test
    void whenItGoesSecureConnectionsStay() throws Exception {
        server = SecuredServer.start(RSA);
        RawClient secure = server.connectTls(trusting).roundTrip();
        server.reload("");
        secure.roundTrip();
        assertTrue(info().contains("\"tls_required\":false,\"tls_verify\":false"));
        server.connect().roundTrip();
        assertNotNull(server.server().clients().get(1).session());
        assertTrue(server.log().contains("[INF] Reloaded: tls = disabled"));
    }

    @Test
    void clientCertificatesMayBeAskedForFromNowOn() throws Exception {
        server = SecuredServer.start(RSA);
        RawClient before = server.connectTls(trusting).roundTrip();
        server.reload(RSA.replace("timeout", "ca_file: \"CERTS/ca.pem\", verify: true, timeout"));
        before.roundTrip();
        assertTrue(info().contains("\"tls_verify\":true"));
        assertThrows(IOException.class, () -> server.connectTls(trusting, "TLSv1.2"));
        server.connectTls(TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem")).roundTrip();
    }

    @Test
    void aHandshakeThatHasBegunGoesOn() throws Exception {
        server = SecuredServer.start(RSA);
        RawClient between = server.connect();
        server.reload(EC);
        SSLSocket tls = SecuredServer.upgrade(between.socket(), trusting);
        assertEquals("RSA", tls.getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm());
        new RawClient(tls).roundTrip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CERTS/none.pem            | CERTS/server-key.pem     | : open CERTS/none.pem: no such file or directory
            CERTS/server-cert.pem     | CERTS/mismatched-key.pem | : tls: private key does not match public key
            CERTS/server-cert.pem     | CERTS/encrypted-key.pem  | encrypted
            """)
    void whatCannotBeUsedLeavesTheOldInForce(String cert, String key, String why) throws Exception {
        server = SecuredServer.start(RSA);
        server.reloadBySignal(tls(cert, key));
        List<String> errors = server.log().stream().filter(line -> line.startsWith("[ERR]")).toList();
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.getFirst().startsWith("[ERR] Failed to reload server configuration: "
                + "error parsing X509 certificate/key pair")
                && errors.getFirst().contains(why.replace("CERTS", TestCerts.folder())), errors::toString);
        assertEquals("RSA", shown());
        server.reload(EC);
        assertEquals("EC", shown());
    }

    @Test
    void anExpiredCertificateIsWarnedOf() throws Exception {
        server = SecuredServer.start(RSA);
        server.reload(tls("CERTS/expired-cert.pem", "CERTS/expired-key.pem"));
        assertTrue(server.log().stream().anyMatch(line -> line.startsWith("[WRN] TLS certificate in ")
                && line.contains("expired-cert.pem") && line.endsWith("expired on 2020-12-31")));
    }

    private static void copy(Path folder, String cert, String key) throws IOException {
        for (String[] file : new String[][] {{key, "key.pem"}, {cert, "cert.pem"}})
            Files.copy(Path.of(TestCerts.file(file[0])), folder.resolve(file[1]), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void filesThatWereReplacedTakeAReload(@TempDir Path folder) throws Exception {
        copy(folder, "server-cert.pem", "server-key.pem");
        String config = tls(folder + "/cert.pem", folder + "/key.pem");
        server = SecuredServer.start(config);
        copy(folder, "server-ec-cert.pem", "server-ec-key.pem");
        assertEquals("RSA", shown());
        server.reload(config);
        assertEquals("EC", shown());
        assertTrue(server.log().contains("[INF] Reloaded: tls = enabled"));
    }

    @Test
    void filesThatAreWatchedTakeNone(@TempDir Path folder) throws Exception {
        copy(folder, "server-cert.pem", "server-key.pem");
        server = SecuredServer.start(tls(folder + "/cert.pem", folder + "/key.pem") + "config_watch: true");
        RawClient old = server.connectTls(trusting).roundTrip();
        Files.writeString(folder.resolve("cert.pem"), "half a file");
        await().atMost(Duration.ofSeconds(15)).until(() -> server.log().stream().anyMatch(
                line -> line.startsWith("[ERR] Failed to renew TLS certificates: error parsing X509")));
        assertEquals("RSA", shown());
        copy(folder, "server-ec-cert.pem", "server-ec-key.pem");
        await().atMost(Duration.ofSeconds(15)).until(() -> server.log().contains("[INF] Renewed TLS certificates"));
        assertEquals("EC", shown());
        old.roundTrip();
    }
}
