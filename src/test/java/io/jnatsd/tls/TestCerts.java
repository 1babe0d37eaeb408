package io.jnatsd.tls;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The files of test-certs, tls blocks with these files, and clients that trust them. */
public final class TestCerts {
    static final Clock IN_2030 = Clock.fixed(Instant.parse("2030-06-01T00:00:00Z"), ZoneOffset.UTC);

    private static final Path FOLDER = Path.of(System.getProperty("jnatsd.home", ".")).resolve("test-certs");

    private TestCerts() {
    }

    public static String folder() {
        return FOLDER.toString();
    }

    public static String file(String name) {
        return FOLDER.resolve(name).toString();
    }

    static String text(String name) throws Exception {
        return Files.readString(FOLDER.resolve(name));
    }

    /** Returns a block with this certificate and key only. */
    static TlsOptions options(String cert, String key) {
        return new TlsOptions(file(cert), file(key), "", false, false, Duration.ofSeconds(5), List.of(), List.of(),
                false, false);
    }

    static TlsOptions server() {
        return options("server-cert.pem", "server-key.pem");
    }

    static TlsOptions route() {
        return withCa(options("route-cert.pem", "route-key.pem"), "ca.pem");
    }

    static TlsOptions withCa(TlsOptions o, String ca) {
        return new TlsOptions(o.certFile(), o.keyFile(), file(ca), o.verify(), o.verifyAndMap(), o.timeout(),
                o.cipherSuites(), o.curvePreferences(), o.handshakeFirst(), o.watchFiles());
    }

    static TlsOptions withVerify(TlsOptions o) {
        return new TlsOptions(o.certFile(), o.keyFile(), o.caFile(), true, o.verifyAndMap(), o.timeout(),
                o.cipherSuites(), o.curvePreferences(), o.handshakeFirst(), o.watchFiles());
    }

    static TlsOptions withSuites(TlsOptions o, String... suites) {
        return new TlsOptions(o.certFile(), o.keyFile(), o.caFile(), o.verify(), o.verifyAndMap(), o.timeout(),
                List.of(suites), o.curvePreferences(), o.handshakeFirst(), o.watchFiles());
    }

    static TlsOptions withCurves(TlsOptions o, String... curves) {
        return new TlsOptions(o.certFile(), o.keyFile(), o.caFile(), o.verify(), o.verifyAndMap(), o.timeout(),
                o.cipherSuites(), List.of(curves), o.handshakeFirst(), o.watchFiles());
    }

    static TlsContext context(TlsOptions options) throws TlsException {
        return TlsContext.forClients(options, IN_2030);
    }

    /**
     * Returns a client of the JDK, which uses no code of this project except for the certificate that it may present.
     */
    public static SSLContext client(String ca, String... certAndKey) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trustStore(ca));
        KeyManager[] own = certAndKey.length == 0 ? null : new KeyManager[] {
                OwnCertificate.read(file(certAndKey[0]), file(certAndKey[1]))};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), null);
        return context;
    }

    /** Returns a key store with this authority. */
    public static KeyStore trustStore(String ca) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(FOLDER.resolve(ca))) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        return store;
    }

    /** Returns a key store with this certificate and key, under the name "own". */
    public static KeyStore keyStore(String cert, String key, String password) throws Exception {
        OwnCertificate own = OwnCertificate.read(file(cert), file(key));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.getPrivateKey("own"), password.toCharArray(), own.getCertificateChain("own"));
        return store;
    }
}
