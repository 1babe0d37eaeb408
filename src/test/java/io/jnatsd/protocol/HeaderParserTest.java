package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.protocol.ProtocolException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests messages with headers (protocol.md, sections 3 and 11). */
class HeaderParserTest {
    private static final int LINE = 100, PAYLOAD = 1000;

    private static Parser parser(Pieces pieces, Dialect dialect) {
        Parser parser = new Parser(new ReadBuffer(pieces, new AmpleMemory()), dialect);
        parser.limits(LINE, PAYLOAD);
        return parser;
    }

    /**
     * Returns for every message its line as a trace shows it, the length of its headers, and what a delivery copies.
     */
    private static List<String> messages(Pieces pieces, Dialect dialect) throws IOException, ProtocolException {
        Parser parser = parser(pieces, dialect);
        List<String> found = new ArrayList<>();
        while (parser.fill())
            for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                if (op != Op.PUB_LINE)
                    found.add(describe(parser.message()));
        return found;
    }

    private static String describe(Message m) {
        return m.lineText() + "|" + m.headerLength() + "|"
                + new String(m.buffer(), m.tailStart(), m.tailLength(), StandardCharsets.ISO_8859_1);
    }

    private static ProtocolException fault(String text) {
        Parser parser = parser(Pieces.of(text), Dialect.CLIENT);
        return assertThrows(ProtocolException.class, () -> {
            while (parser.fill())
                while (parser.next() != Op.NEED_MORE)
                    continue;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"HPUB foo 2 5\r\n", "hpub foo 2 5\n", "HPUB\tfoo  2\t\t5 \r\n", "HPub   foo 2 5\t\r\n"})
    void linesAreMadeCanonicalHoweverTheyAreCut(String line) throws Exception {
        for (String reply : List.of("", "re.ply ")) {
            String text = line.replace("foo", "foo " + reply) + "hello\r\n";
            String expected = "foo " + reply + "2 5|2|" + reply + "2 5\r\nhello\r\n";
            for (int cut = 0; cut < text.length(); cut++)
                assertEquals(List.of(expected),
                        messages(Pieces.of(text.substring(0, cut), text.substring(cut)), Dialect.CLIENT));
        }
    }

    @Test
    void routedMessagesHaveASidAsWell() throws Exception {
        String text = "HMSG foo RSID:1:2 2 5\r\nhello\r\nHMSG  foo RSID:1:2 re.ply\t2 5\nhello\r\n";
        for (int size = 1; size <= text.length(); size++)
            assertEquals(List.of("foo RSID:1:2 2 5|2|2 5\r\nhello\r\n",
                    "foo RSID:1:2 re.ply 2 5|2|re.ply 2 5\r\nhello\r\n"),
                    messages(Pieces.every(size, text), Dialect.ROUTE));
    }

    @Test
    void aMessageWithoutHeadersDiffersFromOneWithEmptyHeaders() throws Exception {
        assertEquals(List.of("a 0 1|0|0 1\r\nx\r\n", "a 1|-1|1\r\nx\r\n", "a 0 0|0|0 0\r\n\r\n"),
                messages(Pieces.of("HPUB a 0 1\r\nx\r\nPUB a 1\r\nx\r\nHPUB a 0 0\r\n\r\n"), Dialect.CLIENT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HPUB foo 5 4  | processHeaderPub Bad or Missing Size: 'foo 5 4'",
        "HPUB foo x 4  | processHeaderPub Bad or Missing Size: 'foo x 4'",
        "HPUB foo 4 x  | processHeaderPub Bad or Missing Size: 'foo 4 x'",
        "HPUB foo -1 4 | processHeaderPub Bad or Missing Size: 'foo -1 4'",
        "HPUB foo 9223372036854775808 4 | processHeaderPub Bad or Missing Size: 'foo 9223372036854775808 4'",
        "HPUB foo 4 9223372036854775808 | processHeaderPub Bad or Missing Size: 'foo 4 9223372036854775808'",
        "HPUB foo x 9223372036854775807 | processHeaderPub Bad or Missing Size: 'foo x 9223372036854775807'",
        "HPUB foo 4    | processHeaderPub Parse Error: 'foo 4'",
        "HPUB foo      | processHeaderPub Parse Error: 'foo'",
        "HPUB a b c 1 2| processHeaderPub Parse Error: 'a b c 1 2'"})
    void badArgumentsAreNamed(String line, String message) {
        ProtocolException fault = fault(line + "\r\n");
        assertEquals(Fault.BAD_ARGUMENTS, fault.fault());
        assertEquals(message, fault.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1001 4", "4 1001", "1001 1001", "9223372036854775807 4", "4 9223372036854775807",
        "9223372036854775807 9223372036854775807", "4 009223372036854775807"})
    void aSizeBeyondTheLimitIsAPayloadViolationInEitherPosition(String sizes) {
        assertEquals(Fault.PAYLOAD, fault("HPUB foo " + sizes + "\r\n").fault());
    }

    @Test
    void theLimitIsOnTheWhole() throws Exception {
        assertEquals(Fault.PAYLOAD, fault("HPUB foo 2 1001\r\n").fault());
        assertEquals(1, messages(Pieces.of("HPUB foo 999 1000\r\n" + "x".repeat(1000) + "\r\n"), Dialect.CLIENT).size());
        assertEquals(Fault.CONTROL_LINE, fault("HPUB " + "x".repeat(LINE) + " 1 1\r\n").fault());
    }

    @Test
    void aMessageOfTheServersOwnLooksLikeOneThatWasRead() {
        assertEquals("in.box 5 5|5|5 5\r\nx\r\n\r\n\r\n",
                describe(Message.ofHeaders("in.box", "x\r\n\r\n")));
    }
}
