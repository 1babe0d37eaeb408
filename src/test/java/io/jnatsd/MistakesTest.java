package io.jnatsd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.NatsServerException.Reason;
import io.jnatsd.tls.TestCerts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Typical mistakes of programs that embed the server: each gives one exception that says what is wrong. */
@Timeout(60)
class MistakesTest {
    private static final String PAIR = "error parsing X509 certificate/key pair: ";

    /** What follows the first name in a message that is another one in this test. */
    private static final String SAMPLE = "(127\\.0\\.0\\.1:4222|nats.conf|cert.pem|no-such-host|10s|\"server\"|\"CN=joe).*";

    @TempDir
    private Path dir;

    private static void fails(Reason reason, String message, NatsServerBuilder settings) {
        // A server that starts by mistake is closed.
        fails(reason, message, () -> settings.start().close());
    }

    private static void fails(Reason reason, String message, Executable mistake) {
        NatsServerException e = assertThrows(NatsServerException.class, mistake);
        assertEquals(message, e.getMessage());
        assertEquals(reason, e.reason());
        assertFalse(message.contains("io.jnatsd") || message.contains("Exception"), message);
    }

    private static void isRefused(Class<? extends RuntimeException> type, String message, Executable mistake) {
        assertEquals(message, assertThrows(type, mistake).getMessage());
    }

    private static Path file(String name) {
        return Path.of(TestCerts.file(name));
    }

    private static NatsTls pem() {
        return NatsTls.pem(file("server-cert.pem"), file("server-key.pem"));
    }

    @Test
    void aPortThatIsTaken() {
        NatsServerBuilder any = NatsServer.builder();
        try (NatsServer first = any.start()) {
            String taken = "cannot listen on 127.0.0.1:" + first.port() + ": address already in use";
            fails(Reason.PORT_IN_USE, taken, NatsServer.builder().port(first.port()));
            fails(Reason.PORT_IN_USE, taken, NatsServer.builder().monitoring(first.port()));
            fails(Reason.PORT_IN_USE, taken, NatsServer.builder().webSocket(first.port()));
            fails(Reason.PORT_IN_USE, taken, NatsServer.builder().cluster("c", first.port()));
            any.port(first.port());
        }
        try (NatsServer first = any.start()) {
            fails(Reason.PORT_IN_USE, "cannot listen on 127.0.0.1:" + first.port() + ": address already in use", any);
        }
    }

    @Test
    void anAddressThatIsNotOfThisMachine() {
        fails(Reason.INPUT_OUTPUT, "cannot listen on 192.0.2.1: cannot assign requested address",
                NatsServer.builder().host("192.0.2.1"));
        fails(Reason.INPUT_OUTPUT, "cannot listen: lookup no-such-host.invalid: no such host",
                NatsServer.builder().host("no-such-host.invalid"));
    }

    @Test
    void aConfigurationThatIsWrong() {
        fails(Reason.CONFIGURATION,
                "configText:2:14: expected an integer for \"max_payload\", but got the string \"lots\"\n"
                + "configText:3:11: \"ping_max\" is out of range: expected 0 to 2147483647, but got -1",
                NatsServer.builder().configText("port: 4222\nmax_payload: lots\nping_max: -1"));
        fails(Reason.CONFIGURATION,
                "configText:1:11: this '[' is not closed: expected ']' before the end of the file",
                NatsServer.builder().configText("max_conn: ["));
    }

    @Test
    void aConfigurationFileThatIsMissing() {
        Path missing = dir.resolve("nats.conf");
        fails(Reason.CONFIGURATION, "error opening config file: open " + missing + ": no such file or directory",
                NatsServer.builder().config(missing));
    }

    @Test
    void aLogFileInAFolderThatIsMissing() {
        Path missing = dir.resolve("no/nats.log");
        fails(Reason.INPUT_OUTPUT, "error opening file: open " + missing + ": no such file or directory",
                NatsServer.builder().configText("log_file: \"" + missing + "\""));
    }

