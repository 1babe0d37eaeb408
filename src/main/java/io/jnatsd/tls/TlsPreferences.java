package io.jnatsd.tls;

import io.jnatsd.config.TlsNames;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The offered cipher suites and curves in order of preference, by the JDK's names. The configuration uses Go's names:
 * the 21 suites and 4 curves of gnatsd 1.0, and in addition the suites of TLS 1.3. Threads: immutable.
 *
 * @param suites for {@code SSLParameters.setCipherSuites}
 * @param groups for {@code SSLParameters.setNamedGroups}
 */
record TlsPreferences(List<String> suites, List<String> groups) {
    /** Go has no setting for these. They always come first, unless the configuration selects some of them. */
    private static final List<String> TLS_1_3 = TlsNames.TLS_1_3;

    private static final List<String> DEFAULT_SUITES = List.of(
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    /** Suites that have the same name in the JDK. */
    private static final Set<String> SUITES = Set.of(
            "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA",
            "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Map<String, String> RENAMED_SUITES = Map.of(
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_RSA_WITH_RC4_128_SHA", "SSL_RSA_WITH_RC4_128_SHA",
            "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "SSL_RSA_WITH_3DES_EDE_CBC_SHA");

    private static final List<String> DEFAULT_CURVES = List.of("CurveP521", "CurveP384", "X25519", "CurveP256");

    private static final Map<String, String> GROUPS = Map.of("CurveP256", "secp256r1", "CurveP384", "secp384r1",
            "CurveP521", "secp521r1", "X25519", "x25519");

    /**
     * Selects those of the configured values that this JDK supports; empty lists mean the defaults.
     *
     * @param supported the JDK's names of the suites that are enabled
     * @param warnings receives a line for each configured suite that is omitted
     */
    static TlsPreferences of(List<String> cipherSuites, List<String> curves, Set<String> supported,
            List<String> warnings) throws TlsException {
        return new TlsPreferences(suites(cipherSuites, supported, warnings), groups(curves));
    }

    /**
     * Returns a copy to which the curve of an EC certificate is appended if it is missing. Otherwise the JDK would not
     * use that certificate in TLS 1.2, while Go does.
     */
    TlsPreferences withCurveOf(ECPublicKey key) {
        String curve = "secp" + key.getParams().getCurve().getField().getFieldSize() + "r1";
        if (groups.contains(curve) || !GROUPS.containsValue(curve))
            return this;
        List<String> more = new ArrayList<>(groups);
        more.add(curve);
        return new TlsPreferences(suites, more);
    }

    private static List<String> suites(List<String> configured, Set<String> supported, List<String> warnings)
            throws TlsException {
        List<String> offered = new ArrayList<>();
        if (configured.stream().noneMatch(TLS_1_3::contains))
            TLS_1_3.stream().filter(supported::contains).forEach(offered::add);
        int before = offered.size();
        for (String name : configured.isEmpty() ? DEFAULT_SUITES : configured) {
            String suite = suite(name);
            if (supported.contains(suite))
                offered.add(suite);
            else
                warnings.add("TLS cipher suite " + name + " is not offered by Java "
                        + Runtime.version().feature() + " and is skipped");
        }
        if (offered.size() == before)
            throw new TlsException("error parsing tls config, none of the 'cipher_suites' is offered by Java "
                    + Runtime.version().feature() + ": " + String.join(", ", configured));
        return offered.stream().distinct().toList();
    }

    private static String suite(String name) throws TlsException {
        if (RENAMED_SUITES.containsKey(name))
            return RENAMED_SUITES.get(name);
        if (SUITES.contains(name) || TLS_1_3.contains(name))
            return name;
        throw new TlsException("Unrecognized cipher " + name);
    }

    private static List<String> groups(List<String> curves) throws TlsException {
        List<String> groups = new ArrayList<>();
        for (String curve : curves.isEmpty() ? DEFAULT_CURVES : curves) {
            if (!GROUPS.containsKey(curve))
                throw new TlsException("Unrecognized curve preference " + curve);
            groups.add(GROUPS.get(curve));
        }
        return groups.stream().distinct().toList();
    }
}
