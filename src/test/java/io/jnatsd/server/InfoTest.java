package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.Compat;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** protocol.md, section 1. */
class InfoTest {
    private static final String OLD_FIELDS = "INFO \\{\"server_id\":\"[0-9A-Za-z]{22}\",\"version\":\"1\\.0\\.2\","
            + "\"go\":\"java\\d+\",\"host\":\"127\\.0\\.0\\.1\",\"port\":\\d+,\"auth_required\":false,"
            + "\"ssl_required\":false,\"tls_required\":false,\"tls_verify\":false,\"max_payload\":1048576";

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void infoComesUnaskedAndAlone() throws IOException {
        RawClient client = server.open();
        String line = client.readOnce();
        assertTrue(line.startsWith("INFO {") && line.endsWith("} \r\n"), line);
        client.expectNothing();
    }

    @Test
    void oldFieldsKeepTheirOrderAndNewOnesFollow() throws IOException {
        server.open().expect(OLD_FIELDS + ",\"server_name\":\"[0-9A-Za-z]{22}\",\"proto\":1,\"headers\":true,"
                + "\"client_id\":1,\"client_ip\":\"127\\.0\\.0\\.1\"} \r\n");
    }

    @Test
    void compatInfoHasTheOldFieldsOnly() throws IOException {
        try (TestServer old = TestServer.start(o -> o.compat = Compat.GNATSD_1_0)) {
            old.open().expect(OLD_FIELDS + "} \r\n");
        }
    }

    @Test
    void infoFitsIntoOneReadOf512Bytes() throws IOException {
        assertTrue(server.open().readOnce().length() < 512);
    }

    @Test
    void clientIdsBeginWithOneAndAreNotReused() throws IOException {
        server.open().expect(".*\"client_id\":1,.*\r\n");
        try (RawClient second = server.open()) {
            second.expect(".*\"client_id\":2,.*\r\n");
        }
        server.awaitClients(1);
        server.open().expect(".*\"client_id\":3,.*\r\n");
    }

    @Test
    void serverIdsDiffer() throws IOException {
        try (TestServer other = TestServer.start()) {
            assertNotEquals(server.server().serverId(), other.server().serverId());
            server.open().expect("INFO \\{\"server_id\":\"" + server.server().serverId() + "\".*\r\n");
        }
    }

    @Test
    void infoTellsWhatIsConfigured() throws IOException {
        try (TestServer other = TestServer.start(o -> {
            o.maxPayload = 1234;
            o.serverName = "the \"best\"";
        })) {
            String line = other.open().readOnce();
            assertTrue(line.contains("\"max_payload\":1234,"), line);
            assertTrue(line.contains("\"server_name\":\"the \\\"best\\\"\""), line);
            assertTrue(line.contains("\"port\":" + other.port() + ","), line);
        }
    }

    @Test
    void nothingFollowsTheFirstPongUnasked() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\nPING\r\n");
        assertEquals("PONG\r\n", client.readOnce());
        client.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"nats.example.com:4333, nats.example.com:4333", "nats.example.com, nats.example.com:PORT",
        "[::1]:4333, [::1]:4333", "[::1], [::1]:PORT"})
    void whatIsAdvertisedIsAmongTheUrls(String advertised, String url) throws IOException {
        try (TestServer other = TestServer.start(o -> o.clientAdvertise = advertised)) {
            String line = other.open().readOnce();
            assertTrue(line.contains(",\"connect_urls\":[\"" + url.replace("PORT", "" + other.port()) + "\"],"), line);
        }
    }

    @Test
    void compatInfoNamesOnlyOtherServers() throws IOException {
        try (TestServer old = TestServer.start(o -> {
            o.compat = Compat.GNATSD_1_0;
            o.clientAdvertise = "nats.example.com:4333";
        })) {
            old.open().expect(OLD_FIELDS + "} \r\n");
        }
    }

    @Test
    void aLameDuckDoesNotAdvertiseItself() throws IOException {
        try (TestServer other = TestServer.start(o -> o.clientAdvertise = "nats.example.com:4333")) {
            RawClient client = other.connect();
            client.send("CONNECT {\"verbose\":false,\"protocol\":1}\r\n").roundTrip();
            other.server().lameDuck();
            String line = client.expect("INFO [^\n]*\r\n").group();
            assertTrue(line.contains("\"ldm\":true") && !line.contains("connect_urls"), line);
        }
    }
}
