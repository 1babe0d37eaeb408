package io.jnatsd.server;

import static io.jnatsd.server.SecuredServer.connectLine;
import static io.jnatsd.server.SecuredServer.userAndPass;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify_and_map} logs a client in as the user that its certificate names. */
@Timeout(60)
class CertificateLoginTest {
    private static final String VIOLATION = "-ERR 'Authorization Violation'\r\n";
    private static final String TLS = "tls { cert_file: \"CERTS/server-cert.pem\", key_file: \"CERTS/server-key.pem\","
            + " ca_file: \"CERTS/ca.pem\", timeout: 30, verify_and_map: true }\n";
    private static final String VERIFY = TLS.replace("verify_and_map", "verify");
    private static final String CLIENT = "{ user: \"client@localhost\", permissions: { publish: mine } }";
    private static final String JOE = "{ user: \"C=US, O=Acme, OU=dev, CN=joe\" }";
    private static final String BOB = "{ user: bob, password: b }";

    private final SSLContext client = TestCerts.client("ca.pem", "client-cert.pem", "client-key.pem");
    private final SSLContext joe = TestCerts.client("ca.pem", "subject-cert.pem", "subject-key.pem");
    private final SSLContext nobody = TestCerts.client("ca.pem", "named-cert.pem", "named-key.pem");
    private SecuredServer server;

    CertificateLoginTest() throws Exception {
    }

    private static String users(String... entries) {
        return "authorization { users: [ " + String.join(", ", entries) + " ] }\n";
    }

