package io.jnatsd.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests frames from the server (RFC 6455, section 5). */
class WebSocketOutputTest {
    /** Stores each write separately. */
    private static final class Writes extends OutputStream {
        final List<byte[]> all = new ArrayList<>();

        @Override
        public void write(int b) {
            throw new AssertionError("bytewise");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            all.add(java.util.Arrays.copyOfRange(bytes, offset, offset + length));
        }

        DataInputStream joined() {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            all.forEach(joined::writeBytes);
            return new DataInputStream(new ByteArrayInputStream(joined.toByteArray()));
        }

        String text() throws IOException {
            return new String(joined().readAllBytes(), ISO_8859_1);
        }
    }

    private final Writes writes = new Writes();
    private int pongsDue;
    private final WebSocketOutput out = new WebSocketOutput(writes, new byte[0], () -> pongsDue++);

    /** Returns the payload of the next frame; its first byte must be this one. */
    static byte[] frame(DataInputStream in, int first) throws IOException {
        assertEquals(first, in.readUnsignedByte());
        int size = in.readUnsignedByte();
        byte[] payload = new byte[size < 126 ? size : size == 126 ? in.readUnsignedShort() : (int) in.readLong()];
        in.readFully(payload);
        return payload;
    }

    @ParameterizedTest
    @CsvSource({"0, 2, 1", "1, 2, 1", "125, 2, 1", "126, 4, 1", "4000, 4, 1", "8188, 4, 1", "8189, 4, 2",
            "65535, 4, 2", "65536, 10, 2", "131072, 10, 2", "3000000, 10, 2"})
    void aWriteIsAFrame(int size, int header, int rawWrites) throws IOException {
        byte[] payload = new byte[size + 20];
        new Random(size).nextBytes(payload);
        out.write(payload, 10, size);
        assertEquals(header + size, writes.all.stream().mapToInt(w -> w.length).sum());
        assertEquals(rawWrites, writes.all.size());
        assertArrayEquals(java.util.Arrays.copyOfRange(payload, 10, size + 10), frame(writes.joined(), 0x82));
    }

    @Test
    void onlyTheLastPingNeedsItsPong() throws IOException {
        out.pong(new byte[] {'1'});
        out.pong(new byte[] {'2'});
        out.pong(new byte[] {'3'});
        assertEquals(1, pongsDue);
        assertEquals("", writes.text());
        out.write(new byte[] {'a', 'b'});
        out.flush();
        assertEquals("\u008a\u00013\u0082\u0002ab", writes.text());
    }

    @Test
    void thePongIsWrittenByTheWriterAlone() throws IOException {
        out.pong(new byte[] {'!'});
        assertEquals("", writes.text());
        out.flush();
        assertEquals("\u008a\u0001!", writes.text());
        out.flush();
        assertEquals("\u008a\u0001!", writes.text());
    }

    @Test
    void theResponseComesBeforeTheFirstFrame() throws IOException {
        WebSocketOutput answering = new WebSocketOutput(writes, "HTTP".getBytes(ISO_8859_1), () -> { });
        answering.pong(new byte[] {'!'});
        answering.write(new byte[] {'a', 'b'});
        answering.write(new byte[] {'c'});
        assertEquals("HTTP\u008a\u0001!\u0082\u0002ab\u0082\u0001c", writes.text());
    }

    @Test
    void theEndIsOneCloseFrame() throws IOException {
        out.end(CloseCode.TOO_BIG, "Maximum Message Payload Exceeded");
        out.end(CloseCode.NORMAL, "again");
        assertEquals("\u0088\"\u0003\u00f1Maximum Message Payload Exceeded", writes.text());
    }

    @Test
    void aLongReasonIsCut() throws IOException {
        out.end(CloseCode.SERVER_ERROR, "x".repeat(200));
        assertEquals("\u0088}\u0003\u00f3" + "x".repeat(123), writes.text());
    }

    @Test
    void noPongFollowsTheEnd() throws IOException {
        out.end(CloseCode.NORMAL, "");
        out.pong(new byte[0]);
        out.pong(new byte[0]);
        out.end(CloseCode.NORMAL, "");
        assertEquals(1, writes.all.size());
    }

    @Test
    void errorsOfTheUnderlyingStreamReachTheWriter() {
        WebSocketOutput broken = new WebSocketOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        }, new byte[0], () -> { });
        broken.pong(new byte[0]);
        IOException e = assertThrows(IOException.class, () -> broken.write(new byte[10]));
        assertEquals("broken pipe", e.getMessage());
    }
}
