package io.jnatsd;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.TlsIdentity;
import io.jnatsd.config.TlsTrust;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * TLS for a port of a {@link NatsServer}. Each method returns a changed copy.
 *
 * <pre>{@code
 * NatsServer server = NatsServer.builder()
 *         .tls(NatsTls.pem(Path.of("server-cert.pem"), Path.of("server-key.pem"))
 *                 .trust(Path.of("ca.pem"))
 *                 .verifyClients())
 *         .start();
 * }</pre>
 *
 * <p>Files and key stores are read when the server starts and at each {@link NatsServer#reload()}; what is wrong with
 * them is a {@link NatsServerException} with the reason {@code TLS}. {@code server.reload(s -> s.tls(...))} replaces a
 * certificate; clients stay connected.
 *
 * <p>The JDK cannot make a certificate, but its keytool can, for a test on this machine:
 *
 * <pre>
 * keytool -genkeypair -alias server -keyalg EC -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1 \
 *         -validity 3650 -keystore server.p12 -storepass secret
 * </pre>
 *
 * <pre>{@code
 * KeyStore store = KeyStore.getInstance(new File("server.p12"), "secret".toCharArray());
 * NatsServer server = NatsServer.builder().tls(NatsTls.keyStore(store, "secret".toCharArray())).start();
 * }</pre>
 *
 * <p>Threads: immutable.
 */
public final class NatsTls {
    private final TlsIdentity identity;
    private TlsTrust trust = new TlsTrust.CaFile("");
    private boolean verify;
    private boolean map;
    private boolean first;
    private boolean plain;
    private Duration timeout = OptionsBuilder.DEFAULT_TLS_TIMEOUT;

    private NatsTls(TlsIdentity identity) {
        this.identity = identity;
    }

    /** A copy, which is changed before anybody else sees it. */
    private NatsTls copy() {
        NatsTls copy = new NatsTls(identity);
        copy.trust = trust;
        copy.verify = verify;
        copy.map = map;
        copy.first = first;
        copy.plain = plain;
        copy.timeout = timeout;
        return copy;
    }

    /**
     * Returns TLS with a certificate and key from PEM files.
     *
     * @param certFile the certificate of the server, followed by those of intermediate authorities
     * @param keyFile its private key, RSA, EC or Ed25519, not encrypted
     * @return TLS that does not ask for client certificates
     */
    public static NatsTls pem(Path certFile, Path keyFile) {
        return new NatsTls(new TlsIdentity.PemFiles(certFile.toString(), keyFile.toString()));
    }

    /**
     * Returns TLS with the private key of a key store, and its certificates.
     *
     * @param store loaded, with one private key
     * @param password the password of the key, usually that of the store, too
     * @return TLS that does not ask for client certificates
     */
    public static NatsTls keyStore(KeyStore store, char[] password) {
        return new NatsTls(new TlsIdentity.KeyEntry(Objects.requireNonNull(store, "store"), password.clone()));
    }

    /**
     * Returns TLS with a context of the program, which determines certificate, authorities, protocols and cipher
     * suites. The server does not see the certificates in it, so it does not warn of those that expire. At a reload
     * with another context, it cannot check the certificates of connected clients again: those that were mapped to
     * users must connect again.
     *
     * @param context initialized, with a key for the server's side; for a cluster, with authorities, too
     * @return TLS that does not ask for client certificates
     */
    public static NatsTls context(SSLContext context) {
        try {
            context.createSSLEngine();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("the SSLContext has not been initialized", e);
        }
        return new NatsTls(new TlsIdentity.Context(context));
    }

    /**
     * Sets the authorities for {@link #verifyClients} and for clusters, instead of those of the JDK.
     *
     * @param store loaded; all its certificates are trusted
     * @return TLS with these authorities
     */
    public NatsTls trust(KeyStore store) {
        return trust(new TlsTrust.Certificates(Objects.requireNonNull(store, "store")));
    }

    /**
     * Sets the authorities for {@link #verifyClients} and for clusters, instead of those of the JDK.
     *
     * @param caFile their certificates as PEM
     * @return TLS with these authorities
     */
    public NatsTls trust(Path caFile) {
        return trust(new TlsTrust.CaFile(caFile.toString()));
    }

    private NatsTls trust(TlsTrust authorities) {
        if (identity instanceof TlsIdentity.Context)
            throw new IllegalArgumentException("an SSLContext has its own authorities, so trust has no effect on it");
        NatsTls copy = copy();
        copy.trust = authorities;
        return copy;
    }

    /**
     * Accepts only clients that have a certificate signed by a trusted authority.
     *
     * @return TLS that verifies clients
     */
    public NatsTls verifyClients() {
        NatsTls copy = copy();
        copy.verify = true;
        return copy;
    }

    /**
     * Verifies clients, and logs each in as the user that its certificate names, see {@link NatsUser#certificate}.
     *
     * @return TLS that maps certificates to users
     */
    public NatsTls mapUsers() {
        NatsTls copy = verifyClients();
        copy.map = true;
        return copy;
    }

    /**
     * Begins with TLS, before the server sends INFO. Clients must be configured to do the same.
     *
     * @return TLS that comes first
     */
    public NatsTls handshakeFirst() {
        NatsTls copy = copy();
        copy.first = true;
        return copy;
    }

    /**
     * Sets the time that a handshake may take.
     *
     * @param time longer than zero; 2 seconds by default
     * @return TLS with this limit
     */
    public NatsTls timeout(Duration time) {
        if (time.isZero() || time.isNegative())
            throw new IllegalArgumentException("the timeout of TLS must be longer than zero, but is " + time);
        NatsTls copy = copy();
        copy.timeout = time;
        return copy;
    }

    /**
     * Also accepts clients without TLS.
     *
     * @return TLS that is the choice of each client
     */
    public NatsTls allowPlain() {
        NatsTls copy = copy();
        copy.plain = true;
        return copy;
    }

    boolean allowsPlain() {
        return plain;
    }

    TlsOptions options() {
        return new TlsOptions(identity, trust, verify, map, timeout, List.of(), List.of(), first, false);
    }

    /** Returns the options of a port other than that for clients. */
    TlsOptions optionsWithoutChoice(String method) {
        if (plain || first)
            throw new IllegalArgumentException(method + ": " + (plain ? "allowPlain" : "handshakeFirst")
                    + " is for the client port only");
        return options();
    }

    /** Returns where the key comes from, without its password. */
    @Override
    public String toString() {
        return "NatsTls[" + switch (identity) {
            case TlsIdentity.PemFiles files -> files.certFile();
            case TlsIdentity.KeyEntry entry -> "key store";
            case TlsIdentity.Context context -> "SSLContext";
        } + "]";
    }
}
