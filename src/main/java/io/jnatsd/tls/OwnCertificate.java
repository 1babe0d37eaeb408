package io.jnatsd.tls;

import io.jnatsd.config.TlsIdentity;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

    /** Takes the one private key of a key store. */
    static OwnCertificate of(TlsIdentity.KeyEntry entry) throws TlsException {
        List<String> aliases = new ArrayList<>();
        String alias = "";
        try {
            for (String each : Collections.list(entry.store().aliases()))
                if (entry.store().entryInstanceOf(each, KeyStore.PrivateKeyEntry.class))
                    aliases.add(each);
            if (aliases.size() != 1)
                throw new TlsException("the key store must have one private key, but it has "
                        + (aliases.isEmpty() ? "none" : aliases.size() + ": " + String.join(", ", aliases)));
            alias = aliases.getFirst();
            PrivateKey key = (PrivateKey) entry.store().getKey(alias, entry.password());
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate each : entry.store().getCertificateChain(alias))
                chain.add((X509Certificate) each);
            if (!PrivateKeys.match(key, chain.getFirst().getPublicKey()))
                throw new TlsException("the key \"" + alias + "\" of the key store does not belong to its certificate");
            return new OwnCertificate(List.copyOf(chain), key);
        } catch (UnrecoverableKeyException e) {
            throw new TlsException("the password of the key \"" + alias + "\" in the key store is wrong", e);
        } catch (KeyStoreException e) {
            throw new TlsException("the key store has not been loaded", e);
        } catch (GeneralSecurityException | ClassCastException e) {
            throw new TlsException("the key \"" + alias + "\" of the key store cannot be used: " + e.getMessage(), e);
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
