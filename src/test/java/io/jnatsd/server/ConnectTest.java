package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.ConnectInfo;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, sections 1 and 2. */
class ConnectTest {
    @AutoClose
    private final TestServer server = TestServer.start();

    private ConnectInfo connectInfo() {
        return server.clients().get(1).connectInfo();
    }

    @Test
    void nobodyHasToSendConnect() throws IOException {
        RawClient client = server.connect();
        client.send("SUB foo 1\r\n").expectText("+OK\r\n");
        assertTrue(connectInfo().verbose() && connectInfo().pedantic());
    }

    @Test
    void connectIsAcknowledgedIfItSaysVerboseOrNothing() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {}\r\n").expectText("+OK\r\n");
        client.send("CONNECT {\"verbose\":true}\r\n").expectText("+OK\r\n");
        client.send("CONNECT {\"verbose\":false}\r\n").roundTrip();
    }

    @Test
    void nothingHappensBeforeTheLineEnds() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":true,\"tls_required\":false,\"user\":\"test\",\"pedantic\":true}");
        client.expectNothing();
        client.send("\r\n").expectText("+OK\r\n");
    }

    @Test
    void laterConnectKeepsWhatItLeavesOut() throws IOException {
        RawClient client = server.quiet();
        client.send("CONNECT {\"name\":\"app\",\"lang\":\"java\",\"version\":\"2\",\"protocol\":1}\r\n").roundTrip();
        client.send("CONNECT {\"lang\":\"go\",\"name\":null}\r\n").roundTrip();
        assertEquals("app", connectInfo().name());
        assertEquals("go", connectInfo().lang());
        assertEquals("2", connectInfo().version());
        assertEquals(1, connectInfo().protocol());
        assertFalse(connectInfo().verbose());
    }

    @Test
    void laterConnectKeepsTheSubscriptions() throws IOException {
        RawClient client = server.quiet();
        client.send("SUB foo 1\r\nCONNECT {\"name\":\"again\"}\r\nPUB foo 2\r\nok\r\n");
        client.expectText("MSG foo 1 2\r\nok\r\n");
    }

    @Test
    void credentialsAreIgnoredWithoutAuthorization() throws IOException {
        server.connect().send("CONNECT {\"user\":\"a\",\"pass\":\"b\",\"auth_token\":\"c\"}\r\n").expectText("+OK\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "CONNECT {\"verbose\":false} \r\n", "CONNECT{\"verbose\":false}\r\n", "CONNECT\t  {\"verbose\":false}\n",
        "coNNect {\"VERBOSE\":false}\r\n", "CONNECT {\"verbose\":true,\"verbose\":false}\r\n",
        "CONNECT {\"nkey\":null,\"future\":[1,{\"a\":null}],\"verbose\":false,\"user\":null}\r\n",
    })
    void anyLegalFormIsUnderstood(String line) throws IOException {
        server.connect().send(line).roundTrip();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "CONNECT \r\n", "CONNECT\r\n", "CONNECT {\r\n", "CONNECT []\r\n", "CONNECT \"x\"\r\n", "CONNECT {} {}\r\n",
        "CONNECT {\"verbose\":\"true\"}\r\n", "CONNECT {\"protocol\":\"1\"}\r\n", "CONNECT {\"protocol\":1.0}\r\n",
        "CONNECT {\"name\":5}\r\n", "CONNECT {'verbose':true}\r\n", "CONNECTx{}\r\n",
    })
    void anythingElseIsAParserError(String line) throws IOException {
        server.connect().send(line).expectEnd("-ERR 'Parser Error'\r\n");
    }

    @Test
    void nullDocumentChangesNothing() throws IOException {
        server.quiet().send("CONNECT null\r\n").roundTrip();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void knownProtocolIsAccepted(int protocol) throws IOException {
        server.connect().send("CONNECT {\"protocol\":" + protocol + "}\r\n").expectText("+OK\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 22})
    void unknownProtocolIsRefused(int protocol) throws IOException {
        server.connect().send("CONNECT {\"protocol\":" + protocol + "}\r\n")
                .expectEnd("-ERR 'Invalid Client Protocol'\r\n");
    }

    @Test
    void longConnectLinesAreTaken() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":false,\"jwt\":\"" + "x".repeat(20_000) + "\"}\r\n").roundTrip();
    }

    @Test
    void connectCountsAsActivityAndPingDoesNot() throws IOException {
        RawClient client = server.connect();
        client.roundTrip();
        assertEquals(0, server.clients().get(1).stats().lastActivity());
        client.send("CONNECT {}\r\n").expectText("+OK\r\n");
        assertTrue(server.clients().get(1).stats().lastActivity() > 0);
    }
}
