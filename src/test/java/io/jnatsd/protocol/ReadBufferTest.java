package io.jnatsd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
    private static final int MEGABYTE = 1024 * 1024;

    private static Pieces reads(int count, int size) {
        return Pieces.of(Collections.nCopies(count, new byte[size]).toArray(byte[][]::new));
    }

    /** As {@link Parser#fill} does it. */
    private static boolean fill(ReadBuffer buffer, int wanted) throws IOException {
        return !buffer.makeRoom(wanted) || buffer.readMore();
    }

    @Test
    void eachFillIsOneRead() throws IOException {
        Pieces pieces = Pieces.of("ab", "c", "defg");
        ReadBuffer buffer = new ReadBuffer(pieces, new AmpleMemory());
        for (int expected : new int[] {2, 3, 7}) {
            assertTrue(fill(buffer, 0));
            assertEquals(expected, buffer.limit() - buffer.position());
        }
        assertEquals(3, pieces.reads);
        assertFalse(fill(buffer, 0));
    }

    @Test
    void whatIsNotConsumedMovesToTheFront() throws IOException {
        ReadBuffer buffer = new ReadBuffer(Pieces.of("abcdef", "gh"), new AmpleMemory());
        fill(buffer, 0);
        buffer.consume(4);
        fill(buffer, 0);
        assertEquals(0, buffer.position());
        assertEquals("efgh", new String(buffer.bytes(), 0, buffer.limit()));
    }

    @Test
    void itGrowsWhileReadsFillItButNotForEver() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(100, MEGABYTE), new AmpleMemory());
        int largest = 0;
        for (int i = 0; i < 100; i++) {
            fill(buffer, 0);
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
        ReadBuffer buffer = new ReadBuffer(pieces, new AmpleMemory());
        while (buffer.limit() < MEGABYTE)
            assertTrue(fill(buffer, MEGABYTE));
        assertEquals(MEGABYTE, buffer.bytes().length);
        buffer.consume(buffer.limit());
        while (fill(buffer, 0))
            buffer.consume(buffer.limit());
        assertEquals(512, buffer.bytes().length);
    }

    @Test
    void announcedSizeAloneCostsNothing() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(10, 10), new AmpleMemory());
        while (fill(buffer, MEGABYTE))
            assertEquals(512, buffer.bytes().length);
    }

    @Test
    void memoryFollowsWhatHasCome() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(1000, 1000), new AmpleMemory());
        while (fill(buffer, MEGABYTE))
            assertTrue(buffer.bytes().length <= buffer.limit() * 4,
                    buffer.limit() + " of " + buffer.bytes().length);
        assertEquals(1_000_000, buffer.limit());
    }

    @Test
    void messageOfAMegabyteComesTogetherFromBits() throws Exception {
        String payload = "0123456789abcdef".repeat(MEGABYTE / 16);
        for (int size : new int[] {100, 1000, 1460, 70_000, 2 * MEGABYTE}) {
            Pieces pieces = Pieces.every(size, "PING\r\nPUB foo 1048576\r\n" + payload + "\r\nPUB bar 1\r\nx\r\n");
            ReadBuffer buffer = new ReadBuffer(pieces, new AmpleMemory());
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
        ReadBuffer buffer = new ReadBuffer(reads(3, 400), new AmpleMemory());
        fill(buffer, 0);
        buffer.release();
        assertEquals(0, buffer.bytes().length + buffer.limit() + buffer.position());
    }

    /** Memory that is only granted to those who wait, and the connection may end while they do. */
    private static final class ScarceMemory implements InputMemory {
        private final boolean ended;
        private int held;
        private int come;

        ScarceMemory(boolean ended) {
            this.ended = ended;
        }

        @Override
        public boolean tryHold(int bytes) {
            if (bytes == 0)
                held = 0;
            return bytes == 0;
        }

        @Override
        public void hold(int bytes) {
            held = bytes;
        }

        @Override
        public boolean await(int bytes) {
            held = ended ? held : bytes;
            return !ended;
        }

        @Override
        public void progress(int bytes) {
            come = bytes;
        }
    }

    @Test
    void withoutMemoryItDoesNotGrowToReadFaster() throws IOException {
        ReadBuffer buffer = new ReadBuffer(reads(100, MEGABYTE), new ScarceMemory(false));
        for (int i = 0; i < 100; i++) {
            fill(buffer, 0);
            buffer.consume(buffer.limit());
        }
        assertEquals(ReadBuffer.FREE, buffer.bytes().length);
    }

    @Test
    void whatWasWaitedForIsGivenBackWhenTheMessageIsDone() throws IOException {
        ScarceMemory memory = new ScarceMemory(false);
        ReadBuffer buffer = new ReadBuffer(reads(1, 3 * MEGABYTE), memory);
        for (int size : new int[] {MEGABYTE, 10_000, MEGABYTE + 1}) {
            while (buffer.limit() - buffer.position() < size) {
                assertTrue(fill(buffer, size));
                assertTrue(buffer.bytes().length <= Math.max(memory.held, ReadBuffer.FREE));
            }
            assertEquals(size, buffer.limit());
            assertEquals(size, memory.come);
            assertTrue(memory.held >= size && memory.held <= size + 64 * 1024);
            buffer.consume(size);
        }
        fill(buffer, 0);
        assertEquals(0, memory.held);
        assertEquals(ReadBuffer.FREE, buffer.bytes().length);
    }

    @Test
    void whenTheConnectionEndsWhileItWaitsNothingIsRead() throws IOException {
        Pieces pieces = reads(1, MEGABYTE);
        ReadBuffer buffer = new ReadBuffer(pieces, new ScarceMemory(true));
        fill(buffer, 0);
        buffer.consume(100);
        int reads = pieces.reads;
        assertTrue(fill(buffer, MEGABYTE));
        assertEquals(reads, pieces.reads);
        assertEquals(0, buffer.position());
        assertEquals(512 - 100, buffer.limit());
    }

    @Test
    void aLineThatIsLongerThanUsualWaitsForItsMemory() throws Exception {
        String line = "CONNECT {\"verbose\":false,\"name\":\"" + "x".repeat(20_000) + "\"}\r\n";
        ScarceMemory memory = new ScarceMemory(false);
        ReadBuffer buffer = new ReadBuffer(Pieces.every(3000, line + line + "PING\r\n"), memory);
        Parser parser = new Parser(buffer, Dialect.CLIENT);
        parser.limits(1024, MEGABYTE);
        int lines = 0;
        while (parser.fill())
            for (Op op; (op = parser.next()) != Op.NEED_MORE; lines++)
                assertEquals(lines < 2 ? Op.CONNECT : Op.PING, op);
        assertEquals(3, lines);
        assertTrue(memory.held < 20_000, () -> memory.held + " bytes are held");
    }

    @Test
    void releasedMemoryIsNotHeld() throws IOException {
        ScarceMemory memory = new ScarceMemory(false);
        ReadBuffer buffer = new ReadBuffer(reads(1, MEGABYTE), memory);
        fill(buffer, MEGABYTE);
        assertTrue(memory.held > MEGABYTE / 2);
        buffer.release();
        assertEquals(0, memory.held);
    }

    /** It is not counted any more, so nothing may refer to it. */
    @Test
    void theArrayOfALargeMessageIsUnreachableWhileTheNextCommandIsAwaited() throws Exception {
        Pieces pieces = Pieces.every(100_000, "PUB foo 1048576\r\n" + "x".repeat(MEGABYTE) + "\r\nPING\r\n");
        Parser[] reader = new Parser[1];
        int[] held = new int[1];
        ReadBuffer buffer = new ReadBuffer(new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("one byte at a time");
            }

            @Override
            public int read(byte[] to, int offset, int length) {
                if (reader[0].message().buffer() != null)
                    held[0] = Math.max(reader[0].message().buffer().length, reader[0].arguments().buffer().length);
                return pieces.read(to, offset, length);
            }
        }, new ScarceMemory(false));
        Parser parser = reader[0] = new Parser(buffer, Dialect.CLIENT);
        parser.limits(1024, MEGABYTE);
        while (parser.fill())
            for (Op op; (op = parser.next()) != Op.NEED_MORE;)
                if (op == Op.PUB)
                    assertTrue(parser.message().buffer().length > MEGABYTE);
        assertEquals(ReadBuffer.FREE, held[0]);
    }
}
