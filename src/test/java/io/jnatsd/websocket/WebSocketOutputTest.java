package io.jnatsd.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6455, section 5: what the server sends. */
class WebSocketOutputTest {
    /** Keeps each write apart. */
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
    private final WebSocketOutput out = new WebSocketOutput(writes);

    /** The payload of the next frame; its first byte must be this one. */
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
    void onlyTheLastPingNeedsItsPong() throws Exception {
        CountDownLatch written = new CountDownLatch(1), go = new CountDownLatch(1);
        ByteArrayOutputStream raw = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                written.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                super.write(bytes, offset, length);
            }
        };
        WebSocketOutput slow = new WebSocketOutput(raw);
        Thread writer = Thread.startVirtualThread(() -> {
            try {
                slow.write(new byte[] {'a', 'b'});
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        written.await();
        slow.pong(new byte[] {'1'});
        slow.pong(new byte[] {'2'});
        slow.pong(new byte[] {'3'});
        go.countDown();
        writer.join();
        await().until(() -> raw.toString(ISO_8859_1).equals("\u0082\u0002ab\u008a\u00013"));
    }

    @Test
    void pongsNeverGetIntoAFrame() throws Exception {
        PipedInputStream in = new PipedInputStream(1 << 16);
        WebSocketOutput piped = new WebSocketOutput(new PipedOutputStream(in));
        int count = 2000;
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                Random random = new Random(1);
                for (int i = 0; i < count; i++)
                    piped.write(new byte[random.nextInt(20_000)]);
                piped.end(CloseCode.NORMAL, "");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Random random = new Random(1);
        DataInputStream frames = new DataInputStream(in);
        int data = 0, pongs = 0;
        for (int first; (first = frames.readUnsignedByte()) != 0x88;) {
            if (data % 3 == 0)
                piped.pong(new byte[] {'!'});
            int size = frames.readUnsignedByte();
            byte[] payload = new byte[size < 126 ? size : frames.readUnsignedShort()];
            frames.readFully(payload);
            if (first == 0x8A) {
                assertArrayEquals(new byte[] {'!'}, payload);
                pongs++;
            } else {
                assertEquals(0x82, first);
                assertArrayEquals(new byte[random.nextInt(20_000)], payload);
                data++;
            }
        }
        writer.join();
        assertEquals(count, data);
        assertTrue(pongs > 0);
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
    void whatIsWrongBeneathReachesTheWriter() {
        WebSocketOutput broken = new WebSocketOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        });
        broken.pong(new byte[0]);
        IOException e = assertThrows(IOException.class, () -> broken.write(new byte[10]));
        assertEquals("broken pipe", e.getMessage());
    }
}
