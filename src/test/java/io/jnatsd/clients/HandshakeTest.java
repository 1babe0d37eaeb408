package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.client.Client;
import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What client libraries rely on from the first byte on, each a thing that some library fails without.
 */
@Timeout(30)
class HandshakeTest {
    private static final String CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
    private static final List<String> GNATSD_FIELDS = List.of("server_id", "version", "go", "host", "port",
            "auth_required", "ssl_required", "tls_required", "tls_verify", "max_payload");
    private static final List<String> NEWER_FIELDS =
            List.of("server_name", "proto", "headers", "client_id", "client_ip");

    private ServerUnderTest server;

    private RawClient open() throws IOException {
        if (server == null)
            server = ServerUnderTest.start();
        return server.openRaw();
    }

    @AfterEach
    void stop() {
        if (server != null)
            server.close();
    }

    private static JsonObject info(RawClient client) throws IOException {
        return JsonParser.parseString(client.expect("INFO (\\{[^\r\n]*\\}) ?\r\n").group(1)).getAsJsonObject();
    }

    /** jnats gives up on anything that comes with INFO. */
    @Test
    void infoIsAllThatTheFirstReadBrings() throws IOException {
        try (RawClient client = open()) {
            assertOneLine(firstRead(client));
        }
    }

    @Test
    void infoIsAllThatTheFirstReadBringsToOneTooMany() throws IOException {
        server = ServerUnderTest.start(o -> o.maxConnections = 1);
        assumeTrue(server.isJnatsd(), "nats-server sends its error together with INFO");
        try (RawClient first = open()) {
            info(first);
            first.roundTrip();
            try (RawClient second = open()) {
                assertOneLine(firstRead(second));
                assertEquals("-ERR 'Maximum Connections Exceeded'\r\n", second.readToEnd());
            }
        }
    }

    private static String firstRead(RawClient client) throws IOException {
        byte[] bytes = new byte[4096];
        return new String(bytes, 0, client.socket().getInputStream().read(bytes), UTF_8);
    }

    private static void assertOneLine(String text) {
        assertTrue(text.startsWith("INFO {") && text.indexOf("\r\n") == text.length() - 2, text);
    }

    /** nats.py mistakes a PING for the PONG that it waits for and stays half connected; nats.c and nats.go give up. */
    @Test
    void nothingIsSentUnaskedBeforeTheFirstPong() throws IOException {
        try (RawClient client = open()) {
            info(client);
            client.expectNothing();
            client.send(CONNECT).expectNothing();
            client.send("PING\r\n").expectText("PONG\r\n");
        }
    }

    @Test
    void infoHasEveryFieldThatClientsRead() throws IOException {
        try (RawClient client = open()) {
            JsonObject info = info(client);
            assertFalse(info.get("server_id").getAsString().isEmpty());
            assertFalse(info.get("server_name").getAsString().isEmpty());
            assertFalse(info.get("go").getAsString().isEmpty());
            assertFalse(info.get("host").getAsString().isEmpty());
            assertEquals(client.socket().getPort(), info.get("port").getAsInt());
            assertEquals(1024 * 1024, info.get("max_payload").getAsInt());
            assertTrue(info.get("client_id").getAsInt() > 0);
            assertEquals("127.0.0.1", info.get("client_ip").getAsString());
            assertTrue(info.get("proto").getAsInt() >= 1);
            assertTrue(info.get("headers").getAsJsonPrimitive().isBoolean());
            // npm nats times out on anything else, and upgrades by itself where TLS is available.
            assertTrue(info.get("version").getAsString().matches("\\d+\\.\\d+\\.\\d+"));
            for (String off : List.of("auth_required", "tls_required", "tls_available"))
                assertFalse(isTrue(info.get(off)), off);
        }
    }

    private static boolean isTrue(JsonElement value) {
        return value != null && value.getAsBoolean();
    }

    @Test
    void infoBeginsWithTheFieldsOfGnatsdInTheirOrder() throws IOException {
        try (RawClient client = open()) {
            assumeTrue(server.isJnatsd(), "nats-server orders them otherwise");
            List<String> names = List.copyOf(info(client).keySet());
            assertEquals(GNATSD_FIELDS, names.subList(0, GNATSD_FIELDS.size()));
            assertTrue(names.containsAll(NEWER_FIELDS), names::toString);
        }
    }

    @Test
    void everyConnectionHasAnIdOfItsOwn() throws IOException {
        try (RawClient one = open(); RawClient two = open()) {
            assertTrue(info(one).get("client_id").getAsInt() != info(two).get("client_id").getAsInt());
        }
    }