    private void start(String... config) throws Exception {
        server = SecuredServer.start(String.join("", config));
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null)
            server.close();
    }

    private RawClient login(SSLContext context, String credentials, String... protocol) throws IOException {
        return server.connectTls(context, protocol).send(connectLine(credentials));
    }

    @Test
    void aClientIsTheUserThatItsCertificateNames() throws Exception {
        start(TLS, users(CLIENT, JOE), "http: \"127.0.0.1:-1\"");
        RawClient one = login(client, "").roundTrip();
        one.send("PUB mine 1\r\nx\r\nPUB other 1\r\nx\r\n")
                .expectText("-ERR 'Permissions Violation for Publish to \"other\"'\r\n");
        RawClient two = login(joe, "").roundTrip();
        two.send("SUB other 1\r\nPUB other 1\r\nx\r\n").expectText("MSG other 1 1\r\nx\r\n");
        assertTrue(server.log().contains("[ERR] cid:1 - Publish Violation - User \"client@localhost\","
                + " Subject \"other\""), server.log()::toString);
        String connz = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(server.server().monitorUrl()
                + "/connz?auth=1&sort=cid")).build(), HttpResponse.BodyHandlers.ofString()).body();
        assertTrue(connz.contains("\"client@localhost\"") && connz.contains("\"C=US, O=Acme, OU=dev, CN=joe\""), connz);
    }

    @Test
    void aCertificateThatNamesNoUserIsNoLogin() throws Exception {
        start(TLS, users(CLIENT, BOB), "no_auth_user: bob");
        login(nobody, "").expectEnd(VIOLATION);
        login(nobody, userAndPass("bob", "b")).expectEnd(VIOLATION);
        server.connectTls(nobody).send("PING\r\n").expectEnd(VIOLATION);
        server.awaitLog("[ERR] cid:1 - Authorization Error - User \"\", certificate \"EMAILADDRESS=joe@example.org,"
                + "CN=José Müller,OU=dev+UID=42,O=Acme  Inc\\\\, Ltd.,DC=example,DC=org\"");
        login(client, userAndPass("bob", "b")).expectEnd(VIOLATION);
        login(client, "\"user\":\"bob\"").send("PUB other 1\r\nx\r\n")
                .expectText("-ERR 'Permissions Violation for Publish to \"other\"'\r\n");
    }

    @Test
    void aClientWithoutACertificateHasNoWayIn() throws Exception {
        start(TLS, users(CLIENT, BOB), "allow_non_tls: true\nno_auth_user: bob");
        assertThrows(IOException.class, () -> login(TestCerts.client("ca.pem"), "", "TLSv1.2"));
        server.tryLogin(userAndPass("bob", "b")).expectEnd(VIOLATION);
        server.tryLogin("\"user\":\"client@localhost\"").expectEnd(VIOLATION);
        server.connect().send("PING\r\n").expectEnd(VIOLATION);
        SSLContext stranger = TestCerts.client("ca.pem", "wrong-client-cert.pem", "wrong-client-key.pem");
        assertThrows(IOException.class, () -> login(stranger, "", "TLSv1.2"));
        login(client, "").roundTrip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aResumedSessionIsTheSameUser(String protocol) throws Exception {
        start(TLS, users(CLIENT));
        for (int i = 0; i < 3; i++)
            login(client, "", protocol).roundTrip().send("PUB other 1\r\nx\r\n")
                    .expectText("-ERR 'Permissions Violation for Publish to \"other\"'\r\n");
    }

    @Test
    void aReloadOfTheUsersTakesEffect() throws Exception {
        start(TLS, users(CLIENT, JOE));
        RawClient one = login(client, "").roundTrip(), two = login(joe, "").roundTrip();
        server.reload(TLS + users("{ user: \"client@localhost\", permissions: { publish: other } }"));
        two.expectEnd(VIOLATION);
        one.send("PUB mine 1\r\nx\r\n").expectText("-ERR 'Permissions Violation for Publish to \"mine\"'\r\n");
        one.roundTrip();
    }

    @Test
    void aReloadMaySwitchItOnAndOff() throws Exception {
        start(VERIFY, users("{ user: \"client@localhost\", password: c }"));
        RawClient one = login(client, userAndPass("client@localhost", "c")).roundTrip();
        RawClient two = login(nobody, userAndPass("client@localhost", "c")).roundTrip();
        server.reload(TLS + users("{ user: \"client@localhost\", password: c }"));
        two.expectEnd(VIOLATION);
        one.roundTrip();
        server.reload(TLS + users(CLIENT));
        one.expectEnd(VIOLATION);
        RawClient three = login(client, "").roundTrip();
        server.reload(VERIFY + users(BOB));
        three.expectEnd(VIOLATION);
        login(client, "").expectEnd(VIOLATION);
        login(client, userAndPass("bob", "b")).roundTrip();
    }

    /** The certificate is accepted by an authority, but the new users do not include it. */
    @Test
    void aClientThatIsJudgedAgainNeedsACertificateThatIsStillTrusted() throws Exception {
        start(VERIFY, users("{ user: \"client@localhost\", password: c }"));
        RawClient one = login(client, userAndPass("client@localhost", "c")).roundTrip();
        server.reload(TLS.replace("/ca.pem", "/wrong-ca.pem") + users("{ user: \"client@localhost\", password: c }"));
        one.expectEnd(VIOLATION);
    }

    @Test
    void norIsACertificateThatWasTrustedInTheHandshakeEnough() throws Exception {
        start(VERIFY, users("{ user: \"client@localhost\", password: c }"));
        RawClient between = server.connectTls(client);
        server.reload(TLS.replace("/ca.pem", "/wrong-ca.pem") + users(CLIENT));
        between.send(connectLine("")).expectEnd(VIOLATION);
    }

    private RawWebSocket webSocket(SSLContext context) throws IOException {
        RawWebSocket opened = new RawWebSocket(SecuredServer.upgrade(RawWebSocket.socket(server.server()), context));
        opened.upgrade().frame(0x82);
        return opened;
    }

    private void assertLogin(SSLContext context, String credentials, String answer) throws IOException {
        try (RawWebSocket opened = webSocket(context)) {
            String frame = opened.send(connectLine(credentials) + "PING\r\n").frame(0x82);
            assertTrue(frame.startsWith(answer), frame);
        }
    }

    @Test
    void overWebSocketItIsTheTlsBlockThereThatSays() throws Exception {
        start(VERIFY, "websocket { listen: \"127.0.0.1:-1\", ", TLS, "}\n", users(CLIENT, BOB));
        assertLogin(client, "", "PONG");
        assertLogin(client, userAndPass("bob", "b"), VIOLATION);
        assertLogin(nobody, "", VIOLATION);
        login(client, "").expectEnd(VIOLATION);
        login(client, "\"user\":\"client@localhost\"").expectEnd(VIOLATION);
        login(client, userAndPass("bob", "b")).roundTrip();
        stop();
        start(TLS, "websocket { listen: \"127.0.0.1:-1\", ", VERIFY, "}\n", users(CLIENT, BOB));
        assertLogin(client, "", VIOLATION);
        assertLogin(client, "\"user\":\"client@localhost\"", VIOLATION);
        assertLogin(client, userAndPass("bob", "b"), "PONG");
        login(client, "").roundTrip();
    }
}
