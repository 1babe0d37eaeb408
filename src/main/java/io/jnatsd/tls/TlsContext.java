package io.jnatsd.tls;

import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.TlsIdentity;
import io.jnatsd.config.TlsTrust;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The TLS settings of a {@code tls} block: the certificate of this server, the trusted authorities, and the cipher
 * suites and curves in their order. It creates TLS sockets over connected sockets. Threads: immutable and shared; a
 * reload creates a new one, and connections keep the one that they began with.
 *
 * <p>The TLS sockets do not close the raw socket, so that the plain {@code -ERR} can be sent after a failed handshake.
 * The caller closes the raw socket, because {@code SSLSocket.close()} would wait for the peer.
 */
public final class TlsContext {
    /** A certificate that expires within this time causes a warning. */
    private static final Duration EXPIRES_SOON = Duration.ofDays(30);
    /** Where a certificate is that is in no file. */
    private static final String KEY_STORE = "the key store";
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /** What a session is marked with if only its context can verify the client. */
    private static final String VERIFIED_BY = "io.jnatsd.verified-by";

    /** Null if the context is that of an embedding program, as the preferences. */
    private final OwnCertificate own;
    private final TlsPreferences preferences;
    private final boolean verify;
    private final SSLContext context;
    /** Null if peers are not verified, or by the context of an embedding program only. */
    private final X509TrustManager trust;
    private final List<String> warnings;

