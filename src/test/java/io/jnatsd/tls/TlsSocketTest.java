package io.jnatsd.tls;

import static io.jnatsd.tls.TestCerts.client;
import static io.jnatsd.tls.TestCerts.context;
import static io.jnatsd.tls.TestCerts.options;
import static io.jnatsd.tls.TestCerts.server;
import static io.jnatsd.tls.TestCerts.withCa;
import static io.jnatsd.tls.TestCerts.withCurves;
import static io.jnatsd.tls.TestCerts.withSuites;
import static io.jnatsd.tls.TestCerts.withVerify;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests handshakes over loopback with Java and, if it is installed, with openssl. */
class TlsSocketTest {
    private static TlsOptions verifying() {
        return withVerify(withCa(server(), "ca.pem"));
    }

    @ParameterizedTest
    @CsvSource({"server-cert.pem, server-key.pem", "server-cert.pem, server-key-pkcs1.pem",
            "server-ec-cert.pem, server-ec-key.pem", "server-ed25519-cert.pem, server-ed25519-key.pem",
            "chain-cert.pem, chain-key.pem"})
    void everyKindOfCertificateServesBothVersions(String cert, String key) throws Exception {
        SSLContext client = client("ca.pem");
        try (TlsEcho server = new TlsEcho(context(options(cert, key)))) {
            for (String version : new String[] {"1.2", "1.3"}) {
                assertEquals("TLSv" + version, server.talk(client, "TLSv" + version).getProtocol());
                assertTrue(server.outcome().describe().startsWith("TLS version " + version + ", cipher suite TLS_"));
                if (OpensslClient.exists()) {
                    String seen = OpensslClient.run(server, "-tls" + version.replace('.', '_'));
                    assertTrue(seen.contains("Protocol version: TLSv" + version), seen);
                    assertTrue(seen.contains("Verification: OK"), seen);
                    server.outcome();
                }
            }
        }
    }

    @Test
    void tls11IsRefused() throws Exception {
        try (TlsEcho server = new TlsEcho(context(server())); Socket raw = server.connect()) {
            // A ClientHello of TLS 1.1 with one suite and nothing else.
            raw.getOutputStream().write(HexFormat.of().parseHex("160302002d" + "01000029" + "0302" + "00".repeat(32)
                    + "00" + "0002c013" + "0100"));
            byte[] alert = raw.getInputStream().readNBytes(7);
            assertEquals("02" + "46", HexFormat.of().formatHex(alert, 5, 7), "fatal, protocol_version");
            assertNotNull(server.outcome().failure());
        }
    }

