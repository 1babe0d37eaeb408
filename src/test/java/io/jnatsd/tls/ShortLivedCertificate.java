package io.jnatsd.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A client certificate that expires soon, with its own authority; created by the JDK's keytool. */
public final class ShortLivedCertificate {
    private static final String PASSWORD = "password";
    private static final String[] STORE = {"-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore"};

    private final Path dir;
    private final Path store;

    /** @param seconds its validity from the time of creation */
    public ShortLivedCertificate(Path dir, int seconds) throws Exception {
        this.dir = dir;
        this.store = dir.resolve("short.p12");
        keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=short ca", "-ext", "bc:c");
        keytool("-genkeypair", "-alias", "leaf", "-keyalg", "EC", "-dname", "CN=short");
        keytool("-exportcert", "-rfc", "-alias", "ca", "-file", ca().toString());
        keytool("-certreq", "-alias", "leaf", "-file", dir.resolve("leaf.csr").toString());
        keytool("-gencert", "-rfc", "-alias", "ca", "-infile", dir.resolve("leaf.csr").toString(), "-outfile",
                dir.resolve("leaf.pem").toString(), "-startdate", "-1d+" + seconds + "S", "-validity", "1");
        keytool("-importcert", "-noprompt", "-alias", "leaf", "-file", dir.resolve("leaf.pem").toString());
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
                .toString(), arguments[0]));
        command.addAll(List.of(STORE));
        command.add(store.toString());
        command.addAll(List.of(arguments).subList(1, arguments.length));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0)
            throw new IOException(output);
    }

    /** Returns the authority's certificate, a PEM file. */
    public Path ca() {
        return dir.resolve("ca.pem");
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    public Instant end() throws Exception {
        return ((X509Certificate) keys().getCertificate("leaf")).getNotAfter().toInstant();
    }

    /** Returns a client that presents the certificate and trusts every server. */
    public SSLContext client() throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        KeyStore keys = keys();
        keys.deleteEntry("ca");
        own.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), new TrustManager[] {new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        }}, null);
        return context;
    }
}
