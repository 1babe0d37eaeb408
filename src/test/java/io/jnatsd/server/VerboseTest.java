package io.jnatsd.server;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** protocol.md, section 9: which commands are acknowledged with +OK. */
class VerboseTest {
    private static final String OK = "+OK\r\n";

    @AutoClose
    private final TestServer server = TestServer.start();

    @Test
    void connectPubSubAndUnsubAreAcknowledged() throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":true}\r\n").expectText(OK);
        client.send("SUB foo 1\r\n").expectText(OK);
        client.send("SUB foo 1\r\n").expectText(OK);
        client.send("PUB bar 2\r\nok\r\n").expectText(OK);
        client.send("PUB foo 2\r\nok\r\n").expectText(OK + "MSG foo 1 2\r\nok\r\n");
        client.send("UNSUB 1 9\r\nUNSUB 1\r\nUNSUB 1\r\n").expectText(OK + OK + OK).roundTrip();
    }

    @Test
    void pingPongInfoAndAcknowledgementsAreNot() throws IOException {
        server.connect().send("PING\r\n").expectText("PONG\r\n").send("PONG\r\n+OK\r\nINFO {}\r\n").roundTrip();
    }

    @Test
    void refusedCommandsAreNot() throws IOException {
        server.connect().send("SUB foo. 1\r\n").expectText("-ERR 'Invalid Subject'\r\n").roundTrip();
    }

    @Test
    void publishIsAcknowledgedOnlyWhenItIsWhole() throws IOException {
        RawClient client = server.connect();
        client.send("PUB foo 2\r\nok").expectNothing();
        client.send("\r").expectNothing();
        client.send("\n").expectText(OK);
    }

    @Test
    void answersKeepTheOrderOfTheCommands() throws IOException {
        server.connect().send("SUB a 1\r\nPUB a 1\r\nx\r\nPING\r\nUNSUB 1\r\nPING\r\nCONNECT {\"verbose\":false}\r\nPING\r\n")
                .expectText(OK + OK + "MSG a 1 1\r\nx\r\nPONG\r\n" + OK + "PONG\r\nPONG\r\n");
    }
}
