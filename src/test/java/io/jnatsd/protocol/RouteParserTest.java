package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests commands of another server, split at any byte. */
class RouteParserTest {
    private static List<String> parse(Pieces pieces) throws IOException, ProtocolException {
        Parser parser = new Parser(new ReadBuffer(pieces, new AmpleMemory()), Dialect.ROUTE);
        parser.limits(32 * 1024, -1);
        List<String> found = new ArrayList<>();
        while (parser.fill())
            for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                switch (op) {
                    case MSG, PUB -> found.add(op + " " + text(parser.message()));
                    case PUB_LINE -> { }
                    case PING, PONG, OK -> found.add(op.toString());
                    default -> found.add(op + " " + parser.arguments().text());
                }
        return found;
    }

    private static String text(Message m) {
        byte[] b = m.buffer();
        String sid = new String(b, m.sidStart(), m.sidLength(), StandardCharsets.ISO_8859_1);
        return m.subjectText() + "|" + sid + "|" + m.tailText() + "|"
                + new String(b, m.payloadStart(), m.payloadLength(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void everythingIsFoundWhereverItIsCut() throws Exception {
        String sent = "CONNECT {\"name\":\"x\"}\r\nINFO {\"server_id\":\"x\"}\r\nSUB foo  RSID:1:1\r\nsub foo q QRSID:1:2\r\n"
                + "MSG foo RSID:1:1 2\r\nok\r\nmsg \t foo   QRSID:1:2 reply.to  03 \nx\r\n\r\nMSG foo 1 0\r\n\r\nPUB foo 2\r\nok\r\n"
                + "UNSUB RSID:1:1\r\nPING\r\nPONG\r\n+OK\r\n-ERR 'x'\r\n";
        List<String> expected = List.of("CONNECT {\"name\":\"x\"}", "INFO {\"server_id\":\"x\"}", "SUB foo  RSID:1:1",
                "SUB foo q QRSID:1:2", "MSG foo|RSID:1:1|2|ok", "MSG foo|QRSID:1:2|reply.to 03|x\r\n", "MSG foo|1|0|",
                "PUB foo||2|ok", "UNSUB RSID:1:1", "PING", "PONG", "OK", "ERR 'x'");
        for (int size = 1; size <= sent.length(); size++)
            assertEquals(expected, parse(Pieces.every(size, sent)), "in pieces of " + size);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', quoteCharacter = '~', value = {
        "MSG foo 1#processMsgArgs Parse Error: 'foo 1'",
        "MSG foo 1 a b 2#processMsgArgs Parse Error: 'foo 1 a b 2'",
        "MSG foo 1 x#processMsgArgs Bad or Missing Size: 'foo 1 x'",
        "SUBS#Router Parser ERROR, state=33, i=3: proto='\"S\\r\\n\"...'",
        "FOO#Router Parser ERROR, state=0, i=0: proto='\"FOO\\r\\n\"...'",
        "MSX#Router Parser ERROR, state=44, i=2: proto='\"X\\r\\n\"...'"})
    void faultsAreNamed(String line, String text) {
        String message = assertThrows(ProtocolException.class, () -> parse(Pieces.every(100, line + "\r\n"))).getMessage();
        assertEquals(text, message);
    }
}