    @Test
    void opensslIsRefusedTls11() throws Exception {
        assumeTrue(OpensslClient.exists());
        try (TlsEcho server = new TlsEcho(context(server()))) {
            String seen = OpensslClient.run(server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
            assertTrue(seen.contains("alert protocol version"), seen);
        }
    }

    @Test
    void theServersOrderOfSuitesDecides() throws Exception {
        String aes128 = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", aes256 = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
        SSLContext client = client("ca.pem");
        for (String[] order : new String[][] {{aes128, aes256}, {aes256, aes128}})
            try (TlsEcho server = new TlsEcho(context(withSuites(server(), order)))) {
                assertEquals(order[0], server.talk(client, "TLSv1.2").getCipherSuite());
                assertEquals("TLS_AES_128_GCM_SHA256", server.talk(client, "TLSv1.3").getCipherSuite());
                if (OpensslClient.exists()) {
                    String seen = OpensslClient.run(server, "-tls1_2", "-cipher",
                            "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384");
                    assertTrue(seen.contains("Ciphersuite: " + order[0].substring(4)
                            .replace("_WITH_AES_", "-AES").replace('_', '-')), seen);
                }
            }
    }

    @Test
    void byDefaultChaChaComesFirstInTls12() throws Exception {
        try (TlsEcho server = new TlsEcho(context(server()))) {
            server.talk(client("ca.pem"), "TLSv1.2");
            assertEquals("TLS version 1.2, cipher suite TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                    server.outcome().describe());
        }
    }

    @Test
    void suitesOfTls13OnlyRefuseTls12() throws Exception {
        SSLContext client = client("ca.pem");
        try (TlsEcho server = new TlsEcho(context(withSuites(server(), "TLS_CHACHA20_POLY1305_SHA256")))) {
            assertEquals("TLS_CHACHA20_POLY1305_SHA256", server.talk(client).getCipherSuite());
            assertThrows(IOException.class, () -> server.talk(client, "TLSv1.2"));
        }
    }

    @ParameterizedTest
    @CsvSource({"CurveP521, 521 bits", "CurveP384, 384 bits", "X25519, 253 bits", "CurveP256, 256 bits"})
    void onlyTheConfiguredCurveIsUsed(String curve, String shown) throws Exception {
        assumeTrue(OpensslClient.exists());
        try (TlsEcho server = new TlsEcho(context(withCurves(server(), curve)))) {
            for (String version : new String[] {"-tls1_2", "-tls1_3"}) {
                String seen = OpensslClient.run(server, version);
                assertTrue(seen.matches("(?s).*Server Temp Key: [^\n]*" + shown + "\n.*"), seen);
            }
            String other = curve.equals("X25519") ? "prime256v1" : "X25519";
            String refused = OpensslClient.run(server, "-tls1_3", "-curves", other);
            assertFalse(refused.contains("CONNECTION ESTABLISHED"), refused);
        }
    }

    /** gnatsd 1.0 uses its own order of curves; this server follows the client's order, because the JDK does. */
    @Test
    void theClientsOrderOfCurvesDecides() throws Exception {
        assumeTrue(OpensslClient.exists());
        try (TlsEcho server = new TlsEcho(context(server()))) {
            String seen = OpensslClient.run(server, "-tls1_2", "-curves", "prime256v1:X25519:secp521r1");
            assertTrue(seen.contains("256 bits"), seen);
        }
    }

    @Test
    void anEcCertificateOnACurveThatIsNotPreferredServesTls12() throws Exception {
        TlsOptions ec = withCurves(options("server-ec-cert.pem", "server-ec-key.pem"), "X25519");
        try (TlsEcho server = new TlsEcho(context(ec))) {
            assertEquals("TLSv1.2", server.talk(client("ca.pem"), "TLSv1.2").getProtocol());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientCertificatesAreRequiredAndVerified(String version) throws Exception {
        try (TlsEcho server = new TlsEcho(context(verifying()))) {
            server.talk(client("ca.pem", "client-cert.pem", "client-key.pem"), version);
            SSLSession session = server.outcome().session();
            assertTrue(session.getPeerPrincipal().getName().contains("CN=client"));

            SSLContext none = client("ca.pem");
            assertThrows(IOException.class, () -> server.talk(none, version));
            assertTrue(server.outcome().failure() instanceof SSLException);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void clientCertificatesOfAWrongAuthorityAreRefused(String version) throws Exception {
        assumeTrue(OpensslClient.exists());
        try (TlsEcho server = new TlsEcho(context(verifying()))) {
            // A Java client would not even send it, because the server lists the authorities that it accepts.
            OpensslClient.run(server, version, "-cert", TestCerts.file("wrong-client-cert.pem"), "-key",
                    TestCerts.file("wrong-client-key.pem"));
            String failure = server.outcome().describe();
            assertTrue(failure.contains("unable to find valid certification path"), failure);
        }
    }

    @Test
    void verifyWithoutACaFileTrustsTheSystemsAuthoritiesOnly() throws Exception {
        SSLContext client = client("ca.pem", "client-cert.pem", "client-key.pem");
        try (TlsEcho server = new TlsEcho(context(withVerify(server())))) {
            assertThrows(IOException.class, () -> server.talk(client));
            assertNotNull(server.outcome().failure());
        }
    }

    @Test
    void withoutVerifyNoClientCertificateIsAskedFor() throws Exception {
        try (TlsEcho server = new TlsEcho(context(withCa(server(), "ca.pem")))) {
            server.talk(client("ca.pem", "client-cert.pem", "client-key.pem"));
            SSLSession session = server.outcome().session();
            assertThrows(SSLException.class, session::getPeerCertificates);
        }
    }

    @Test
    void anExpiredCertificateIsShownAndRefusedByTheClient() throws Exception {
        SSLContext client = client("ca.pem");
        try (TlsEcho server = new TlsEcho(context(options("expired-cert.pem", "expired-key.pem")))) {
            IOException refused = assertThrows(IOException.class, () -> server.talk(client));
            assertTrue(refused.toString().contains("validity check failed"), refused.toString());
        }
    }

    @Test
    void bytesThatWereAlreadyReadAreUsed() throws Exception {
        TlsContext context = context(server());
        SSLContext client = client("ca.pem");
        for (int count : new int[] {1, 4, 100})
            try (TlsEcho server = new TlsEcho(context, Duration.ofSeconds(5), (raw, handshake) ->
                    handshake.server(raw, raw.getInputStream().readNBytes(count)))) {
                assertEquals("TLSv1.3", server.talk(client).getProtocol());
            }
    }

    @Test
    void aMebibyteSurvivesBothDirections() throws Exception {
        byte[] sent = new byte[1024 * 1024];
        new Random(1).nextBytes(sent);
        SSLContext client = client("ca.pem");
        try (TlsEcho server = new TlsEcho(context(server())); Socket raw = server.connect()) {
            SSLSocket tls = (SSLSocket) client.getSocketFactory().createSocket(raw, "localhost", server.port(), false);
            tls.startHandshake();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    for (int at = 0; at < sent.length; at += 65536)
                        tls.getOutputStream().write(sent, at, Math.min(65536, sent.length - at));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            byte[] back = tls.getInputStream().readNBytes(sent.length);
            writer.join();
            assertEquals(Arrays.hashCode(sent), Arrays.hashCode(back));
            assertArrayEquals(sent, back);
        }
    }
}
