package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.ProtocolException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parser (protocol.md, section 3). */
class ParserTest {
    private static final int LINE = 1024;
    private static final int PAYLOAD = 1_100_000;

    private static Parser parser(Pieces pieces) {
        Parser parser = new Parser(new ReadBuffer(pieces, new AmpleMemory()), Dialect.CLIENT);
        parser.limits(LINE, PAYLOAD);
        return parser;
    }

    /** Returns every command with its arguments; a violation ends the list. */
    private static List<String> parse(Pieces pieces) {
        return parse(parser(pieces));
    }

    private static List<String> parse(Parser parser) {
        List<String> found = new ArrayList<>();
        try {
            while (parser.fill())
                for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                    if (op != Op.PUB_LINE)
                        found.add(describe(op, parser));
        } catch (ProtocolException e) {
            found.add(e.fault().name());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private static String describe(Op op, Parser parser) {
        return switch (op) {
            case PUB -> {
                Message m = parser.message();
                assertEquals(m.subjectHash(), subject(m).hashCode());
                String payload = text(m.buffer(), m.payloadStart(), m.payloadLength());
                assertTrue(text(m.buffer(), m.tailStart(), m.tailLength()).endsWith("\r\n" + payload + "\r\n"));
                yield (m.headerLength() < 0 ? "PUB " : "HPUB(" + m.headerLength() + ") ") + subject(m) + (m.replyLength() == 0 ? "" : " r=" + text(m.buffer(), m.tailStart(),
                        m.replyLength())) + " " + payload;
            }
            case SUB, UNSUB -> {
                StringBuilder text = new StringBuilder(op.name());
                for (int i = 0; i < parser.arguments().count(); i++)
                    text.append(' ').append(parser.arguments().token(i));
                yield text.toString();
            }
            case CONNECT, INFO, ERR -> op + " " + parser.arguments().text();
            default -> op.name();
        };
    }

    private static String subject(Message m) {
        return text(m.buffer(), m.subjectStart(), m.subjectLength());
    }

    private static String text(byte[] bytes, int start, int length) {
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }

    private static ProtocolException fault(String... pieces) {
        Parser parser = parser(Pieces.of(pieces));
        return assertThrows(ProtocolException.class, () -> {
            while (parser.fill())
                while (parser.next() != Op.NEED_MORE)
                    continue;
        });
    }

    @Test
    void commandsOfAllForms() {
        assertEquals(List.of("PING", "PING", "PONG", "OK", "CONNECT {\"a\" : 1}", "CONNECT {}", "INFO {}", "INFO x",
                "SUB foo 1", "SUB foo q 1", "SUB foo 1", "UNSUB 1", "UNSUB 1 5", "ERR 'Some Error'", "PUB foo hello",
                "PUB foo r=bar hello", "PUB foo ", "PUB a\u00e9 r=\u00ff\u0001 x\r\ny"), parse(Pieces.of("""
                PING\r
                pInG \r x \r
                PONG
                +Ok yes\r
                CONNECT {"a" : 1}\r
                connect{}\r
                INFO \t{}\r
                INFOx\r
                SUB foo 1\r
                sUb\t foo \t q  1 \r
                SUB foo 1
                UNSUB 1\r
                unsub  1\t5\t\r
                -ERR 'Some Error'\r
                PUB foo 5\r
                hello\r
                pub \tfoo  bar\t 5 \r
                hello\r
                PUB foo 0\r
                \r
                PUB a\u00e9 \u00ff\u0001 4
                x\r
                y\r
                """)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "CONNECT {\"verbose\":false} \r\nPING\r\nSUB foo 1\r\nPUB foo 5\r\nhello\r\nUNSUB 1 2\r\n+OK\r\nPONG\r\n",
        "PUB foo.bar reply.to 11\r\nHello World\r\nPUB foo 0\r\n\r\nPUB foo r 2\r\n\r\n\r\nPING\r\n",
        "pub\tfoo  bar \t 00003 \nx\ny\r\n  PING\r\n",
        "SUB a q 1\nSUB\t\tb\t 22 \r\n-ERR  'x y' \r\nINFO {\"a\":1}\r\nCONNECT{}\n",
        "PUB foo 2222222222222222\r\n", "PING\r\nUNSUB \r\n", "PUB foo 2\r\nok \r\n", "PUB foo 2\r\nok\r \n",
        "PUB foo 1\r\nx\r\nPUB foo 1\r\nx\n\nPING\r\n", "SUBSUB 1\r\n", "PUB foo 99999999999999999999\r\n", "SUB a\r\n",
        "PUB a b c d 1\r\n", "UNSUB 1 2 3 4 5 6 7 8\r\n", "PUB \r\n", "PUB foo bar   \r\n", "PING\r\n\r\n", "CONNECTx{}\r\n",
        "HPUB foo.bar re.ply 4 6\r\nabcdef\r\nHPUB foo 0 0\r\n\r\nPUB x 0\r\n\r\nHPUB foo 3 3\r\n\r\nx\r\nPING\r\n",
        "hpub\t foo  bar\t2 \t 0003 \nabc\r\n HPUB x 0 1\ny\r\nPING\r\n", "HPUB foo 2 2\r\nab\n\n",
        "HPUB foo 5 4\r\nabcd\r\n", "HPUB foo 5\r\n", "HPUB \r\n", "HPUB foo a b 1 2\r\n", "HPUBx foo 1 2\r\n",
        "HPUB foo x 2\r\n", "HPUB foo 1 x\r\n", "HP foo 1 2\r\n", "HMSG foo 1 2 2\r\nab\r\n",
        "PUB \u00e9\u0001 \u00ff 1\r\n\u0000\r\n", "-ERRx", "PUBxfoo 1\r\n", "UNSUB_2\r\n",
    })
    void cutsChangeNothing(String transcript) {
        List<String> whole = parse(Pieces.of(transcript));
        for (int i = 1; i < transcript.length(); i++)
            for (int j = i; j < transcript.length(); j++) {
                String[] pieces = {transcript.substring(0, i), transcript.substring(i, j), transcript.substring(j)};
                assertEquals(whole, parse(Pieces.of(pieces)), () -> String.join("|", pieces));
            }
        for (int size = 1; size < transcript.length(); size++)
            assertEquals(whole, parse(Pieces.every(size, transcript)), "pieces of " + size);
    }

    @Test
    void randomSessionsInRandomPiecesAreTheSame() {
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            StringBuilder session = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++)
                append(random, session, expected);
            byte[] all = Pieces.bytes(session.toString());
            List<byte[]> pieces = new ArrayList<>();
            for (int at = 0; at < all.length;) {
                int stop = Math.min(all.length, at + 1 + random.nextInt(random.nextInt(10) == 0 ? 5000 : 30));
                pieces.add(Arrays.copyOfRange(all, at, stop));
                at = stop;
            }
            assertEquals(expected, parse(Pieces.of(pieces.toArray(byte[][]::new))));
        }
    }

    private static void append(Random random, StringBuilder session, List<String> expected) {
        String blank = " \t".repeat(2).substring(random.nextInt(3), 3 + random.nextInt(2));
        String end = random.nextBoolean() ? "\r\n" : "\n", subject = "s" + random.nextInt(1000);
        switch (random.nextInt(4)) {
            case 0 -> {
                session.append("SUB").append(blank).append(subject).append(blank).append("7").append(end);
                expected.add("SUB " + subject + " 7");
            }
            case 1 -> {
                session.append("pInG").append(blank).append(end);
                expected.add("PING");
            }
            default -> {
                String payload = "\r\nPUB x".repeat(random.nextInt(random.nextInt(20) == 0 ? 2000 : 10));
                boolean reply = random.nextBoolean();
                session.append(random.nextBoolean() ? "PUB " : "pub" + blank).append(subject).append(blank)
                        .append(reply ? "_IN.box" + blank : "").append(payload.length()).append(end).append(payload)
                        .append("\r\n");
                expected.add("PUB " + subject + (reply ? " r=_IN.box" : "") + " " + payload);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ZZZ, 0, 0", "' PING', 0, 0", "M, 0, 0", "'\r\n', 0, 0", "+x, 1, 1", "+Ox, 2, 2", "-x, 4, 1", "-Ex, 5, 2",
        "-ERx, 6, 3", "-ERRx, 7, 4", "Cx, 10, 1", "COx, 11, 2", "CONx, 12, 3", "CONNx, 13, 4", "CONNEx, 14, 5",
        "CONNECx, 15, 6", "Px, 18, 1", "PUx, 19, 2", "PUBS foo, 20, 3", "PIx, 23, 2", "PINx, 24, 3", "POx, 26, 2",
        "PONx, 27, 3", "Sx, 31, 1", "SUx, 32, 2", "SUBZZZ, 33, 3", "Ux, 36, 1", "UNx, 37, 2", "UNSx, 38, 3",
        "UNSUx, 39, 4", "UNSUB_2, 40, 5", "Ix, 48, 1", "INx, 49, 2", "INFx, 50, 3",
    })
    void errorsNameGnatsdsParserState(String text, int state, int index) {
        ProtocolException e = fault("PING\r\n", text);
        assertEquals(Fault.UNKNOWN_OPERATION, e.fault());
        String start = "Client Parser ERROR, state=" + state + ", i=" + index + ": proto='\"";
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    @Test
    void errorsShowWhatWasThere() {
        assertEquals("Client Parser ERROR, state=0, i=6: proto='\"foo\\r\\n\\x00\\\"\"...'",
                fault("PING\r\nfoo\r\n\0\"").getMessage());
        assertTrue(fault("x".repeat(100)).getMessage().endsWith(": proto='\"" + "x".repeat(32) + "\"...'"));
        assertEquals("processPub Parse Error: 'foo  '", fault("PUB  foo  \r\n").getMessage());
        assertEquals("processPub Bad or Missing Size: 'foo bar'", fault("PUB foo bar\r\n").getMessage());
        assertEquals("Maximum Payload Exceeded: 1100001 vs 1100000", fault("PUB foo 1100001\r\n").getMessage());
    }

    @Test
    void faultsHaveTheirTexts() {
        assertEquals("-ERR 'Unknown Protocol Operation'\r\n-ERR 'Parser Error'\r\n", fault("x").wire());
        assertEquals("-ERR 'Parser Error'\r\n", fault("PUB foo x\r\n").wire());
        assertEquals("-ERR 'Maximum Control Line Exceeded'\r\n", fault("SUB " + "x".repeat(2000)).wire());
        assertEquals("-ERR 'Maximum Payload Violation'\r\n", fault("PUB foo 9999999\r\n").wire());
        assertEquals("", new ProtocolException(Fault.PEER_ERROR, "x").wire());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "0005", "000000000000000005", "5 ", " 5", "\t5\t\t"})
    void publishLinesAreMadeCanonical(String size) throws Exception {
        int length = Integer.parseInt(size.strip());
        String payload = "x".repeat(length);
        for (String line : List.of("PUB foo ", "PUB  foo\t", "PUB foo reply ", "pub\tfoo \t reply  "))
            for (String end : List.of("\r\n", "\n")) {
                Parser parser = parser(Pieces.of(line + size + end + payload + "\r\n"));
                assertTrue(parser.fill());
                assertEquals(Op.PUB, parser.next());
                Message m = parser.message();
                assertEquals((line.contains("reply") ? "reply " : "") + size.strip() + "\r\n" + payload + "\r\n",
                        text(m.buffer(), m.tailStart(), m.tailLength()));
                assertEquals("foo", subject(m));
                assertEquals(("foo " + (line.contains("reply") ? "reply " : "") + size.strip()), m.lineText());
                assertEquals(Op.NEED_MORE, parser.next());
            }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "7, 7", "00012, 12", "999999999999999999, 999999999999999999", "9999999999999999999, -1", "-1, -1",
        "+1, -1", "1a, -1", "a, -1", "0x1, -1", "1.0, -1", "1_0, -1", "\u0663, -1",
    })
    void numbersAreDigitsOnly(String text, long value) throws Exception {
        Parser parser = parser(Pieces.of("UNSUB 1 " + new String(text.getBytes(StandardCharsets.UTF_8),
                StandardCharsets.ISO_8859_1) + "\r\n"));
        parser.fill();
        parser.next();
        assertEquals(value, parser.arguments().number(1));
    }

    @Test
    void lineIsAnnouncedOnceWhenItsPayloadIsStillComing() throws Exception {
        Parser parser = parser(Pieces.of("PUB foo.* bar 5\r\n", "he", "llo", "\r", "\nPUB foo 1\r\nx\r\n"));
        List<Op> ops = new ArrayList<>();
        while (parser.fill())
            for (Op op; (op = parser.next()) != Op.NEED_MORE;) {
                ops.add(op);
                if (op == Op.PUB_LINE)
                    assertEquals("foo.*", subject(parser.message()));
            }
        assertEquals(List.of(Op.PUB_LINE, Op.PUB, Op.PUB), ops);
    }

    @Test
    void longestLineIsTheSameHoweverItIsCut() {
        String line = "SUB " + "x".repeat(LINE - 2) + " 1", publish = "PUB " + "x".repeat(LINE - 2) + " 0";
        for (String command : List.of(line + "\r\n", line + "\n", publish + "\r\n\r\n",
                "SUB   \t" + line.substring(4) + "\r\n")) {
            List<String> whole = parse(Pieces.of(command));
            assertEquals(1, whole.size());
            assertTrue(whole.getFirst().length() >= LINE, whole.toString());
            String longer = command.replaceFirst("x", "xx");
            for (int cut = 1; cut < command.length(); cut++) {
                assertEquals(whole, parse(Pieces.of(command.substring(0, cut), command.substring(cut))));
                assertEquals(List.of("CONTROL_LINE"), parse(Pieces.of(longer.substring(0, cut), longer.substring(cut))));
            }
        }
    }

    @Test
    void endlessLineIsStoppedAtTheLimit() throws Exception {
        for (String start : List.of("PUB ", "SUB x", "PING ", "PING", "+OK", "UNSUB    ", "-ERR ")) {
            Pieces pieces = Pieces.every(100, start + (start.endsWith(" ") ? " " : "x").repeat(10_000));
            assertEquals(List.of("CONTROL_LINE"), parse(pieces), start);
            assertTrue(pieces.reads <= 13, start + " took " + pieces.reads);
        }
        assertEquals(List.of("CONTROL_LINE"), parse(Pieces.every(1000, "CONNECT {" + "x".repeat(40_000))));
        String json = "CONNECT {" + "x".repeat(32_000);
        assertEquals(List.of(json), parse(Pieces.every(1000, json + "\r\n")));
    }

    @Test
    void limitsCountFromTheNextLineOn() throws Exception {
        Parser parser = parser(Pieces.of("PUB foo 5\r\nhe", "llo\r\nPUB foo 5\r\n"));
        parser.fill();
        assertEquals(Op.PUB_LINE, parser.next());
        assertEquals(Op.NEED_MORE, parser.next());
        parser.fill();
        parser.limits(LINE, 4);
        assertEquals(Op.PUB, parser.next());
        assertEquals(Fault.PAYLOAD, assertThrows(ProtocolException.class, parser::next).fault());
    }

    @Test
    void belowZeroMeansNoLimit() throws Exception {
        Parser parser = parser(Pieces.of("SUB " + "x".repeat(100_000) + " 1\r\nPUB foo 999999999\r\n"));
        parser.limits(-1, -1);
        assertEquals(List.of("SUB " + "x".repeat(100_000) + " 1"), parse(parser));
        for (int limit : new int[] {-1, Integer.MAX_VALUE}) {
            Parser other = parser(Pieces.of("PUB foo 2147483647\r\nx"));
            other.limits(LINE, limit);
            other.fill();
            assertThrows(ProtocolException.class, other::next, "more than an array can hold");
        }
    }

    @Test
    void beforeTheLoginOnlyConnectIsAccepted() throws Exception {
        for (String text : List.of("PUB foo 1\r\n", "PING\r\n", "x", "-ERR 'x'\r\n")) {
            Parser parser = parser(Pieces.of(text));
            parser.connectOnly(true);
            parser.fill();
            assertEquals(Fault.AUTHORIZATION, assertThrows(ProtocolException.class, parser::next).fault());
        }
        Parser parser = parser(Pieces.of("connect {}\r\nPUB foo 0\r\n\r\nCXX"));
        parser.connectOnly(true);
        parser.fill();
        assertEquals(Op.CONNECT, parser.next());
        parser.connectOnly(false);
        assertEquals(Op.PUB, parser.next());
        parser.connectOnly(true);
        assertEquals(Fault.UNKNOWN_OPERATION, assertThrows(ProtocolException.class, parser::next).fault());
    }

    @Test
    void whatIsDiscardedNeverCounts() throws Exception {
        Parser parser = parser(Pieces.of("PUB foo 5\r\nhe", "llo\r\nPING\r\nSUB", "PONG\r\n"));
        parser.fill();
        parser.next();
        parser.discard();
        parser.fill();
        parser.discard();
        parser.fill();
        assertEquals(Op.PONG, parser.next());
        assertEquals(Op.NEED_MORE, parser.next());
        assertFalse(parser.fill());
    }
}
