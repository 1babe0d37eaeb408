package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the official Java client and the JDK's WebSocket make of the server's WebSocket port. */
@Timeout(60)
class WebSocketClientTest {
    private static final Path CERTS = Path.of(System.getProperty("jnatsd.home", "."), "test-certs");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MANY = 100_000;

    private static void plain(OptionsBuilder o) {
        o.webSocketHost = "127.0.0.1";
        o.webSocketPort = -1;
    }

    private static void encrypted(OptionsBuilder o) {
        plain(o);
        o.webSocketTls = new TlsOptions(CERTS.resolve("server-cert.pem").toString(),
                CERTS.resolve("server-key.pem").toString(), "", false, false, Duration.ofSeconds(5), List.of(),
                List.of(), false, false);
    }

    private static ServerUnderTest start(boolean tls) throws Exception {
        Consumer<OptionsBuilder> change = tls ? WebSocketClientTest::encrypted : WebSocketClientTest::plain;
        return ServerUnderTest.start(change);
    }

    private static SSLContext trustingOurs() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = Files.newInputStream(CERTS.resolve("ca.pem"))) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static Connection connect(String url) throws Exception {
        return connect(url, new ErrorListener() { });
    }

    private static Connection connect(String url, ErrorListener errors) throws Exception {
        Options.Builder options = Options.builder().server(url).noReconnect().connectionTimeout(PATIENCE)
                .clientSideLimitChecks(false).errorListener(errors);
        if (url.startsWith("wss"))
            options.sslContext(trustingOurs());
        return Nats.connect(options.build());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesArriveInOrderFromPortToPort(boolean tls) throws Exception {
        try (ServerUnderTest server = start(tls); Connection tcp = connect(server.url());
                Connection ws = connect(server.webSocketUrl())) {
            pass(tcp, ws);
            pass(ws, tcp);
        }
    }

    /** Messages of up to 100 bytes that begin with their numbers. */
    private static void pass(Connection from, Connection to) throws Exception {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        int[] next = {0};
        Dispatcher reader = to.createDispatcher(message -> {
            ByteBuffer data = ByteBuffer.wrap(message.getData());
            if (data.getInt() != next[0]++)
                end.complete(next[0]);
            else if (next[0] == MANY)
                end.complete(0);
        });
        // The client would drop what it is too slow for.
        reader.setPendingLimits(MANY * 2L, MANY * 1000L);
        reader.subscribe("numbers");
        to.flush(PATIENCE);
        Random random = new Random(1);
        for (int i = 0; i < MANY; i++)
            from.publish("numbers", ByteBuffer.allocate(random.nextInt(4, 100)).putInt(0, i).array());
        from.flush(PATIENCE);
        assertEquals(0, end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the first message out of order");
        to.closeDispatcher(reader);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void payloadsOfAnySizeComeBackUnharmed(boolean tls) throws Exception {
        try (ServerUnderTest server = start(tls); Connection ws = connect(server.webSocketUrl())) {
            ws.createDispatcher(message -> ws.publish(message.getReplyTo(), message.getData())).subscribe("echo");
            for (int size : new int[] {0, 1, 100, 125, 126, 4096, 65_535, 65_536, 131_073, 1_048_576}) {
                byte[] data = new byte[size];
                new Random(size).nextBytes(data);
                assertArrayEquals(data, ws.request("echo", data, PATIENCE).getData());
            }
        }
    }

    @Test
    void theErrorTextReachesTheClient() throws Exception {
        Queue<String> errors = new ConcurrentLinkedQueue<>();
        try (ServerUnderTest server = start(false); Connection ws = connect(server.webSocketUrl(), new ErrorListener() {
            @Override
            public void errorOccurred(Connection connection, String error) {
                errors.add(error);
            }
        })) {
            ws.publish("too.large", new byte[1_048_577]);
            await().until(() -> errors.contains("Maximum Payload Violation"));
            await().until(() -> ws.getStatus() == Connection.Status.CLOSED);
        }
    }

    /** Gathers what comes, and answers nothing by itself. */
    private static final class Gathering implements WebSocket.Listener {
        private final StringBuffer text = new StringBuffer();
        private final CompletableFuture<String> pong = new CompletableFuture<>();
        private final CompletableFuture<String> closed = new CompletableFuture<>();
        private final AtomicReference<Throwable> error = new AtomicReference<>();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            text.append(US_ASCII.decode(data));
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
            pong.complete(US_ASCII.decode(data).toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable e) {
            error.set(e);
        }

        void expect(String end) {
            await(end).until(() -> text.toString().endsWith(end));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyWebSocketWillDo(boolean tls) throws Exception {
        Gathering got = new Gathering();
        try (ServerUnderTest server = start(tls)) {
            WebSocket ws = HttpClient.newBuilder().sslContext(trustingOurs()).build().newWebSocketBuilder()
                    .connectTimeout(PATIENCE).buildAsync(URI.create(server.webSocketUrl()), got).join();
            got.expect("} \r\n");
            ws.sendText("CONNECT {\"verbose\":false}\r\nSUB fo", false).join();
            ws.sendText("o 1\r\n", true).join();
            ws.sendPing(US_ASCII.encode("ping")).join();
            ws.sendBinary(US_ASCII.encode("PUB foo 5\r\nhello\r\n"), true).join();
            got.expect("MSG foo 1 5\r\nhello\r\n");
            assertEquals("ping", got.pong.get(5, TimeUnit.SECONDS));
            ws.sendClose(3000, "enough").join();
            assertEquals("3000", got.closed.get(5, TimeUnit.SECONDS).split(" ")[0]);
            assertNull(got.error.get());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorEndsInACleanClose(boolean tls) throws Exception {
        Gathering got = new Gathering();
        try (ServerUnderTest server = start(tls)) {
            WebSocket ws = HttpClient.newBuilder().sslContext(trustingOurs()).build().newWebSocketBuilder()
                    .connectTimeout(PATIENCE).buildAsync(URI.create(server.webSocketUrl()), got).join();
            got.expect("} \r\n");
            ws.sendText("PUB foo 2000000\r\n", true).join();
            assertEquals("1009 Maximum Message Payload Exceeded", got.closed.get(5, TimeUnit.SECONDS));
            got.expect("-ERR 'Maximum Payload Violation'\r\n");
            assertNull(got.error.get());
        }
    }
}