    @Test
    void aServerThatIsClosed() {
        NatsServer server = NatsServer.start();
        server.close();
        String closed = "this NATS server is closed";
        isRefused(IllegalStateException.class, closed, server::url);
        isRefused(IllegalStateException.class, closed, server::reload);
        isRefused(IllegalStateException.class, closed, server::restart);
        isRefused(IllegalStateException.class, closed, server::lameDuck);
        isRefused(IllegalStateException.class, closed, () -> NatsServer.builder().cluster("c").route(server));
    }

    @Test
    void aPortThatIsNotOpen() {
        try (NatsServer server = NatsServer.start()) {
            isRefused(IllegalStateException.class,
                    "this NATS server has no monitoring port; NatsServerBuilder.monitoring() opens one",
                    server::monitorUrl);
            isRefused(IllegalStateException.class,
                    "this NATS server has no WebSocket port; NatsServerBuilder.webSocket() opens one",
                    server::webSocketUrl);
            isRefused(IllegalStateException.class,
                    "this NATS server has no cluster port; NatsServerBuilder.cluster(name) opens one",
                    server::clusterPort);
        }
    }

    @Test
    void aSettingForAPortThatIsNotOpened() {
        fails(Reason.CONFIGURATION, "webSocketTls needs a WebSocket port, which webSocket() opens",
                NatsServer.builder().webSocketTls(pem()));
        fails(Reason.CONFIGURATION, "clusterTls needs a cluster port, which cluster(name) opens",
                NatsServer.builder().clusterTls(pem()));
        fails(Reason.CONFIGURATION, "clusterCredentials needs a cluster port, which cluster(name) opens",
                NatsServer.builder().clusterCredentials("u", "p"));
        fails(Reason.CONFIGURATION, "route needs a cluster port, which cluster(name) opens",
                NatsServer.builder().route(URI.create("nats://127.0.0.1:6222")));
    }

    @Test
    void aFileOfTlsThatIsMissingOrWrong() {
        Path cert = file("server-cert.pem"), key = file("server-key.pem"), missing = dir.resolve("missing.pem");
        fails(Reason.TLS, PAIR + "open " + missing + ": no such file or directory",
                NatsServer.builder().tls(NatsTls.pem(missing, key)));
        fails(Reason.TLS, PAIR + "open " + missing + ": no such file or directory",
                NatsServer.builder().tls(NatsTls.pem(cert, missing)));
        fails(Reason.TLS, PAIR + "no certificate in " + key + " (it holds PRIVATE KEY)",
                NatsServer.builder().tls(NatsTls.pem(key, cert)));
        fails(Reason.TLS, PAIR + "tls: private key does not match public key",
                NatsServer.builder().tls(NatsTls.pem(cert, file("mismatched-key.pem"))));
        fails(Reason.TLS, PAIR + "private key in " + file("encrypted-key.pem")
                + " is encrypted, which is not supported: decrypt it with openssl pkey",
                NatsServer.builder().tls(NatsTls.pem(cert, file("encrypted-key.pem"))));
        fails(Reason.TLS, "open " + missing + ": no such file or directory",
                NatsServer.builder().tls(pem().trust(missing)));
    }

    @Test
    void aKeyStoreThatDoesNotFit() throws Exception {
        KeyStore keys = TestCerts.keyStore("server-cert.pem", "server-key.pem", "secret");
        KeyStore unloaded = KeyStore.getInstance("PKCS12"), empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        char[] password = "wrong".toCharArray();
        fails(Reason.TLS, "the password of the key \"own\" in the key store is wrong",
                NatsServer.builder().tls(NatsTls.keyStore(keys, password)));
        fails(Reason.TLS, "the key store must have one private key, but it has none",
                NatsServer.builder().tls(NatsTls.keyStore(TestCerts.trustStore("ca.pem"), password)));
        fails(Reason.TLS, "the key store has not been loaded",
                NatsServer.builder().tls(NatsTls.keyStore(unloaded, password)));
        fails(Reason.TLS, "the key store with the trusted authorities has not been loaded",
                NatsServer.builder().tls(pem().trust(unloaded)));
        fails(Reason.TLS, "the key store with the trusted authorities has no certificate",
                NatsServer.builder().tls(pem().trust(empty)));
        SSLContext raw = SSLContext.getInstance("TLS");
        isRefused(IllegalArgumentException.class, "the SSLContext has not been initialized",
                () -> NatsTls.context(raw));
    }

