package io.jnatsd.tls;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
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
 * What a {@code tls} block amounts to: our certificate, the authorities that we trust, the suites and curves in their
 * order; it layers TLS over connected sockets. Threads: immutable and shared; a reload builds another, and connections
 * keep the one that they began with.
 *
 * <p>The sockets that it returns never close the raw one, so that the plain {@code -ERR} can follow a failed handshake.
 * Whoever is done closes the raw socket: {@code SSLSocket.close()} would wait for the peer.
 */
public final class TlsContext {
    /** How long before its end a certificate is warned of. */
    private static final Duration EXPIRES_SOON = Duration.ofDays(30);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final OwnCertificate own;
    private final TlsPreferences preferences;
    private final boolean verify;
    private final SSLContext context;
    /** Null where no peer is verified. */
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

    /** For the client port and the HTTPS monitor: client certificates are asked for if the options say so. */
    public static TlsContext forClients(TlsOptions options, Clock clock) throws TlsException {
        return read(options, options.verify(), clock.instant());
    }

    /** For routes: both sides always show a certificate and verify the other's. */
    public static TlsContext forRoutes(TlsOptions options, Clock clock) throws TlsException {
        return read(options, true, clock.instant());
    }

    private static TlsContext read(TlsOptions options, boolean verify, Instant now) throws TlsException {
        List<String> warnings = new ArrayList<>();
        OwnCertificate own = OwnCertificate.read(options.certFile(), options.keyFile());
        own.chain().forEach(certificate -> warnOfDates(options.certFile(), certificate, now, warnings));
        List<X509Certificate> authorities = options.caFile().isEmpty() ? List.of()
                : authorities(options.caFile(), warnings);
        authorities.forEach(certificate -> warnOfDates(options.caFile(), certificate, now, warnings));
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

    private static List<X509Certificate> authorities(String file, List<String> warnings) throws TlsException {
        List<X509Certificate> authorities = PemFile.read(file).readableCertificates(warnings);
        if (authorities.isEmpty())
            throw new TlsException("failed to parse root ca certificate");
        return authorities;
    }

    /** No authorities: the JDK's own, which take 0.1 s to load, so only if a peer is to be verified. */
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

    /** Lines for the log: certificates out of their dates or soon to be, suites that Java lacks. */
    public List<String> warnings() {
        return warnings;
    }

    /** Whether both show the same certificate. */
    public boolean showsSameAs(TlsContext other) {
        return own.chain().equals(other.own.chain());
    }

    /** When the first certificate of our chain ends. */
    public Instant expires() {
        return own.chain().stream().map(c -> c.getNotAfter().toInstant()).min(Instant::compareTo).orElseThrow();
    }

    /** For the HTTPS monitor, with {@link #monitorParameters}. */
    public SSLContext context() {
        return context;
    }

    /** A copy of what the server side of a client or route connection negotiates with. */
    public SSLParameters parameters() {
        SSLParameters parameters = monitorParameters();
        parameters.setNeedClientAuth(verify);
        return parameters;
    }

    /** A copy of the same without client certificates, which the monitor never asks for. */
    public SSLParameters monitorParameters() {
        SSLParameters parameters = new SSLParameters(preferences.suites().toArray(String[]::new), PROTOCOLS);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNamedGroups(preferences.groups().toArray(String[]::new));
        return parameters;
    }

    /** The server's side over an accepted socket; see {@link TlsHandshake} for the handshake within a time. */
    public SSLSocket serverSocket(Socket raw) throws IOException {
        return serverSocket(raw, new byte[0]);
    }

    /** The same, where {@code consumed} has already been read from the socket, to look whether it begins TLS. */
    public SSLSocket serverSocket(Socket raw, byte[] consumed) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(raw,
                consumed.length == 0 ? null : new ByteArrayInputStream(consumed), false);
        tls.setUseClientMode(false);
        tls.setSSLParameters(parameters());
        return tls;
    }

    /**
     * The client's side over a dialled socket; the certificate that it is shown must be for this host, which may be an
     * IP address, in brackets or not.
     */
    public SSLSocket clientSocket(Socket raw, String host, int port) throws IOException {
        return clientSocket(raw, host, port, "");
    }

    /**
     * The same, where the certificate may be for another name instead. The JDK checks the name that the client asks for,
     * and the host only if that does not match.
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
     * Checks a client's certificates, if clients are verified. The JDK does so in a full handshake only: on a resumed
     * session it takes what was valid when the session began.
     */
    void checkClient(SSLSession session) throws SSLException {
        if (verify)
            check(session, trust::checkClientTrusted);
    }

    /** The same for the certificates of a server that was dialled. */
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
            // As the JDK says itself where the suite does not tell.
            check.accept(chain, "UNKNOWN");
        } catch (CertificateException e) {
            throw new SSLHandshakeException(e.getMessage());
        }
    }

    /** Whether a client may ask for this name. */
    public static boolean isHostName(String text) {
        try {
            new SNIHostName(text);
            return true;
        } catch (IllegalArgumentException e) {
            // For example with an underscore: no certificate is for such a name.
            return false;
        }
    }

    /** One handshake in memory, so that the first client does not wait for classes to load; takes under a second. */
    public void warmUp() throws IOException, GeneralSecurityException {
        TlsWarmUp.run(context, monitorParameters(), own.leaf());
    }

    /** The version as the log and /connz print it: {@code 1.2}, {@code 1.3}. */
    public static String version(SSLSession session) {
        String protocol = session.getProtocol();
        return protocol.startsWith("TLSv") ? protocol.substring("TLSv".length()) : protocol;
    }

    /** {@code TLS version 1.3, cipher suite TLS_AES_128_GCM_SHA256}. */
    public static String describe(SSLSession session) {
        return "TLS version " + version(session) + ", cipher suite " + session.getCipherSuite();
    }
}
