package io.jnatsd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.bench.FrameReader.Frame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameReaderTest {
    private static final String TRANSCRIPT = "INFO {\"max_payload\":1} \r\n+OK\r\n"
            + "MSG a 1 0\r\n\r\n"
            + "MSG in.box.42 1 5\r\nMSG \r\r\n"
            + "PING\r\n"
            + "MSG a.b 1 re.ply 12\r\nx\r\nMSG a 1 0\r\n"
            + "-ERR 'Slow Consumer'\r\nPONG\r\n"
            + "MSG a.7 sid9 r 003\r\nabc\r\n"
            + "HMSG in.box.43 1 12 14\r\nNATS/1.0\r\n\r\nab\r\nHMSG a.8 1 re.ply 3 3\r\nabc\r\n";
    private static final List<String> FRAMES = List.of("INFO INFO {\"max_payload\":1} ", "OK +OK", "MSG -1 ", "MSG 42 ",
            "PING PING", "MSG -1 re.ply", "ERR -ERR 'Slow Consumer'", "PONG PONG", "MSG 7 r",
            "MSG 43 ", "MSG 8 re.ply", "END");

    @Test
    void framesAreTheSameWhereverTheStreamIsCut() throws IOException {
        byte[] bytes = bytes(TRANSCRIPT);
        for (int cut = 0; cut <= bytes.length; cut++) {
            InputStream stream = new SequenceInputStream(new ByteArrayInputStream(bytes, 0, cut),
                    new ByteArrayInputStream(bytes, cut, bytes.length - cut));
            assertEquals(FRAMES, frames(new FrameReader(stream)), "cut at " + cut);
        }
    }

    @Test
    void framesAreTheSameByteByByteAndInTheSmallestBuffer() throws IOException {
        assertEquals(FRAMES, frames(new FrameReader(new OneByOne(bytes(TRANSCRIPT)), 1)));
        assertEquals(FRAMES, frames(new FrameReader(new ByteArrayInputStream(bytes(TRANSCRIPT)), 3)));
    }

    @Test
    void payloadMayBeLargerThanTheBuffer() throws IOException {
        String large = "MSG a 1 300000\r\n" + "x".repeat(300_000) + "\r\nPING\r\n";
        FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes(large)), 1000);
        assertEquals(Frame.MSG, reader.next());
        assertEquals(Frame.PING, reader.next());
        assertEquals(Frame.END, reader.next());
    }

    @Test
    void tellsWhetherMoreIsBuffered() throws IOException {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes("PING\r\nPONG\r\n")));
        reader.next();
        assertTrue(reader.hasBuffered());
        reader.next();
        assertEquals(false, reader.hasBuffered());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "MSG a 1\r\n", "MSG a 1 x\r\n", "MSG a 1 -1\r\n",
        "MSG a 1 b c 1\r\n", "MSG a 1 9999999999\r\n", "MSG a 1 999999999\r\n", "MSG a 1 2\r\nabcd\r\n", "PIGS\r\n",
        "MSGS a 1 2\r\n", "PING", "MSG a 1 2\r\nab"})
    void whatIsNotTheProtocolIsAnError(String text) {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes(text)));
        assertThrows(IOException.class, reader::next);
    }

    private static List<String> frames(FrameReader reader) throws IOException {
        List<String> frames = new ArrayList<>();
        while (true) {
            Frame frame = reader.next();
            if (frame == Frame.END) {
                frames.add("END");
                return frames;
            }
            byte[] reply = new byte[reader.replyLength()];
            if (frame == Frame.MSG)
                reader.copyReply(reply, 0);
            frames.add(frame == Frame.MSG
                    ? "MSG " + reader.subjectNumber() + " " + new String(reply, StandardCharsets.UTF_8)
                    : frame + " " + reader.text());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A stream that returns one byte for each read. */
    private static final class OneByOne extends ByteArrayInputStream {
        OneByOne(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            return super.read(to, offset, Math.min(1, length));
        }
    }
}