    private TlsContext(OwnCertificate own, TlsPreferences preferences, boolean verify, SSLContext context,
            X509TrustManager trust, List<String> warnings) {
        this.own = own;
        this.preferences = preferences;
        this.verify = verify;
        this.context = context;
        this.trust = trust;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Returns the settings of the client port and the HTTPS monitor; client certificates are requested if the options
     * say so.
     */
    public static TlsContext forClients(TlsOptions options, Clock clock) throws TlsException {
        return read(options, options.verify(), clock.instant());
    }

    /** Returns the settings of routes: both sides present a certificate and verify that of the other side. */
    public static TlsContext forRoutes(TlsOptions options, Clock clock) throws TlsException {
        return read(options, true, clock.instant());
    }

    private static TlsContext read(TlsOptions options, boolean verify, Instant now) throws TlsException {
        return switch (options.identity()) {
            case TlsIdentity.PemFiles files -> of(OwnCertificate.read(files.certFile(), files.keyFile()),
                    files.certFile(), options, verify, now);
            case TlsIdentity.KeyEntry entry -> of(OwnCertificate.of(entry), KEY_STORE, options, verify, now);
            case TlsIdentity.Context given -> new TlsContext(null, null, verify, given.context(), null, List.of());
        };
    }

    private static TlsContext of(OwnCertificate own, String place, TlsOptions options, boolean verify, Instant now)
            throws TlsException {
        List<String> warnings = new ArrayList<>();
        own.chain().forEach(certificate -> warnOfDates(place, certificate, now, warnings));
        List<X509Certificate> authorities = authorities(options.trust(), warnings);
        String trustPlace = options.caFile().isEmpty() ? KEY_STORE : options.caFile();
        authorities.forEach(certificate -> warnOfDates(trustPlace, certificate, now, warnings));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trust = trust(authorities, verify);
            context.init(new KeyManager[] {own}, trust, null);
            Set<String> supported = Set.of(context.getSupportedSSLParameters().getCipherSuites());
            TlsPreferences preferences = TlsPreferences.of(options.cipherSuites(), options.curvePreferences(),
                    supported, warnings);
            if (own.leaf().getPublicKey() instanceof ECPublicKey key)
                preferences = preferences.withCurveOf(key);
            return new TlsContext(own, preferences, verify, context,
                    trust.length == 0 ? null : (X509TrustManager) trust[0], warnings);
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Returns none for those of the JDK. */
    private static List<X509Certificate> authorities(TlsTrust trust, List<String> warnings) throws TlsException {
        if (trust.equals(new TlsTrust.CaFile("")))
            return List.of();
        List<X509Certificate> authorities = switch (trust) {
            case TlsTrust.CaFile ca -> PemFile.read(ca.file()).readableCertificates(warnings);
            case TlsTrust.Certificates given -> certificates(given.store());
        };
        if (authorities.isEmpty())
            throw new TlsException(trust instanceof TlsTrust.CaFile ? "failed to parse root ca certificate"
                    : "the key store with the trusted authorities has no certificate");
        return authorities;
    }

    private static List<X509Certificate> certificates(KeyStore store) throws TlsException {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (String alias : Collections.list(store.aliases()))
                if (store.getCertificate(alias) instanceof X509Certificate certificate)
                    certificates.add(certificate);
            return certificates;
        } catch (KeyStoreException e) {
            throw new TlsException("the key store with the trusted authorities has not been loaded", e);
        }
    }

    /**
     * Without configured authorities the JDK's own are used. Loading them takes 0.1 s, so it is only done if peers are
     * verified.
     */
    private static TrustManager[] trust(List<X509Certificate> authorities, boolean verify)
            throws GeneralSecurityException, IOException {
        if (authorities.isEmpty() && !verify)
            return new TrustManager[0];
        KeyStore store = null;
        if (!authorities.isEmpty()) {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++)
                store.setCertificateEntry("ca-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static void warnOfDates(String file, X509Certificate certificate, Instant now, List<String> warnings) {
        Instant from = certificate.getNotBefore().toInstant(), until = certificate.getNotAfter().toInstant();
        String name = "TLS certificate in " + file + " (" + certificate.getSubjectX500Principal().getName() + ")";
        if (until.isBefore(now))
            warnings.add(name + " expired on " + day(until));
        else if (from.isAfter(now))
            warnings.add(name + " is not valid before " + day(from));
        else if (until.isBefore(now.plus(EXPIRES_SOON)))
            warnings.add(name + " expires on " + day(until) + ", in " + Duration.between(now, until).toDays()
                    + " days");
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /**
     * Returns warnings for the log: certificates that are expired, not valid yet or expire soon, and unsupported cipher
     * suites.
     */
    public List<String> warnings() {
        return warnings;
    }

    /** Returns whether both have the same certificate. */
    public boolean showsSameAs(TlsContext other) {
        return own == null || other.own == null ? context == other.context : own.chain().equals(other.own.chain());
    }

    /** Returns the earliest expiry date in the chain of this server; not for the context of a program. */
    Instant expires() {
        return own.chain().stream().map(c -> c.getNotAfter().toInstant()).min(Instant::compareTo).orElseThrow();
    }

    /** Returns the context for the HTTPS monitor, to be used with {@link #monitorParameters}. */
    public SSLContext context() {
        return context;
    }

    /** Returns a copy of the parameters for the server side of a client or route connection. */
    public SSLParameters parameters() {
        SSLParameters parameters = monitorParameters();
        parameters.setNeedClientAuth(verify);
        return parameters;
    }

    /** Returns a copy of the parameters without client certificates, which the monitor never requests. */
    public SSLParameters monitorParameters() {
        if (preferences == null)
            return context.getDefaultSSLParameters();
        SSLParameters parameters = new SSLParameters(preferences.suites().toArray(String[]::new), PROTOCOLS);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNamedGroups(preferences.groups().toArray(String[]::new));
        return parameters;
    }

    /** Returns the server side over an accepted socket; {@link TlsHandshake} does the handshake with a timeout. */
    public SSLSocket serverSocket(Socket raw) throws IOException {
        return serverSocket(raw, new byte[0]);
    }

    /** Returns the server side; {@code consumed} was already read from the socket to detect TLS. */
    public SSLSocket serverSocket(Socket raw, byte[] consumed) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw,
                consumed.length == 0 ? null : new ByteArrayInputStream(consumed), false);
        tls.setUseClientMode(false);
        tls.setSSLParameters(parameters());
        return tls;
    }

    /**
     * Returns the client side over a dialled socket. The server's certificate must be for this host, which may be an IP
     * address, with or without brackets.
     */
    public SSLSocket clientSocket(Socket raw, String host, int port) throws IOException {
        return clientSocket(raw, host, port, "");
    }

    /**
     * Returns the client side; the server's certificate may be for {@code otherName} instead of the host. The JDK
     * checks the name in the SNI extension, and the host if that does not match.
     *
     * @param otherName empty for none
     */
    public SSLSocket clientSocket(Socket raw, String host, int port, String otherName) throws IOException {
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw, name, port, false);
        SSLParameters parameters = tls.getSSLParameters();
        SSLParameters ours = monitorParameters();
        parameters.setProtocols(ours.getProtocols());
        parameters.setCipherSuites(ours.getCipherSuites());
        parameters.setNamedGroups(ours.getNamedGroups());
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!otherName.isEmpty())
            parameters.setServerNames(List.of(new SNIHostName(otherName)));
        tls.setSSLParameters(parameters);
        return tls;
    }

    /**
     * Checks a client's certificates, if clients are verified. The JDK does this in a full handshake only; for a
     * resumed session it does not check again. A context of an embedding program cannot be asked to check.
     */
    void checkClient(SSLSession session) throws SSLException {
        if (verify && trust != null)
            check(session, trust::checkClientTrusted);
        else if (verify)
            session.putValue(VERIFIED_BY, context);
    }

    /** Returns whether the client certificates of an earlier handshake would still be accepted. */
    boolean trusts(SSLSession session) {
        if (verify && trust == null)
            return session.getValue(VERIFIED_BY) == context;
        try {
            checkClient(session);
            return true;
        } catch (SSLException e) {
            return false;
        }
    }

    /** Checks the certificates of a server that was dialled, in the same way. */
    void checkServer(SSLSession session) throws SSLException {
        if (trust != null)
            check(session, trust::checkServerTrusted);
    }

    private interface ChainCheck {
        void accept(X509Certificate[] chain, String authType) throws CertificateException;
    }

    private static void check(SSLSession session, ChainCheck check) throws SSLException {
        try {
            X509Certificate[] chain = Arrays.copyOf(session.getPeerCertificates(), session.getPeerCertificates().length,
                    X509Certificate[].class);
            // The JDK passes this value too if the cipher suite does not determine the key exchange.
            check.accept(chain, "UNKNOWN");
        } catch (CertificateException e) {
            throw new SSLHandshakeException(e.getMessage());
        }
    }

    /** Returns whether a name can be used in the SNI extension. */
    public static boolean isHostName(String text) {
        try {
            new SNIHostName(text);
            return true;
        } catch (IllegalArgumentException e) {
            // For example a name with an underscore, which no certificate can be for.
            return false;
        }
    }

    /**
     * Does a handshake in memory, so that the classes are loaded before the first client connects. Takes less than a
     * second.
     */
    public void warmUp() throws IOException, GeneralSecurityException {
        if (own != null)
            TlsWarmUp.run(context, monitorParameters(), own.leaf());
    }

    /** Returns the version for the log and /connz: {@code 1.2}, {@code 1.3}. */
    public static String version(SSLSession session) {
        String protocol = session.getProtocol();
        return protocol.startsWith("TLSv") ? protocol.substring("TLSv".length()) : protocol;
    }

    /** Returns {@code TLS version 1.3, cipher suite TLS_AES_128_GCM_SHA256}. */
    public static String describe(SSLSession session) {
        return "TLS version " + version(session) + ", cipher suite " + session.getCipherSuite();
    }
}