    /** What async-nats sends, and in the place of a key some later client's. */
    @Test
    void connectMayHoldNullsAndUnknownKeysInAnyOrder() throws IOException {
        try (RawClient client = open()) {
            int id = info(client).get("client_id").getAsInt();
            client.send("CONNECT {\"verbose\":false,\"pedantic\":false,\"jwt\":null,\"nkey\":null,\"sig\":null,"
                    + "\"name\":null,\"echo\":true,\"lang\":\"rust\",\"version\":\"0.49.1\",\"protocol\":1,"
                    + "\"tls_required\":false,\"user\":null,\"pass\":null,\"auth_token\":null,\"headers\":true,"
                    + "\"no_responders\":true,\"later\":{\"a\":[1,2.5,null,{\"b\":\"}\"}],\"c\":true}}\r\n");
            client.roundTrip();
            client.send("SUB news 1\r\nPUB news 2\r\nhi\r\n").expectText("MSG news 1 2\r\nhi\r\n");
            if (server.isJnatsd()) {
                Client seen = server.jnatsd().clients().get(id);
                assertEquals("", seen.connectInfo().name());
                assertEquals("rust", seen.connectInfo().lang());
            }
        }
    }

    /** Tokens make it longer than any other line. */
    @ParameterizedTest
    @ValueSource(ints = {5_000, 30_000})
    void connectMayBeLongerThanOtherLines(int length) throws IOException {
        try (RawClient client = open()) {
            assumeTrue(server.isJnatsd(), "nats-server refuses it, unless max_control_line is raised");
            info(client);
            client.send("CONNECT {\"verbose\":false,\"jwt\":\"" + "x".repeat(length) + "\",");
            client.send("\"name\":\"patient\"}\r\n").roundTrip();
        }
    }

    /** .NET asks so; only the status message stays out. */
    @Test
    void noRespondersWithoutHeadersIsTolerated() throws IOException {
        try (RawClient client = open()) {
            assumeTrue(server.isJnatsd(), "nats-server closes the connection");
            info(client);
            client.send("CONNECT {\"verbose\":false,\"headers\":false,\"no_responders\":true}\r\n").roundTrip();
            client.send("SUB inbox 1\r\nPUB nobody inbox 0\r\n\r\nPING\r\n").expectText("PONG\r\n");
        }
    }

    @Test
    void aSecondConnectKeepsTheSubscriptions() throws IOException {
        try (RawClient client = open()) {
            info(client);
            client.send(CONNECT + "SUB news 1\r\n").roundTrip();
            client.send("CONNECT {\"verbose\":true,\"pedantic\":false}\r\n").expectText("+OK\r\n");
            client.send("PUB news 2\r\nhi\r\n").expectText("+OK\r\nMSG news 1 2\r\nhi\r\n");
        }
    }

    /** Rust counts from 0; nothing says that a sid is a number. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "18446744073709551615", "a-1"})
    void sidsComeBackAsTheyWere(String sid) throws IOException {
        try (RawClient client = open()) {
            info(client);
            client.send(CONNECT + "SUB news " + sid + "\r\nPUB news 2\r\nhi\r\n");
            client.expectText("MSG news " + sid + " 2\r\nhi\r\n");
            client.send("UNSUB " + sid + "\r\nPUB news 2\r\nhi\r\nPING\r\n").expectText("PONG\r\n");
        }
    }

    /** nats.net skips six, six and five bytes. */
    @Test
    void controlLinesAreExactToTheByte() throws IOException {
        server = ServerUnderTest.start(o -> o.pingInterval = Duration.ofMillis(500));
        try (RawClient client = open()) {
            info(client);
            // On a busy machine its ping may come at any time.
            client.send("CONNECT {\"verbose\":true}\r\nPING\r\n");
            client.expect("(PING\r\n)?\\+OK\r\n(PING\r\n)?PONG\r\n");
            client.expect("PING\r\n");
            client.send("PONG\r\nPING\r\n").expect("(PING\r\n)?PONG\r\n");
        }
    }

    /** A close that throws input away resets the connection, and the error is lost with it. */
    @Test
    void aClientThatIsStillSendingGetsToReadItsError() throws IOException {
        try (RawClient client = open()) {
            assumeTrue(server.isJnatsd(), "nats-server resets the connection");
            info(client);
            client.send(CONNECT + "PUB large 3000000\r\n");
            try {
                client.send(new byte[500_000]);
            } catch (SocketException e) {
                // It was cut off in the middle: no more than a little is taken after the error.
            }
            assertEquals("-ERR 'Maximum Payload Violation'\r\n", client.readToEnd());
        }
    }
}
