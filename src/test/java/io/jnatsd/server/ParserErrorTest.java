package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, section 12: the responses to malformed input. */
class ParserErrorTest {
    private static final String UNKNOWN = "-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n";
    private static final String BAD = "-ERR 'Parser Error'\r\n";

    @AutoClose
    private final TestServer server = TestServer.logging(o -> { });

    @ParameterizedTest
    @ValueSource(strings = {
        "ZZZ", "xxx", "M", "MSG foo 1 2\r\n", " PING\r\n", "\r\n", "\n", "Px", "PIx", "PINx", "POx", "PONx", "+x", "+Ox",
        "-x", "-Ex", "-ERx", "-ERRx", "-ERR\r\n", "Cx", "COx", "CONx", "CONNx", "CONNEx", "CONNECx", "PUx", "PUBx",
        "PUBS foo", "PUB\r\n", "Sx", "SUx", "SUBZZZ foo 1", "SUB\r\n", "Ux", "UNx", "UNSx", "UNSUx", "UNSUB_2\r\n",
        "UNSUBUNSUB 1\r\n", "UNSUB\r\n", "Ix", "INx", "INFx", "PUB foo 2\r\nok \r\n", "PUB foo 2\r\nok\r \n",
        "PUB foo 2\r\nokxx",
    })
    void illegalByteIsNotedAtOnce(String text) throws IOException {
        server.connect().send(text).expectEnd(UNKNOWN);
        assertTrue(server.log().stream()
                .anyMatch(line -> line.matches("\\[ERR] cid:1 - Error reading from client: Client Parser ERROR, "
                        + "state=\\d+, i=\\d+: proto='\".*\"\\.\\.\\.'")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "PUB foo\r\n", "PUB  \r\n", "PUB foo bar   \r\n", "PUB foo bar 22 33\r\n", "PUB foo -5\r\n", "PUB foo +5\r\n",
        "PUB foo 0x5\r\n", "PUB foo 5a\r\n", "PUB foo r 99999999999999999999\r\n", "SUB foo\r\n", "SUB  \r\n",
        "SUB foo bar baz 22\r\n", "UNSUB \r\n", "UNSUB   \t  \r\n", "UNSUB 1 2 3\r\n", "INFO  \r\n", "INFO {\r\n",
    })
    void argumentsThatMakeNoSenseAreAParserError(String text) throws IOException {
        server.connect().send(text).expectEnd(BAD);
    }

    @Test
    void theReasonIsLogged() throws IOException {
        server.connect().send("SUB foo\r\n").expectEnd(BAD);
        server.connect().send("PUB  foo -5 \r\n").expectEnd(BAD);
        server.connect().send("UNSUB \r\n").expectEnd(BAD);
        server.connect().send("PUB foo\r\n").expectEnd(BAD);
        String error = "Error reading from client: ";
        server.awaitLog("[ERR] cid:1 - " + error + "processSub Parse Error: 'foo'");
        server.awaitLog("[ERR] cid:2 - " + error + "processPub Bad or Missing Size: 'foo -5 '");
        server.awaitLog("[ERR] cid:3 - " + error + "processUnsub Parse Error: ''");
        server.awaitLog("[ERR] cid:4 - " + error + "processPub Parse Error: 'foo'");
    }

    @Test
    void payloadThatIsShortAndFollowedByAnotherCommandIsNoticed() throws IOException {
        RawClient client = server.quiet();
        String text = "PUB foo 10000\r\n" + "x".repeat(5000) + "\r\nPUB bar 11\r\n" + "y".repeat(5000) + "\r\n";
        client.send(text).expectEnd(UNKNOWN);
    }

    @Test
    void errorFromTheClientEndsItWithoutAnswer() throws IOException {
        server.connect().send("-ERR 'Something Bad'\r\n").expectClosed();
        server.awaitLog("[ERR] cid:1 - Client Error 'Something Bad'");
    }

    @Test
    void nothingBehindAnErrorCounts() throws IOException {
        RawClient other = server.quiet();
        server.connect().send("SUB foo 1\r\nSUB\r\nSUB bar 2\r\nPUB foo 2\r\nok\r\n").expectEnd("+OK\r\n" + UNKNOWN);
        server.awaitClients(1);
        other.send("PUB bar 2\r\nok\r\n").roundTrip();
        assertTrue(server.subscriptions() == 0);
    }

    @Test
    void whatCameBeforeTheErrorIsDelivered() throws IOException {
        RawClient other = server.quiet();
        other.send("SUB foo 1\r\n").roundTrip();
        server.quiet().send("PUB foo 2\r\nok\r\nZZZ").expectEnd(UNKNOWN);
        other.expectText("MSG foo 1 2\r\nok\r\n");
    }

    @Test
    void infoOkAndPongsFromTheClientAreIgnored() throws IOException {
        server.connect().send("INFO {\"port\":1}\r\nINFO{}\r\n+OK\r\n+ok what\r\nPONG  \r  \n").roundTrip();
    }
}