    @Test
    void usersByCertificateWithoutMapping() {
        fails(Reason.CONFIGURATION, "the user \"CN=joe\" logs in by certificate, which needs TLS with mapUsers()",
                NatsServer.builder().tls(pem().verifyClients()).user(NatsUser.certificate("CN=joe")));
        fails(Reason.CONFIGURATION, "mapUsers() needs users, such as NatsUser.certificate(name)",
                NatsServer.builder().tls(pem().mapUsers()));
    }

    @Test
    void aLimitWithoutASense() {
        isRefused(IllegalArgumentException.class, "maxPayload must be 1 or more, but is -5",
                () -> NatsServer.builder().maxPayload(-5));
        isRefused(IllegalArgumentException.class, "port must be 0 (any free port) to 65535, but is 65536",
                () -> NatsServer.builder().port(65536));
        isRefused(IllegalArgumentException.class, "pingInterval must be longer than zero, but is PT0S",
                () -> NatsServer.builder().pingInterval(Duration.ZERO));
    }

    @Test
    void settingsThatDoNotFit() {
        fails(Reason.CONFIGURATION, "max_payload (2000) cannot be higher than max_pending (1000)",
                NatsServer.builder().maxPayload(2000).maxPending(1000));
        fails(Reason.CONFIGURATION, "a server has either a token or users, but both are set",
                NatsServer.builder().user("joe", "secret").token("t"));
    }

    @Test
    void aServerOfAnotherCluster() {
        try (NatsServer other = NatsServer.builder().cluster("a").start()) {
            fails(Reason.CONFIGURATION,
                    "the cluster of this server is \"b\", but a route leads to a server of the cluster \"a\"",
                    NatsServer.builder().cluster("b").route(other));
        }
        isRefused(IllegalArgumentException.class,
                "a route must be a URL such as nats://host:6222, but: missing port in address",
                () -> NatsServer.builder().cluster("b").route(URI.create("nats://joe:secret@host")));
    }

    @Test
    void aReloadOfWhatIsFixed() {
        try (NatsServer server = NatsServer.start()) {
            fails(Reason.CONFIGURATION, "Port cannot change while the server runs; close it and start another one",
                    () -> server.reload(settings -> settings.port(1)));
            fails(Reason.CONFIGURATION, "Websocket cannot change while the server runs; close it and start another one",
                    () -> server.reload(NatsServerBuilder::webSocket));
        }
    }

    @Test
    void whatATestWaitsForInVain() {
        try (NatsServer server = NatsServer.start()) {
            fails(Reason.TIMEOUT, "expected 1 client within 10ms, but there is none",
                    () -> server.awaitConnections(1, Duration.ofMillis(10)));
        }
    }

    /** The table in the Javadoc has the messages of this test, with other names of files, hosts and ports. */
    @Test
    void theJavadocListsThem() throws IOException {
        Path home = Path.of(System.getProperty("jnatsd.home", "."), "src");
        String table = Files.readString(home.resolve("main/java/io/jnatsd/NatsServerException.java"));
        String test = Files.readString(home.resolve("test/java/io/jnatsd/MistakesTest.java")).replace("\\\"", "\"");
        var rows = Pattern.compile("<td>\\{@code ([^}]*)}</td></tr>").matcher(table).results()
                .map(row -> row.group(1)).toList();
        assertTrue(rows.size() >= 15, rows::toString);
        for (String message : rows) {
            String words = message.replaceAll(SAMPLE, "").strip();
            String asInTest = words.startsWith(PAIR) ? words.substring(PAIR.length()) : words;
            assertTrue(test.contains(asInTest), message);
        }
    }
}
