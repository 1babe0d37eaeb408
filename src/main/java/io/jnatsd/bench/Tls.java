package io.jnatsd.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The client's side of TLS, from PEM files. Threads: immutable. */
final class Tls {
    private static final Pattern PKCS8 = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = {};

    /** Empty for the JDK's default context, which takes a quarter of a second to create and is rarely needed. */
    private final Optional<SSLContext> context;

    private Tls(Optional<SSLContext> context) {
        this.context = context;
    }

    /**
     * Creates the TLS settings.
     *
     * @param ca the certificate of the authority that signed the server's certificate; without it, the JDK's
     *         authorities are trusted
     * @param certificate the certificate of this client, in case the server requests one
     * @param key the key of that certificate
     */
    static Tls of(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) throws BenchFailure {
        if (ca.isEmpty() && certificate.isEmpty())
            return new Tls(Optional.empty());
        try {
            TrustManager[] trusted = ca.isPresent() ? trusting(ca.get()) : null;
            KeyManager[] own = certificate.isPresent()
                    ? presenting(certificate.get(), key.orElse(certificate.get())) : null;
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trusted, null);
            return new Tls(Optional.of(context));
        } catch (GeneralSecurityException | IOException e) {
            throw e instanceof BenchFailure known ? known : new BenchFailure("cannot set up TLS", e);
        }
    }

    /** Performs a TLS handshake on a connection, and checks the server's host name. */
    Socket upgrade(Socket plain, Endpoint endpoint) throws BenchFailure {
        try {
            SSLSocketFactory factory = context.map(SSLContext::getSocketFactory)
                    .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault());
            SSLSocket secure = (SSLSocket) factory.createSocket(plain, endpoint.host(), endpoint.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            return secure;
        } catch (IOException e) {
            throw new BenchFailure("TLS with " + endpoint.address() + " failed", e);
        }
    }

    private static TrustManager[] trusting(Path ca) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate authority : certificates(ca))
            store.setCertificateEntry("ca" + number++, authority);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] presenting(Path certificate, Path key) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("own", privateKey(key), NO_PASSWORD, certificates(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException, IOException {
        Matcher pem = PKCS8.matcher(Files.readString(file));
        if (!pem.find())
            throw new BenchFailure(file + " holds no PKCS#8 key ('openssl pkcs8 -topk8 -nodes' makes one)");
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(encoded);
        } catch (InvalidKeySpecException notRsa) {
            return KeyFactory.getInstance("EC").generatePrivate(encoded);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
