package io.jnatsd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.protocol.Pieces;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuotedTest {
    private static String quoted(String utf8) {
        byte[] bytes = ("xx" + utf8 + "yy").getBytes(StandardCharsets.UTF_8);
        return Quoted.of(bytes, 2, bytes.length - 2);
    }

    @Test
    void plainTextStandsInQuotes() {
        assertEquals("\"\"", quoted(""));
        assertEquals("\"foo.bar\"", quoted("foo.bar"));
        assertEquals("\"\u00e9\u0141\ud83d\ude00\"", quoted("\u00e9\u0141\ud83d\ude00"));
        assertEquals("\"foo\"", Quoted.of("foo"));
    }

    @Test
    void whatDoesNotPrintIsEscapedAsGoDoes() {
        assertEquals("\"\\\"\\\\'\"", quoted("\"\\'"));
        assertEquals("\"\\a\\b\\f\\n\\r\\t\\v\"", quoted("\u0007\b\f\n\r\t\u000b"));
        assertEquals("\"\\x00\\x1b\\x7f\"", quoted("\0\u001b\u007f"));
    }

    @Test
    void bytesThatAreNoTextAreEscapedOneByOne() {
        assertEquals("\"a\\xff\\xc3b\\xe2\\x82\"", Quoted.of(Pieces.bytes("a\u00ff\u00c3b\u00e2\u0082"), 0, 6));
    }
}
