package io.jnatsd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TlsPreferencesTest {
    private static final Set<String> JDK = Set.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "SSL_RSA_WITH_3DES_EDE_CBC_SHA", "SSL_RSA_WITH_RC4_128_SHA");

    /** The 21 names of gnatsd 1.0.2, without TLS_. */
    private static final String[] GNATSD = {"RSA_WITH_RC4_128_SHA", "RSA_WITH_3DES_EDE_CBC_SHA",
            "RSA_WITH_AES_128_CBC_SHA", "RSA_WITH_AES_128_CBC_SHA256", "RSA_WITH_AES_256_CBC_SHA",
            "RSA_WITH_AES_256_GCM_SHA384", "ECDHE_ECDSA_WITH_RC4_128_SHA", "ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE_RSA_WITH_RC4_128_SHA", "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
            "ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE_RSA_WITH_AES_256_CBC_SHA",
            "ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "ECDHE_RSA_WITH_CHACHA20_POLY1305", "ECDHE_ECDSA_WITH_CHACHA20_POLY1305"};

    private final List<String> warnings = new ArrayList<>();

    private List<String> suites(String... configured) throws TlsException {
        return TlsPreferences.of(List.of(configured), List.of(), JDK, warnings).suites();
    }

    private List<String> groups(String... configured) throws TlsException {
        return TlsPreferences.of(List.of(), List.of(configured), JDK, warnings).groups();
    }

    @Test
    void theDefaultsAreTls13AndThenGnatsdsOrder() throws Exception {
        assertEquals(List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), suites());
        assertEquals(List.of("secp521r1", "secp384r1", "x25519", "secp256r1"), groups());
        assertEquals(List.of(), warnings);
    }

    @Test
    void allNamesOfGnatsdAreAcceptedAndTheRestSkippedWithAWarning() throws Exception {
        String[] all = Arrays.stream(GNATSD).map(name -> "TLS_" + name).toArray(String[]::new);
        List<String> suites = suites(all);
        assertEquals(3 + 9, suites.size());
        assertEquals("SSL_RSA_WITH_RC4_128_SHA", suites.get(3));
        assertEquals("SSL_RSA_WITH_3DES_EDE_CBC_SHA", suites.get(4));
        assertEquals("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", suites.getLast());
        assertEquals(12, warnings.size());
        assertEquals("TLS cipher suite TLS_RSA_WITH_AES_128_CBC_SHA is not offered by Java "
                + Runtime.version().feature() + " and is skipped", warnings.getFirst());
    }

    @Test
    void aConfigurationThatNamesTls13SuitesGetsThoseOnly() throws Exception {
        assertEquals(List.of("TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                suites("TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    }

    @Test
    void aSuiteNamedTwiceOrByBothNamesIsOfferedOnce() throws Exception {
        assertEquals(4, suites("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256").size());
    }

    @Test
    void nothingLeftIsAnErrorThatNamesTheSuites() {
        String message = assertThrows(TlsException.class,
                () -> suites("TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA")).getMessage();
        assertTrue(message.endsWith(": TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_CBC_SHA"), message);
    }

    @Test
    void curvesKeepTheirOrder() throws Exception {
        assertEquals(List.of("x25519", "secp256r1"), groups("X25519", "CurveP256", "X25519"));
    }

    @Test
    void unknownNamesAreErrorsInGnatsdsWords() {
        assertEquals("Unrecognized cipher BAD_CIPHER_SPEC",
                assertThrows(TlsException.class, () -> suites("BAD_CIPHER_SPEC")).getMessage());
        assertEquals("Unrecognized curve preference GARBAGE",
                assertThrows(TlsException.class, () -> groups("X25519", "GARBAGE")).getMessage());
    }
}
