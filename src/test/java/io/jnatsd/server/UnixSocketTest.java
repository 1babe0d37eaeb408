package io.jnatsd.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code listen: "unix:///..."}: clients over a Unix domain socket. */
@Timeout(30)
class UnixSocketTest {
    @TempDir
    private Path dir;
    private Path file;

    @BeforeEach
    void choose() {
        file = dir.resolve("nats.sock");
    }

    private TestServer start() {
        return TestServer.logging(this::listen);
    }

    /** Listens on the socket and on a free port. */
    private void listen(OptionsBuilder options) {
        options.unixSocket = file;
    }

    private RawClient connect() throws IOException {
        RawClient client = new RawClient(new UnixSocket(SocketChannel.open(UnixDomainSocketAddress.of(file))));
        client.expect("INFO \\{.*\\} \r\n");
        return client;
    }

    private RawClient quiet() throws IOException {
        return connect().send("CONNECT {\"verbose\":false}\r\n").roundTrip();
    }

    private String permissions() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private String refusal() {
        return assertThrows(IOException.class, () -> Server.start(io.jnatsd.config.ServerOptions.defaults()
                .withHost("127.0.0.1").withPort(-1).with(this::listen))).getMessage();
    }

    @Test
    void clientsOfTheSocketAndOfThePortExchangeMessages() throws Exception {
        String payload = "x".repeat(500_000);
        try (TestServer server = start(); RawClient unix = quiet()) {
            server.awaitLog("[INF] Listening for client connections on unix://" + file);
            RawClient tcp = server.quiet();
            unix.send("SUB a 1\r\n").roundTrip();
            tcp.send("SUB b 2\r\n").roundTrip();
            tcp.send("PUB a 500000\r\n" + payload + "\r\n");
            unix.expectText("MSG a 1 500000\r\n" + payload + "\r\n");
            unix.send("PUB b 500000\r\n" + payload + "\r\n");
            tcp.expectText("MSG b 2 500000\r\n" + payload + "\r\n");
            assertTrue(server.rawLog().stream().anyMatch(line -> line.contains(" unix - cid:1 - Client connection created")));
        }
    }

    @Test
    void manyClientsComeAndGo() throws Exception {
        try (TestServer server = start()) {
            for (int round = 0; round < 3; round++) {
                List<RawClient> clients = new ArrayList<>();
                for (int i = 0; i < 50; i++)
                    clients.add(connect());
                for (RawClient client : clients)
                    client.send("CONNECT {\"verbose\":false}\r\nSUB x 1\r\n").roundTrip();
                clients.getFirst().send("PUB x 2\r\nhi\r\n");
                for (RawClient client : clients)
                    client.expectText("MSG x 1 2\r\nhi\r\n");
                for (RawClient client : clients)
                    client.close();
                server.awaitClients(0);
            }
        }
    }

    @Test
    void aServerMayHaveNoPort() throws Exception {
        try (ConfiguredServer server = ConfiguredServer.start(dir, "listen: \"unix://" + file + "\"\nport: 0");
                RawClient client = quiet()) {
            assertEquals(0, server.port());
            assertEquals("unix://" + file, server.server().url());
            client.send("SUB a 1\r\nPUB a 2\r\nhi\r\n").expectText("MSG a 1 2\r\nhi\r\n");
            assertFalse(server.log().stream().anyMatch(line -> line.contains("connections on 127.0.0.1")));
        }
    }

    @Test
    void theFileHasItsPermissionsAndGoesWithTheServer() throws Exception {
        try (TestServer server = start()) {
            assertEquals("rw-------", permissions());
            server.server().close();
            assertFalse(Files.exists(file));
        }
        try (ConfiguredServer server = ConfiguredServer.start(dir,
                "listen: \"unix://" + file + "\"\nunix_socket_mode: \"0660\"")) {
            assertEquals("rw-rw----", permissions());
            assertEquals(List.of("[ERR] Failed to reload server configuration: Config reload not supported for UnixSocketMode:"
                    + " old=rw-rw----, new=rw-rw-rw-"), server.reload("listen: \"unix://" + file + "\"\nunix_socket_mode: 666"));
        }
    }

    @Test
    void aFileThatAKilledServerHasLeftIsReplaced() throws Exception {
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(file));
        }
        assertTrue(Files.exists(file));
        try (TestServer server = start(); RawClient client = quiet()) {
            client.roundTrip();
            assertEquals(1, server.clients().count());
        }
    }

    @Test
    void theSocketOfARunningServerIsLeftAlone() throws Exception {
        try (TestServer server = start()) {
            assertEquals("Error listening on unix://" + file + ", \"address already in use\"", refusal());
            try (RawClient client = quiet()) {
                client.roundTrip();
            }
        }
    }

    @Test
    void whatIsNoSocketIsNotReplaced() throws Exception {
        Files.writeString(file, "precious");
        assertEquals("Error listening on unix://" + file + ", \"the file exists and is not a socket\"", refusal());
        assertEquals("precious", Files.readString(file));
        file = dir.resolve("none/nats.sock");
        assertTrue(refusal().startsWith("Error listening on unix://" + file + ", \""), refusal());
    }

    @Test
    void aFileThatAnotherServerHasMadeIsNotRemoved() throws Exception {
        try (TestServer server = start()) {
            Files.delete(file);
            try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                other.bind(UnixDomainSocketAddress.of(file));
                server.server().close();
                assertTrue(Files.exists(file));
            }
        }
    }

    @Test
    void aServerThatStopsEndsItsClients() throws Exception {
        try (TestServer server = start(); RawClient client = quiet(); RawClient silent = connect()) {
            server.server().close();
            client.expectClosed();
            silent.expectClosed();
        }
    }

    @Test
    void lameDuckModeAcceptsNoMore() throws Exception {
        try (TestServer server = start(); RawClient client = quiet()) {
            server.server().lameDuck();
            await().until(() -> !Files.exists(file));
            client.roundTrip();
        }
    }

    @Test
    void thereIsNoTlsOverTheSocketAndTheUsersAreTheSame() throws Exception {
        Path certs = Path.of(System.getProperty("jnatsd.home", "."), "test-certs");
        try (ConfiguredServer server = ConfiguredServer.start(dir, "listen: \"unix://" + file + "\"\nport: -1\n"
                + "tls { cert_file: '" + certs.resolve("server-cert.pem") + "', key_file: '" + certs.resolve("server-key.pem")
                + "' }\nauthorization { user: u, password: p }")) {
            try (RawClient client = connect()) {
                client.send("CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"p\"}\r\n").roundTrip();
            }
            try (RawClient client = connect()) {
                client.send("CONNECT {\"verbose\":false,\"user\":\"u\",\"pass\":\"q\"}\r\n")
                        .expectText("-ERR 'Authorization Violation'\r\n");
            }
            assertTrue(server.port() > 0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listen: "unix://run/nats.sock"                                   | "listen" needs an absolute path, as in unix:///run/jnatsd.sock
            listen: "unix://"                                                | "listen" needs an absolute path, as in unix:///run/jnatsd.sock
            listen: "unix:///a", unix_socket_mode: "0888"                    | expected permissions like "0660" for "unix_socket_mode", but got "0888"
            listen: "unix:///a", unix_socket_mode: all                       | expected permissions like "0660" for "unix_socket_mode", but got "all"
            """)
    void aMistakeIsReportedWithItsPlace(String config, String text) {
        Exception e = assertThrows(Exception.class, () -> OptionsReader.read("nats.conf", config, name -> null));
        assertTrue(e.getMessage().startsWith("nats.conf:1:") && e.getMessage().endsWith(text), e.getMessage());
    }
}
