package io.jnatsd;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.RawClient;
import io.jnatsd.server.SecuredServer;
import io.jnatsd.tls.TestCerts;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS as a program sets it, with the official Java client. */
@Timeout(120)
class NatsTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] NOTHING = {};
    private static final String PASSWORD = "secret";
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";

    private final SSLContext stranger = TestCerts.client("ca.pem");
    private final SSLContext known = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();

    NatsTlsTest() throws Exception {
    }

    /** Where the certificate and the authorities come from. */
    enum From {
        PEM {
            @Override
            NatsTls tls(String name) {
                return NatsTls.pem(file(name + "-cert.pem"), file(name + "-key.pem")).trust(file("ca.pem"));
            }
        },
        KEY_STORE {
            @Override
            NatsTls tls(String name) throws Exception {
                return NatsTls.keyStore(TestCerts.keyStore(name + "-cert.pem", name + "-key.pem", PASSWORD),
                        PASSWORD.toCharArray()).trust(TestCerts.trustStore("ca.pem"));
            }
        },
        CONTEXT {
            @Override
            NatsTls tls(String name) throws Exception {
                return NatsTls.context(TestCerts.client("ca.pem", name + "-cert.pem", name + "-key.pem"));
            }
        };

        private static Path file(String name) {
            return Path.of(TestCerts.file(name));
        }

        abstract NatsTls tls(String name) throws Exception;

        /** The time limit is that of a busy machine. */
        NatsTls server() throws Exception {
            return tls("server").timeout(PATIENCE);
        }
    }

    private Connection connect(String url, SSLContext context) throws IOException, InterruptedException {
        return Nats.connect(Options.builder().server(url).sslContext(context).noReconnect().connectionTimeout(PATIENCE)
                .errorListener(new ErrorListener() {
                    @Override
                    public void errorOccurred(Connection connection, String error) {
                        errors.add(error);
                    }
                }).build());
    }

    private static void exchange(Connection nats) throws Exception {
        Subscription subscription = nats.subscribe("a");
        nats.publish("a", new byte[100_000]);
        assertEquals(100_000, subscription.nextMessage(PATIENCE).getData().length);
    }

    private static RawClient upgraded(NatsServer server, SSLContext context) throws IOException {
        Socket raw = new Socket("127.0.0.1", server.port());
        RawClient plain = new RawClient(raw);
        plain.expect("INFO (\\{.*\\}) \r\n");
        return new RawClient(SecuredServer.upgrade(raw, context));
    }

    /** Returns the algorithm of the key of the certificate that a new connection is shown. */
    private String shown(NatsServer server) throws Exception {
        try (RawClient client = upgraded(server, stranger)) {
            client.send("CONNECT {\"verbose\":false}\r\n").roundTrip();
            return ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm();
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientsUseTlsOnEachPort(From from) throws Exception {
        try (NatsServer server = NatsServer.builder().tls(from.server()).webSocket().webSocketTls(from.server())
                .start()) {
            assertEquals("tls://127.0.0.1:" + server.port(), server.url());
            assertTrue(server.webSocketUrl().startsWith("wss://127.0.0.1:"), server.webSocketUrl());
            try (Connection nats = connect(server.url(), stranger);
                    Connection web = connect(server.webSocketUrl(), stranger)) {
                exchange(nats);
                exchange(web);
            }
            try (RawClient plain = RawClient.connect(server.port())) {
                plain.send("PING\r\n").expectEnd("-ERR 'Secure Connection - TLS Required'\r\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyClientsWithACertificateGetIn(From from) throws Exception {
        try (NatsServer server = NatsServer.builder().tls(from.server().verifyClients()).start();
                Connection nats = connect(server.url(), known)) {
            exchange(nats);
            assertThrows(IOException.class, () -> {
                RawClient client = upgraded(server, stranger);
                // In TLS 1.3 the client finishes the handshake before the server has checked its certificate.
                client.socket().getOutputStream().write('P');
                client.socket().getInputStream().read();
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateIsMappedToAUser(From from) throws Exception {
        NatsUser user = NatsUser.certificate("client@localhost").denyPublish("b");
        try (NatsServer server = NatsServer.builder().tls(from.server().mapUsers()).user(user).start();
                Connection nats = connect(server.url(), known)) {
            assertEquals("client@localhost", server.clients().getFirst().user());
            exchange(nats);
            nats.publish("b", NOTHING);
            await("the violation").until(() -> errors.contains("Permissions Violation for Publish to \"b\""));
            SSLContext joe = TestCerts.client("ca.pem", "subject-cert.pem", "subject-key.pem");
            try (RawClient other = upgraded(server, joe)) {
                other.send("CONNECT {\"verbose\":false}\r\n").expectEnd(VIOLATION);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReloadShowsAnotherCertificateAndKeepsClients(From from) throws Exception {
        try (NatsServer server = NatsServer.builder().tls(from.server())
                .webSocket().webSocketTls(From.KEY_STORE.server()).start(); Connection before = connect(server.url(), stranger)) {
            assertEquals("RSA", shown(server));
            NatsTls other = from.tls("server-ec").timeout(PATIENCE), web = From.KEY_STORE.tls("server-ec");
            server.reload(settings -> settings.tls(other).webSocketTls(web.timeout(PATIENCE)));
            assertEquals("EC", shown(server));
            try (Connection overWebSocket = connect(server.webSocketUrl(), stranger)) {
                exchange(overWebSocket);
            }
            exchange(before);
        }
    }

    @Test
    void aClientProvesItselfToAnotherContext() throws Exception {
        NatsTls first = From.CONTEXT.server().mapUsers(), second = From.CONTEXT.server().mapUsers();
        NatsUser user = NatsUser.certificate("client@localhost");
        try (NatsServer server = NatsServer.builder().tls(first).user(user).start();
                RawClient client = upgraded(server, known)) {
            client.send("CONNECT {\"verbose\":false}\r\n").roundTrip();
            server.reload(settings -> settings.user(user.denyPublish("b")));
            await("the new permissions").until(() -> {
                client.send("PUB b 0\r\n\r\nPING\r\n");
                return client.expect("(-ERR 'Permissions[^\r]*'\r\n)?PONG\r\n").group(1) != null;
            });
            server.reload(settings -> settings.tls(second).user(user));
            client.expectEnd(VIOLATION);
        }
    }

    @Test
    void clientsChooseOrBeginWithTls() throws Exception {
        try (NatsServer choice = NatsServer.builder().tls(From.PEM.server().allowPlain()).start();
                NatsServer first = NatsServer.builder().tls(From.PEM.server().handshakeFirst()).start()) {
            assertTrue(choice.url().startsWith("nats://"), choice.url());
            exchange(connect(choice.url(), stranger));
            try (RawClient plain = RawClient.open(choice.port())) {
                plain.send("PING\r\n").expect("INFO (\\{.*\\}) \r\n");
                plain.expectText("PONG\r\n");
            }
            try (Connection nats = Nats.connect(Options.builder().server(first.url()).sslContext(stranger).tlsFirst()
                    .connectionTimeout(PATIENCE).build())) {
                exchange(nats);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void serversOfAClusterShowEachOtherTheirCertificates(From from) throws Exception {
        NatsServerBuilder settings = NatsServer.builder().cluster("c").clusterTls(from.tls("route").timeout(PATIENCE));
        try (NatsServer one = settings.start();
                NatsServer two = settings.route(one).start();
                Connection subscriber = Nats.connect(one.url());
                Connection publisher = Nats.connect(two.url())) {
            Subscription subscription = subscriber.subscribe("a");
            await("interest").atMost(PATIENCE).until(() -> {
                publisher.publish("a", "x".getBytes(StandardCharsets.US_ASCII));
                return subscription.nextMessage(Duration.ofMillis(50)) != null;
            });
        }
    }

    @Test
    void aCertificateOfAKeyStoreThatHasExpiredIsLogged() throws Exception {
        Queue<String> log = new ConcurrentLinkedQueue<>();
        KeyStore expired = TestCerts.keyStore("expired-cert.pem", "expired-key.pem", PASSWORD);
        NatsServer.builder().tls(NatsTls.keyStore(expired, PASSWORD.toCharArray())).logTo(log::add).start().close();
        assertTrue(log.stream().anyMatch(line -> line.contains("[WRN] TLS certificate in the key store (")
                && line.contains(" expired on ")), log::toString);
        assertTrue(log.stream().noneMatch(line -> line.contains(PASSWORD)), log::toString);
    }

    @Test
    void valuesWithoutASenseAreRefusedAtOnce() throws Exception {
        NatsTls tls = From.PEM.server();
        assertEquals("the timeout of TLS must be longer than zero, but is PT0S",
                assertThrows(IllegalArgumentException.class, () -> tls.timeout(Duration.ZERO)).getMessage());
        assertEquals("an SSLContext has its own authorities, so trust has no effect on it",
                assertThrows(IllegalArgumentException.class, () -> From.CONTEXT.server().trust(Path.of("ca.pem")))
                        .getMessage());
        assertEquals("clusterTls: allowPlain is for the client port only", assertThrows(IllegalArgumentException.class,
                () -> NatsServer.builder().clusterTls(tls.allowPlain())).getMessage());
        assertEquals("webSocketTls: handshakeFirst is for the client port only",
                assertThrows(IllegalArgumentException.class,
                        () -> NatsServer.builder().webSocketTls(tls.handshakeFirst())).getMessage());
        assertEquals("NatsTls[key store]", From.KEY_STORE.server().toString());
    }
}
