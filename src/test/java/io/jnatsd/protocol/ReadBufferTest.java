package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
    private static final int MEGABYTE = 1024 * 1024;

    private static Pieces reads(int count, int size) {
        return Pieces.of(Collections.nCopies(count, new byte[size]).toArray(byte[][]::new));
    }

    @Test
    void eachFillIsOneRead() throws IOException {
        Pieces pieces = Pieces.of("ab", "c", "defg");
        ReadBuffer buffer = new ReadBuffer(pieces);
        for (int expected : new int[] {2, 3, 7}) {
            assertTrue(buffer.fill(0));
            assertEquals(expected, buffer.limit() - buffer.position());
        }
        assertEquals(3, pieces.reads);
        assertFalse(buffer.fill(0));
    }

    @Test
    void whatIsNotConsumedMovesToTheFront() throws IOException {
        ReadBuffer buffer = new ReadBuffer(Pieces.of("abcdef", "gh"));
        buffer.fill(0);
        buffer.consume(4);
        buffer.fill(0);
        assertEquals(0, buffer.position());
        assertEquals("efgh", new String(buffer.bytes(), 0, buffer.limit()));
    }

    @Test
    void itGrowsWhileReadsFillItButNotForEver() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(100, MEGABYTE));
        int largest = 0;
        for (int i = 0; i < 100; i++) {
            buffer.fill(0);
            largest = Math.max(largest, buffer.bytes().length);
            assertTrue(buffer.bytes().length <= 512 << Math.min(i, 7));
            buffer.consume(buffer.limit());
        }
        assertEquals(64 * 1024, largest);
    }

    @Test
    void itFollowsALargeMessageAndShrinksAfterwards() throws IOException {
        Pieces pieces = Pieces.of(new byte[MEGABYTE]);
        pieces.add(reads(200, 10));
        ReadBuffer buffer = new ReadBuffer(pieces);
        while (buffer.limit() < MEGABYTE)
            assertTrue(buffer.fill(MEGABYTE));
        assertEquals(MEGABYTE, buffer.bytes().length);
        buffer.consume(buffer.limit());
        while (buffer.fill(0))
            buffer.consume(buffer.limit());
        assertEquals(512, buffer.bytes().length);
    }

    @Test
    void announcedSizeAloneCostsNothing() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(10, 10));
        while (buffer.fill(MEGABYTE))
            assertEquals(512, buffer.bytes().length);
    }

    @Test
    void memoryFollowsWhatHasCome() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(1000, 1000));
        while (buffer.fill(MEGABYTE))
            assertTrue(buffer.bytes().length <= buffer.limit() * 4,
                    buffer.limit() + " of " + buffer.bytes().length);
        assertEquals(1_000_000, buffer.limit());
    }

    @Test
    void messageOfAMegabyteComesTogetherFromBits() throws Exception {
        String payload = "0123456789abcdef".repeat(MEGABYTE / 16);
        for (int size : new int[] {100, 1000, 1460, 70_000, 2 * MEGABYTE}) {
            Pieces pieces = Pieces.every(size, "PING\r\nPUB foo 1048576\r\n" + payload + "\r\nPUB bar 1\r\nx\r\n");
            ReadBuffer buffer = new ReadBuffer(pieces);
            Parser parser = new Parser(buffer, Dialect.CLIENT);
            parser.limits(1024, MEGABYTE);
            int messages = 0;
            while (parser.fill())
                for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                    if (op == Op.PUB && messages++ == 0) {
                        Message m = parser.message();
                        assertEquals(payload, new String(m.buffer(), m.payloadStart(), m.payloadLength()));
                    }
            assertEquals(2, messages);
            assertTrue(buffer.bytes().length <= 2 * MEGABYTE);
        }
    }

    @Test
    void releasedBufferHoldsNothing() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(3, 400));
        buffer.fill(0);
        buffer.release();
        assertEquals(0, buffer.bytes().length + buffer.limit() + buffer.position());
    }
}
