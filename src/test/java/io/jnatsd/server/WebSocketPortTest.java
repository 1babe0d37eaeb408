package io.jnatsd.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The WebSocket port together with the other ports of a server. */
class WebSocketPortTest {
    private static final ServerOptions OPTIONS = ServerOptions.defaults().withHost("127.0.0.1").withPort(-1)
            .with(o -> o.webSocketPort = -1);

    private static TlsOptions tls(Path certs) {
        return new TlsOptions(certs.resolve("server-cert.pem").toString(), certs.resolve("server-key.pem").toString(),
                "", false, false, Duration.ofSeconds(2), List.of(), List.of(), false, false);
    }

    @Test
    void thePortsFileNamesIt(@TempDir Path folder) throws IOException {
        try (Server server = Server.start(OPTIONS.with(o -> o.portsFileDir = folder));
                var files = Files.list(folder)) {
            assertEquals("{\"nats\":[\"" + server.url() + "\"],\"websocket\":[\"" + server.webSocketUrl() + "\"]}",
                    Files.readString(files.findFirst().orElseThrow()));
            assertTrue(server.webSocketUrl().startsWith("ws://127.0.0.1:"), server.webSocketUrl());
        }
    }

    @Test
    void aPortThatIsTakenIsAnError() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            IOException e = assertThrows(IOException.class, () -> Server.start(OPTIONS.with(o -> {
                o.webSocketHost = "127.0.0.1";
                o.webSocketPort = port;
            })));
            assertEquals("Unable to listen for websocket connections: listen tcp 127.0.0.1:" + port
                    + ": bind: address already in use", e.getMessage());
        }
    }

    @Test
    void anOriginThatIsNoneIsAnError() {
        IOException e = assertThrows(IOException.class,
                () -> Server.start(OPTIONS.with(o -> o.webSocketOrigins = List.of("a.com"))));
        assertEquals("unable to parse allowed origin \"a.com\": expected \"https://host\" or \"https://host:port\"", e.getMessage());
    }

    @Test
    void aReloadCannotChangeIt() throws Exception {
        OptionsSource source = () -> new OptionsSource.Loaded(OPTIONS.with(o -> o.webSocketSameOrigin = true), List.of(), false);
        try (Server server = Server.start(OPTIONS, source, Log.silent())) {
            ConfigException e = assertThrows(ConfigException.class, server::tryReload);
            assertTrue(e.getMessage().startsWith("Config reload not supported for Websocket: old="), e.getMessage());
        }
    }

    @Test
    void clientsOfAPortWithTlsAreToldSo() throws IOException {
        Path certs = Path.of(System.getProperty("jnatsd.home", "."), "test-certs");
        try (TestServer server = TestServer.logging(o -> {
            o.webSocketHost = "127.0.0.1";
            o.webSocketPort = -1;
            o.webSocketTls = tls(certs);
        })) {
            String url = server.server().webSocketUrl();
            assertTrue(server.log().contains("[INF] Listening for websocket clients on " + url));
            assertEquals("wss", URI.create(url).getScheme());
            try (RawWebSocket client = RawWebSocket.open(server.server()).request("")) {
                String response = client.rest();
                assertTrue(response.startsWith("HTTP/1.1 400 Bad Request\r\n"), response);
                assertTrue(response.endsWith("\r\n\r\nWebSocket handshake: TLS required\n"), response);
            }
            server.awaitLog("[ERR] cid:1 - TLS handshake error: tls: first record does not look like a TLS handshake");
        }
    }

    @Test
    void tlsOfTheClientPortIsNotThatOfTheWebSocketPort() throws IOException {
        Path certs = Path.of(System.getProperty("jnatsd.home", "."), "test-certs");
        try (TestServer server = TestServer.start(o -> {
            o.webSocketPort = -1;
            o.tls = tls(certs);
        }); RawWebSocket client = RawWebSocket.connect(server.server())) {
            client.roundTrip();
        }
    }

    @Test
    void whoSpeaksTlsToAPortWithoutIsRefusedAtOnce() throws IOException {
        try (TestServer server = TestServer.start(o -> o.webSocketPort = -1);
                RawWebSocket client = RawWebSocket.open(server.server())) {
            client.raw("\u0016\u0003\u0001\u0002\u0000".getBytes(ISO_8859_1));
            String response = client.rest();
            assertTrue(response.endsWith("WebSocket handshake: not an HTTP request\n"), response);
        }
    }

    @Test
    void aLameDuckTakesNoMoreClientsAndSaysGoodbye() throws IOException {
        try (TestServer server = TestServer.start(o -> {
            o.webSocketPort = -1;
            o.lameDuckDuration = Duration.ofMillis(200);
            o.lameDuckGracePeriod = Duration.ofMillis(100);
        }); RawWebSocket client = RawWebSocket.connect(server.server())) {
            client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\n").roundTrip();
            server.server().lameDuck();
            String info = client.frame(0x82);
            assertTrue(info.contains("\"ldm\":true"), info);
            assertThrows(IOException.class, () -> RawWebSocket.open(server.server()));
            client.expectClose(1001, "Server Shutdown");
        }
    }
}
