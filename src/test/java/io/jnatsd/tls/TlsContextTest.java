package io.jnatsd.tls;

import static io.jnatsd.tls.TestCerts.context;
import static io.jnatsd.tls.TestCerts.file;
import static io.jnatsd.tls.TestCerts.options;
import static io.jnatsd.tls.TestCerts.route;
import static io.jnatsd.tls.TestCerts.server;
import static io.jnatsd.tls.TestCerts.withCa;
import static io.jnatsd.tls.TestCerts.withCurves;
import static io.jnatsd.tls.TestCerts.withSuites;
import static io.jnatsd.tls.TestCerts.withVerify;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsContextTest {
    private static String error(TlsOptions options) {
        return assertThrows(TlsException.class, () -> context(options)).getMessage();
    }

    private static Clock at(String day) {
        return Clock.fixed(Instant.parse(day + "T12:00:00Z"), ZoneOffset.UTC);
    }

    private static List<String> warnings(TlsOptions options, String day) throws Exception {
        return TlsContext.forClients(options, at(day)).warnings().stream()
                .map(line -> line.replaceAll("in \\S*/test-certs/", "in ")).toList();
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        String mismatch = "error parsing X509 certificate/key pair: tls: private key does not match public key";
        assertEquals(mismatch, error(options("server-cert.pem", "mismatched-key.pem")));
        assertEquals(mismatch, error(options("server-cert.pem", "server-ec-key.pem")));
        assertEquals(mismatch, error(options("server-ed25519-cert.pem", "server-key.pem")));
    }

    @Test
    void filesThatCannotBeUsedHaveTheErrorsOfGnatsd() {
        String pair = "error parsing X509 certificate/key pair: ";
        assertEquals(pair + "open " + file("none.pem") + ": no such file or directory",
                error(options("none.pem", "server-key.pem")));
        assertEquals(pair + "open " + file("none.pem") + ": no such file or directory",
                error(options("server-cert.pem", "none.pem")));
        assertEquals(pair + "private key in " + file("encrypted-key.pem")
                + " is encrypted, which is not supported: decrypt it with openssl pkey",
                error(options("server-cert.pem", "encrypted-key.pem")));
        assertEquals(pair + "no certificate in " + file("server-key.pem") + " (it holds PRIVATE KEY)",
                error(options("server-key.pem", "server-cert.pem")));
        assertEquals("open " + file("none.pem") + ": no such file or directory", error(withCa(server(), "none.pem")));
        assertEquals("failed to parse root ca certificate", error(withCa(server(), "server-key.pem")));
    }

    @Test
    void namesThatAreNotKnownAreRefused() {
        assertEquals("Unrecognized cipher BAD", error(withSuites(server(), "BAD")));
        assertEquals("Unrecognized curve preference BAD", error(withCurves(server(), "BAD")));
    }

    @ParameterizedTest
    @CsvSource({
            "2030-06-01, ",
            "2019-12-01, ' is not valid before 2020-01-01'",
            "2049-12-20, ' expires on 2049-12-31, in 11 days'",
            "2050-01-02, ' expired on 2049-12-31'"})
    void certificatesOutsideTheirDatesAreWarnedOf(String day, String warning) throws Exception {
        assertEquals(warning == null ? List.of() : List.of(
                "TLS certificate in server-cert.pem (O=jnatsd tests,CN=localhost)" + warning),
                warnings(server(), day));
    }

    @Test
    void everyCertificateOfChainAndCaIsLookedAt() throws Exception {
        TlsOptions chain = withCa(options("chain-cert.pem", "chain-key.pem"), "ca.pem");
        assertEquals(3, warnings(chain, "2050-01-02").size());
        assertEquals(List.of("TLS certificate in expired-cert.pem (O=jnatsd tests,CN=localhost) expired on 2020-12-31"),
                warnings(options("expired-cert.pem", "expired-key.pem"), "2030-06-01"));
    }

    @Test
    void suitesThatJavaLacksAreWarnedOf() throws Exception {
        TlsContext context = context(withSuites(server(), "TLS_RSA_WITH_RC4_128_SHA",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
        assertEquals(1, context.warnings().size());
        assertTrue(context.warnings().getFirst().contains("TLS_RSA_WITH_RC4_128_SHA"));
    }

    @Test
    void unreadableCertificatesInACaFileAreSkippedWithAWarning(@TempDir Path folder) throws Exception {
        Path ca = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n"
                + "-----END CERTIFICATE-----\n" + TestCerts.text("ca.pem"));
        TlsOptions o = server();
        TlsContext context = context(new TlsOptions(o.certFile(), o.keyFile(), ca.toString(), true, false, o.timeout(),
                List.of(), List.of(), false, false));
        assertEquals(1, context.warnings().size());
        assertTrue(context.warnings().getFirst().startsWith("certificate in " + ca + " cannot be read"));
    }

    @Test
    void parametersSayWhatIsAskedOfThePeer() throws Exception {
        TlsContext plain = context(server()), verifying = context(withVerify(withCa(server(), "ca.pem")));
        assertFalse(plain.parameters().getNeedClientAuth());
        assertTrue(verifying.parameters().getNeedClientAuth());
        assertFalse(verifying.monitorParameters().getNeedClientAuth());
        assertTrue(TlsContext.forRoutes(route(), TestCerts.IN_2030).parameters().getNeedClientAuth());
        assertTrue(plain.parameters().getUseCipherSuitesOrder());
        assertArrayEquals(new String[] {"TLSv1.3", "TLSv1.2"}, plain.parameters().getProtocols());
        assertEquals(Instant.parse("2049-12-31T23:59:59Z"), plain.expires());
    }

    @ParameterizedTest
    @CsvSource({"server-cert.pem, server-key.pem", "server-ec-cert.pem, server-ec-key.pem",
            "server-ed25519-cert.pem, server-ed25519-key.pem", "chain-cert.pem, chain-key.pem",
            "expired-cert.pem, expired-key.pem"})
    void warmUpWorksWithEveryKind(String cert, String key) throws Exception {
        context(withVerify(withCa(options(cert, key), "ca.pem"))).warmUp();
    }

    @Test
    void warmUpWorksWithOneVersionOnlyAndWithACertificateForNoServer() throws Exception {
        context(withSuites(server(), "TLS_AES_128_GCM_SHA256")).warmUp();
        context(options("client-cert.pem", "client-key.pem")).warmUp();
    }
}
