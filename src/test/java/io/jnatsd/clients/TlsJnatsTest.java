package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.server.SecuredServer;
import io.jnatsd.tls.TestCerts;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official Java client over TLS, with and without a certificate of its own. */
@Timeout(60)
class TlsJnatsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String FILES = "cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\"";
    private static final String VERIFY = ", ca_file: \"CERTS/ca.pem\", verify: true";

    private SecuredServer server;

    private void start(String more, String... top) throws Exception {
        server = SecuredServer.start("tls { " + FILES + more + " }\n" + String.join("\n", top));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Connection connect(String scheme, SSLContext context, UnaryOperator<Options.Builder> change)
            throws IOException, InterruptedException {
        Options.Builder options = Options.builder().server(scheme + "://localhost:" + server.port()).noReconnect()
                .connectionTimeout(PATIENCE).errorListener(new ErrorListener() { });
        return Nats.connect(change.apply(context == null ? options : options.sslContext(context)).build());
    }

    /** A request with its answer, and a message that takes many TLS records. */
    private static void talk(Connection nats) throws Exception {
        nats.createDispatcher(m -> nats.publish(m.getReplyTo(), m.getData())).subscribe("echo");
        Message answer = nats.request("echo", "hello".getBytes(US_ASCII), PATIENCE);
        assertEquals("hello", new String(answer.getData(), US_ASCII));
        byte[] large = new byte[300_000];
        new Random(1).nextBytes(large);
        Subscription sub = nats.subscribe("large");
        for (int i = 0; i < 2; i++)
            nats.publish("large", large);
        for (int i = 0; i < 2; i++)
            assertArrayEquals(large, sub.nextMessage(PATIENCE).getData());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "nats"})
    void aClientThatTrustsTheServerTalks(String scheme) throws Exception {
        start("");
        try (Connection nats = connect(scheme, TestCerts.client("ca.pem"), o -> o)) {
            talk(nats);
            assertTrue(nats.getServerInfo().isTLSRequired());
        }
    }

    @Test
    void aClientWithACertificateTalks() throws Exception {
        start(VERIFY, "authorization { user: derek, password: secret }");
        SSLContext known = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");
        try (Connection nats = connect("tls", known, o -> o.userInfo("derek", "secret"))) {
            talk(nats);
        }
    }

    @Test
    void aClientWithoutACertificateIsRefusedWhereOneIsAskedFor() throws Exception {
        start(VERIFY);
        SSLContext unknown = TestCerts.client("ca.pem"),
                wrong = TestCerts.client("ca.pem", "wrong-client-cert.pem", "wrong-client-key.pem");
        UnaryOperator<Options.Builder> impatient = o -> o.connectionTimeout(Duration.ofSeconds(2));
        assertThrows(IOException.class, () -> connect("tls", unknown, impatient));
        assertThrows(IOException.class, () -> connect("tls", wrong, impatient));
    }

    @Test
    void aClientThatDoesNotTrustTheServerGoesAway() throws Exception {
        start("");
        SSLContext other = TestCerts.client("wrong-ca.pem");
        assertThrows(IOException.class, () -> connect("tls", other, o -> o));
    }

    @Test
    void aClientThatBeginsWithTlsTalksWhereTheServerDoes() throws Exception {
        start(", handshake_first: true");
        try (Connection nats = connect("tls", TestCerts.client("ca.pem"), Options.Builder::tlsFirst)) {
            talk(nats);
        }
    }

    @Test
    void withAllowNonTlsBothKindsTalkToEachOther() throws Exception {
        start("", "allow_non_tls: true");
        try (Connection secure = connect("tls", TestCerts.client("ca.pem"), o -> o);
                Connection plain = connect("nats", null, o -> o)) {
            talk(secure);
            talk(plain);
            Subscription sub = secure.subscribe("news");
            secure.flush(PATIENCE);
            plain.publish("news", "a".getBytes(US_ASCII));
            assertEquals("a", new String(sub.nextMessage(PATIENCE).getData(), US_ASCII));
        }
    }

    @Test
    void aRenewedCertificateDisconnectsNobody() throws Exception {
        start("");
        try (Connection nats = connect("tls", TestCerts.client("ca.pem"), o -> o)) {
            server.reload("tls { cert_file: \"CERTS/server-ec-cert.pem\", key_file: \"CERTS/server-ec-key.pem\" }");
            talk(nats);
            try (Connection next = connect("tls", TestCerts.client("ca.pem"), o -> o)) {
                talk(next);
            }
        }
    }
}
