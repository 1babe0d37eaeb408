package io.jnatsd.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The certificate of this server with its chain and key, for both sides of a handshake. Threads: immutable. The JDK's
 * KeyManagerFactory is not used, because it needs a PKCS#12 store, whose encryption and decryption take 0.2 s, and
 * because it selects certificates by dates and usages, while Go always presents the configured one.
 */
final class OwnCertificate extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private OwnCertificate(List<X509Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /** Reads both files and checks that they belong together. Error messages are those of Go where it has one. */
    static OwnCertificate read(String certFile, String keyFile) throws TlsException {
        try {
            List<X509Certificate> chain = PemFile.read(certFile).certificates();
            PrivateKey key = PemFile.read(keyFile).privateKey();
            if (!PrivateKeys.match(key, chain.getFirst().getPublicKey()))
                throw new TlsException("tls: private key does not match public key");
            return new OwnCertificate(chain, key);
        } catch (TlsException | GeneralSecurityException e) {
            throw new TlsException("error parsing X509 certificate/key pair: " + e.getMessage(), e);
        }
    }

    List<X509Certificate> chain() {
        return chain;
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }

    private String alias(boolean fits) {
        return fits ? ALIAS : null;
    }

    private boolean isOf(String... keyTypes) {
        return Arrays.asList(keyTypes).contains(key.getAlgorithm());
    }

    /** An empty list of issuers means that the peer accepts any. */
    private boolean isIssuedBy(Principal... issuers) {
        return issuers == null || issuers.length == 0 || chain.stream()
                .anyMatch(certificate -> Arrays.asList(issuers).contains(certificate.getIssuerX500Principal()));
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return alias(isOf(keyType));
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return alias(isOf(keyType));
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return alias(isOf(keyTypes) && isIssuedBy(issuers));
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return alias(isOf(keyTypes) && isIssuedBy(issuers));
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return isOf(keyType) ? new String[] {ALIAS} : null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return isOf(keyType) && isIssuedBy(issuers) ? new String[] {ALIAS} : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }
}
