package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.connection.CloseReason;
import io.jnatsd.tls.OpensslClient;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, sections 1 and 15: TLS after INFO, before INFO, or optional. */
@Timeout(30)
class TlsClientTest {
    private static final String REQUIRED = "-ERR 'Secure Connection - TLS Required'\r\n";
    private static final String FILES = "cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\"";

    private final SSLContext trusting = TestCerts.client("ca.pem");
    private SecuredServer server;

    TlsClientTest() throws Exception {
    }

    private void start(String more, String... top) throws Exception {
        server = SecuredServer.start("tls { " + FILES + ", " + more + " }\n" + String.join("\n", top));
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private static String info(RawClient client) throws IOException {
        return client.expect("INFO (\\{.*?\\}) \r\n").group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void infoComesInTheClearAndAllElseEncrypted(String version) throws Exception {
        start("timeout: 5");
        RawClient plain = server.open();
        String info = info(plain);
        assertTrue(info.contains("\"ssl_required\":true,\"tls_required\":true,\"tls_verify\":false"), info);
        assertFalse(info.contains("tls_available"), info);
        try (RawClient client = new RawClient(SecuredServer.upgrade(plain.socket(), trusting, version))) {
            client.send(connectLine("\"verbose\":true") + "SUB a 1\r\nPUB a 2\r\nhi\r\n");
            client.expectText("+OK\r\n+OK\r\n+OK\r\nMSG a 1 2\r\nhi\r\n").roundTrip();
            assertEquals(version, server.server().clients().get(1).session().getProtocol());
        }
        server.awaitLog("[DBG] cid:1 - TLS handshake complete");
        assertTrue(server.log().stream().anyMatch(line -> line.startsWith("[DBG] cid:1 - TLS version "
                + version.substring(4) + ", cipher suite TLS_")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT {}\r\n", "PING\r\n", "\r\n", "GET / HTTP/1.1\r\n\r\n"})
    void whoSpeaksPlainIsToldInPlain(String command) throws Exception {
        start("timeout: 5");
        try (RawClient client = server.connect()) {
            client.send(command).expectEnd(REQUIRED);
        }
        server.awaitLog("[ERR] cid:1 - TLS handshake error: tls: first record does not look like a TLS handshake");
        server.awaitLog("[DBG] cid:1 - Client connection closed: " + CloseReason.TLS_HANDSHAKE);
        server.awaitClients(0);
    }

    @Test
    void whoSaysNothingIsTimedOut() throws Exception {
        start("timeout: 0.2");
        server.connect().expectEnd(REQUIRED);
        server.awaitLog("[ERR] cid:1 - TLS handshake timeout");
    }

    @Test
    void whoDripsAHandshakeIsTimedOut() throws Exception {
        start("timeout: 0.3");
        RawClient slow = server.connect();
        slow.send(new byte[] {0x16, 3, 1, 2, 0});
        // A client in the middle of TLS could not read a plain text.
        slow.expectClosed();
        server.awaitLog("[ERR] cid:1 - TLS handshake timeout");
    }

    @Test
    void theSilentHoldUpNobody() throws Exception {
        start("timeout: 20");
        List<RawClient> silent = new ArrayList<>();
        for (int i = 0; i < 200; i++)
            silent.add(server.connect());
        for (RawClient half : silent.subList(100, 200))
            half.send(new byte[] {0x16, 3, 1, 2, 0, 1, 0});
        long start = System.nanoTime();
        server.connectTls(trusting).roundTrip();
        assertTrue(System.nanoTime() - start < Duration.ofSeconds(5).toNanos());
        assertEquals(201, server.server().clients().count());
    }

    @Test
    void theLoginTimerRunsFromTheEndOfTheHandshake() throws Exception {
        start("timeout: 10", "authorization { user: joe, password: j, timeout: 0.3 }");
        RawClient late = server.connect(), silent = server.connect();
        for (int tenths = 0; tenths < 5; tenths++)
            late.expectNothing();
        try (RawClient joe = new RawClient(SecuredServer.upgrade(late.socket(), trusting));
                RawClient nobody = new RawClient(SecuredServer.upgrade(silent.socket(), trusting))) {
            joe.send(connectLine(userAndPass("joe", "j"))).roundTrip();
            nobody.expectEnd("-ERR 'Authentication Timeout'\r\n");
        }
    }

    @Test
    void errorsBeforeTheEndCanBeRead() throws Exception {
        start("timeout: 5", "max_payload: 1000");
        server.connectTls(trusting).send("NONSENSE\r\n")
                .expectEnd("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n");
        RawClient large = server.connectTls(trusting);
        large.send("PUB a 3000000\r\n");
        Thread sender = Thread.startVirtualThread(() -> {
            try {
                large.send(new byte[3_000_000]);
            } catch (IOException e) {
                // The client is disconnected. The test checks what it can still read.
            }
        });
        large.expect("-ERR 'Maximum Payload Violation'\r\n");
        sender.join();
    }

    @Test
    void pingsGoThroughTls() throws Exception {
        start("timeout: 5", "ping_interval: \"200ms\"\nping_max: 1");
        server.connectTls(trusting).expectEnd("PING\r\n-ERR 'Stale Connection'\r\n");
    }

    @Test
    void clientCertificatesAreAskedForAndVerified() throws Exception {
        start("timeout: 5, ca_file: \"CERTS/ca.pem\", verify: true");
        assertTrue(info(server.open()).contains("\"tls_verify\":true"));
        SSLContext known = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");
        SSLContext wrong = TestCerts.client("ca.pem", "wrong-client-cert.pem", "wrong-client-key.pem");
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            server.connectTls(known, version).roundTrip();
            for (SSLContext stranger : List.of(trusting, wrong))
                assertThrows(IOException.class, () -> {
                    RawClient client = server.connectTls(stranger, version);
                    // In TLS 1.3 the client finishes the handshake before the server has checked its certificate.
                    client.socket().getOutputStream().write('P');
                    client.socket().getInputStream().read();
                });
        }
        server.awaitClients(3);
    }

    @Test
    void anAuthenticatorSeesTheCertificate() throws Exception {
        List<String> names = new ArrayList<>();
        server = SecuredServer.start("tls { " + FILES + ", ca_file: \"CERTS/ca.pem\", verify: true }", shown -> {
            names.add(shown.certificates().getFirst().getSubjectX500Principal().getName());
            return io.jnatsd.auth.Login.OPEN;
        });
        server.connectTls(TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem"))
                .send(connectLine("")).roundTrip();
        assertEquals(List.of("O=jnatsd tests,CN=client"), names);
    }

    @Test
    void oneTooManyIsToldInPlain() throws Exception {
        start("timeout: 5", "max_connections: 1");
        server.connectTls(trusting).roundTrip();
        server.connect().send(new byte[] {0x16, 3, 1, 2, 0}).expectEnd("-ERR 'Maximum Connections Exceeded'\r\n");
    }

    @Test
    void withAllowNonTlsTheClientChooses() throws Exception {
        start("timeout: 5", "allow_non_tls: true");
        RawClient plain = server.open();
        String info = info(plain);
        assertTrue(info.contains("\"tls_required\":false") && info.contains("\"tls_available\":true"), info);
        plain.send("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n").roundTrip();
        RawClient secure = server.connectTls(trusting);
        secure.send("PUB a 2\r\nhi\r\n").expectText("+OK\r\n").roundTrip();
        plain.expectText("MSG a 1 2\r\nhi\r\n");
        assertNull(server.server().clients().get(1).session());
        assertEquals("TLSv1.3", server.server().clients().get(2).session().getProtocol());
    }

    @Test
    void withAllowNonTlsWhoSaysNothingCountsAsPlain() throws Exception {
        start("timeout: 0.2", "allow_non_tls: true", "authorization { user: joe, password: j, timeout: 0.2 }");
        server.connect().expectEnd("-ERR 'Authentication Timeout'\r\n");
    }

    @Test
    void withHandshakeFirstNothingIsSaidBeforeIt() throws Exception {
        start("timeout: 5, handshake_first: true");
        RawClient raw = server.open().expectNothing();
        try (RawClient client = new RawClient(SecuredServer.upgrade(raw.socket(), trusting))) {
            assertTrue(info(client).contains("\"tls_required\":true"));
            client.roundTrip();
        }
        server.open().send("CONNECT {}\r\n").expectEnd(REQUIRED);
    }

    @Test
    void withHandshakeFirstOneTooManyIsToldEncrypted() throws Exception {
        start("timeout: 5, handshake_first: true", "max_connections: 1");
        for (String end : List.of("PONG\r\n", "-ERR 'Maximum Connections Exceeded'\r\n")) {
            RawClient client = new RawClient(SecuredServer.upgrade(server.open().socket(), trusting));
            info(client);
            client.send("PING\r\n").expectText(end);
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2, TLSv1.2, ECDHE-RSA-CHACHA20-POLY1305", "-tls1_3, TLSv1.3, TLS_AES_128_GCM_SHA256"})
    void opensslGetsVersionAndSuite(String flag, String version, String suite) throws Exception {
        assumeTrue(OpensslClient.exists());
        start("timeout: 5, handshake_first: true");
        String seen = OpensslClient.run(server.port(), flag);
        assertTrue(seen.contains("Protocol version: " + version) && seen.contains("Ciphersuite: " + suite)
                && seen.contains("Verification: OK"), seen);
    }

    @Test
    void opensslIsRefusedTls11() throws Exception {
        assumeTrue(OpensslClient.exists());
        start("timeout: 5, handshake_first: true");
        String seen = OpensslClient.run(server.port(), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
        assertTrue(seen.contains("alert protocol version"), seen);
    }

    @Test
    void aConnectionThatLeavesDuringTheHandshakeLeavesNothing() throws Exception {
        start("timeout: 5");
        for (int i = 0; i < 20; i++)
            try (Socket socket = server.connect().socket()) {
                socket.getOutputStream().write(new byte[] {0x16, 3, 1});
            }
        server.awaitClients(0);
    }
}
