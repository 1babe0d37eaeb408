package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.protocol.TestNkey;
import io.jnatsd.tls.TestCerts;
import io.nats.client.AuthHandler;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The official Java client over TLS, and with keys instead of passwords. */
@Timeout(60)
class SecureJnatsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    static final User KEYED = new User("", "", TestNkey.PUBLIC, null, 0);
    private static final AuthHandler KEY = Nats.staticCredentials(null, TestNkey.SEED.toCharArray());
    private static final AuthHandler OTHER_KEY =
            Nats.staticCredentials(null, "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU".toCharArray());

    /** The client loads its cryptography while the server waits for the signature. */
    static void keyed(OptionsBuilder o) {
        o.users = List.of(KEYED);
        o.authTimeout = PATIENCE;
    }

    static void encrypted(OptionsBuilder o, boolean verify) {
        o.tls = new TlsOptions(TestCerts.file("server-cert.pem"), TestCerts.file("server-key.pem"),
                TestCerts.file("ca.pem"), verify, false, Duration.ofSeconds(5), List.of(), List.of(), false, false);
    }

    private static Connection connect(ServerUnderTest server, UnaryOperator<Options.Builder> change)
            throws IOException, InterruptedException {
        Options.Builder options = Options.builder().server(server.url()).noReconnect().connectionTimeout(PATIENCE)
                .errorListener(new ErrorListener() { });
        return Nats.connect(change.apply(options).build());
    }

    /** The client waits for a second, whatever the server says, so that all try at the same time. */
    @SafeVarargs
    private static void assertRefused(ServerUnderTest server, UnaryOperator<Options.Builder>... changes) {
        UnaryOperator<Options.Builder> hasty = o -> o.connectionTimeout(Duration.ofSeconds(1));
        Stream.of(changes).parallel().forEach(change -> assertThrows(IOException.class,
                () -> connect(server, o -> hasty.apply(change.apply(o)))));
    }

    private static void useIt(Connection nats) throws Exception {
        nats.createDispatcher(m -> nats.publish(m.getReplyTo(), m.getHeaders(), m.getData())).subscribe("echo");
        Subscription sub = nats.subscribe("large");
        nats.publish("large", new byte[1_000_000]);
        assertEquals(1_000_000, sub.nextMessage(PATIENCE).getData().length);
        Message echo = nats.request("echo", new Headers().add("Key", "value"), "hey".getBytes(UTF_8), PATIENCE);
        assertNotNull(echo);
        assertEquals("hey", new String(echo.getData(), UTF_8));
        assertEquals("value", echo.getHeaders().getFirst("Key"));
        assertEquals(null, nats.request("nobody", null, Duration.ofMinutes(10)));
    }

    @Test
    void overTlsEverythingWorks() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start(o -> encrypted(o, false));
                Connection nats = connect(server, o -> o.sslContext(client("ca.pem")))) {
            assertTrue(nats.getServerInfo().isTLSRequired());
            useIt(nats);
        }
    }

    @Test
    void theServersCertificateIsChecked() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start(o -> encrypted(o, false))) {
            assertRefused(server, o -> o.sslContext(client("wrong-ca.pem")), o -> o);
        }
    }

    @Test
    void aClientShowsACertificateWhereOneIsAskedFor() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start(o -> encrypted(o, true))) {
            try (Connection nats = connect(server,
                    o -> o.sslContext(client("ca.pem", "client-cert.pem", "client-key.pem")))) {
                useIt(nats);
            }
            assertRefused(server, o -> o.sslContext(client("ca.pem")),
                    o -> o.sslContext(client("ca.pem", "wrong-client-cert.pem", "wrong-client-key.pem")));
        }
    }

    @Test
    void aKeyLogsIn() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start(SecureJnatsTest::keyed)) {
            try (Connection nats = connect(server, o -> o.authHandler(KEY))) {
                useIt(nats);
            }
            assertRefused(server, o -> o.authHandler(OTHER_KEY), o -> o.userInfo(TestNkey.PUBLIC, "x"));
        }
    }

    @Test
    void aKeyLogsInOverTlsBesideOneWithAPassword() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.start(o -> {
            encrypted(o, false);
            o.users = List.of(new User("joe", "secret", "", null, 0), KEYED);
        });
                Connection keyed = connect(server, o -> o.sslContext(client("ca.pem")).authHandler(KEY));
                Connection joe = connect(server, o -> o.sslContext(client("ca.pem")).userInfo("joe", "secret"))) {
            useIt(keyed);
            useIt(joe);
        }
    }

    private static SSLContext client(String ca, String... certAndKey) {
        try {
            return TestCerts.client(ca, certAndKey);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
