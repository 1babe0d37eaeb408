package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.log.SteadyClock;
import io.jnatsd.protocol.ServerInfo;
import io.jnatsd.server.Server;
import io.jnatsd.tls.TlsContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpsTest {
    private static final Path CERTS = Path.of(System.getProperty("jnatsd.home"), "test-certs");

    private static TlsOptions tls(String cert, boolean verify) {
        return new TlsOptions(CERTS.resolve(cert + "-cert.pem").toString(), CERTS.resolve(cert + "-key.pem").toString(),
                verify ? CERTS.resolve("ca.pem").toString() : "", verify, false, Duration.ofSeconds(2), List.of(),
                List.of(), false, false);
    }

    private static SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(CERTS.resolve("ca.pem"))) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static HttpResponse<String> get(String url) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Creates a monitor without a server. */
    private static Monitor monitor(Supplier<TlsContext> certificate, Duration requestTime) throws IOException {
        ServerOptions options = TestMonitor.options(o -> {
            o.httpPort = 0;
            o.httpsPort = -1;
        });
        ServerState state = new ServerState(Log.silent(), options);
        state.info = new ServerInfo("ID", "name", "java", "127.0.0.1", 4222, false, false, false, false, 1024,
                List.of(), false, false, false, false, "");
        Monitor monitor = Monitor.create(new Views(new MonitoredServer(state, new Clients(state), "ID", "1", SteadyClock.millis(), () -> options, Instant::now,
                () -> "", List::of, () -> null)), new PasswordCheck(Duration.ofSeconds(1)), certificate, requestTime,
                Log.silent());
        monitor.listen(TestMonitor.ANY_PORT);
        monitor.serve();
        return monitor;
    }

    private static TlsContext context(String cert) throws IOException {
        try {
            return TlsContext.forClients(tls(cert, false), Clock.systemUTC());
        } catch (io.jnatsd.tls.TlsException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsNeedNoCertificateEvenWhereClientsDo(boolean verify) throws Exception {
        try (TestMonitor monitored = TestMonitor.start(o -> {
            o.tls = tls("server", verify);
            o.httpPort = 0;
            o.httpsPort = -1;
        })) {
            String url = monitored.server().monitorUrl();
            assertTrue(url.startsWith("https://127.0.0.1:"));
            HttpResponse<String> answer = get(url + "/varz");
            assertEquals("TLSv1.3", answer.sslSession().orElseThrow().getProtocol());
            assertEquals(-1, JsonParser.parseString(answer.body()).getAsJsonObject().get("https_port").getAsInt());
            assertEquals(200, get(url + "/connz?limit=1").statusCode());
        }
    }

    @Test
    void aBadCertificateKeepsTheServerFromStarting() {
        IOException e = assertThrows(IOException.class, () -> Server.start(TestMonitor.options(o -> {
            o.tls = tls("nobody", false);
            o.httpPort = 0;
            o.httpsPort = -1;
        })));
        assertTrue(e.getMessage().contains("nobody-cert.pem"), e.getMessage());
    }

    @Test
    void oldTlsAndPlainHttpAreRefused() throws Exception {
        AtomicReference<TlsContext> certificate = new AtomicReference<>(context("server"));
        try (Monitor monitor = monitor(certificate::get, Duration.ofSeconds(5))) {
            try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", monitor.port())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.startHandshake();
                assertEquals("TLSv1.2", socket.getSession().getProtocol());
            }
            assertTrue(List.of(certificate.get().monitorParameters().getProtocols()).stream()
                    .noneMatch(p -> p.equals("TLSv1.1")));
            try (Socket socket = new Socket("127.0.0.1", monitor.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write("GET /varz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertTrue(!answer.contains("server_id"), answer);
            }
        }
    }

    @Test
    void theNextConnectionGetsTheNewCertificate() throws Exception {
        AtomicReference<TlsContext> certificate = new AtomicReference<>(context("server"));
        try (Monitor monitor = monitor(certificate::get, Duration.ofSeconds(5))) {
            assertEquals("RSA", keyOf(monitor.url()));
            certificate.set(context("server-ec"));
            assertEquals("EC", keyOf(monitor.url()));
        }
    }

    private static String keyOf(String url) throws Exception {
        X509Certificate shown = (X509Certificate) get(url + "/varz").sslSession().orElseThrow()
                .getPeerCertificates()[0];
        return shown.getPublicKey().getAlgorithm();
    }

    @Test
    void unfinishedHandshakesAndRequestsAreClosed() throws Exception {
        AtomicReference<TlsContext> certificate = new AtomicReference<>(context("server"));
        try (Monitor monitor = monitor(certificate::get, Duration.ofSeconds(3));
                Socket silent = new Socket("127.0.0.1", monitor.port());
                SSLSocket half = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", monitor.port())) {
            silent.getOutputStream().write(22);
            half.startHandshake();
            half.getOutputStream().write("GET /var".getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, get(monitor.url() + "/varz").statusCode());
            silent.setSoTimeout(15_000);
            half.setSoTimeout(15_000);
            assertEquals(-1, silent.getInputStream().read());
            try {
                assertEquals(-1, half.getInputStream().read());
            } catch (SSLException e) {
                assertTrue(e.getMessage().contains("closed") || e.getMessage().contains("EOF"), e.getMessage());
            }
            assertEquals(200, get(monitor.url() + "/varz").statusCode());
        }
    }
}
