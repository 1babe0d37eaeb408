package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** protocol.md, section 9: the subjects to which a pedantic client may publish. */
class PedanticTest {
    private static final String INVALID = "-ERR 'Invalid Subject'\r\n";

    @AutoClose
    private final TestServer server = TestServer.start();

    private RawClient pedantic(boolean verbose) throws IOException {
        RawClient client = server.connect();
        client.send("CONNECT {\"verbose\":" + verbose + ",\"pedantic\":true}\r\n").expectText(verbose ? "+OK\r\n" : "");
        return client.roundTrip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo.*", "foo.>", "*", ">", "foo.", ".foo", "foo..bar", "*.foo", "foo.>.bar"})
    void whatIsNoLiteralIsNotDelivered(String subject) throws IOException {
        RawClient client = pedantic(false), other = server.quiet();
        other.send("SUB > 1\r\nSUB *.* 2\r\nSUB * 3\r\n").roundTrip();
        client.send("PUB " + subject + " 2\r\nok\r\n").expectText(INVALID).roundTrip();
        other.roundTrip();
        assertEquals(1, server.clients().get(1).stats().inMessages());
        assertEquals(2, server.clients().get(1).stats().inBytes());
    }

    @Test
    void theComplaintComesBeforeThePayload() throws IOException {
        RawClient client = pedantic(true);
        client.send("PUB foo.* 2\r\n").expectText(INVALID);
        client.send("o").expectNothing();
        client.send("k\r\n").expectText("+OK\r\n").roundTrip();
    }

    @Test
    void verboseClientGetsComplaintAndAcknowledgement() throws IOException {
        pedantic(true).send("PUB foo.* 2\r\nok\r\nPUB foo 2\r\nok\r\n").expectText(INVALID + "+OK\r\n+OK\r\n").roundTrip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "a*b", "foo.a>", "**.x", "f.>>"})
    void literalIsDelivered(String subject) throws IOException {
        pedantic(false).send("SUB > 1\r\nPUB " + subject + " 2\r\nok\r\n")
                .expectText("MSG " + subject + " 1 2\r\nok\r\n").roundTrip();
    }

    @Test
    void replySubjectIsNotLookedAt() throws IOException {
        pedantic(false).send("SUB foo 1\r\nPUB foo re..*.>. 2\r\nok\r\n")
                .expectText("MSG foo 1 re..*.>. 2\r\nok\r\n").roundTrip();
    }

    @Test
    void eachMessageIsJudgedByItself() throws IOException {
        RawClient client = pedantic(false);
        client.send("SUB > 1\r\nPUB a.* 1\r\n").expectText(INVALID);
        client.send("x\r\nPUB b 1\r\ny\r\nPUB c.> 1\r\nz\r\n").expectText("MSG b 1 1\r\ny\r\n" + INVALID).roundTrip();
    }
}
