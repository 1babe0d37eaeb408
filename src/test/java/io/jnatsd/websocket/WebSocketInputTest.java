package io.jnatsd.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests frames from clients (RFC 6455, section 5). */
class WebSocketInputTest {
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final WebSocketOutput output = new WebSocketOutput(answers, new byte[0], () -> { });
    private final List<String> faults = new ArrayList<>();
    /** Number of bytes that the owner still reads after it has closed the connection. */
    private int stillRead = Integer.MAX_VALUE;
    private final WebSocketInput.Owner owner = new WebSocketInput.Owner() {
        @Override
        public void faulty(String text) {
            faults.add(text);
        }

        @Override
        public boolean readsOn(int bytes) {
            stillRead -= bytes;
            return stillRead >= 0;
        }
    };

    private WebSocketInput input(ClientFrames frames) {
        return new WebSocketInput(new ByteArrayInputStream(frames.bytes()), output, owner);
    }

    private String payload(ClientFrames frames) throws IOException {
        return new String(input(frames).readAllBytes(), ISO_8859_1);
    }

    private String answer() {
        return answers.toString(ISO_8859_1);
    }

    @Test
    void payloadsAreUnmaskedAndJoined() throws IOException {
        assertEquals("PING\r\nPUB a 1\r\nx\r\n",
                payload(new ClientFrames().binary("PING\r\n").text("PUB a ").binary("").binary("1\r\nx\r\n")));
        assertEquals(List.of(), faults);
    }

    @Test
    void oneReadIsOneReadBeneath() throws IOException {
        byte[] buffer = new byte[100];
        WebSocketInput in = input(new ClientFrames().binary("abc").binary("defgh").ping("").binary("i"));
        assertEquals(9, in.read(buffer, 10, 90));
        assertEquals("abcdefghi", new String(buffer, 10, 9, ISO_8859_1));
        assertEquals(-1, in.read(buffer, 10, 90));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7, 8, 9, 15, 16, 17, 125, 126, 127, 65535, 65536, 1_000_000})
    void framesMayHaveAnySize(int size) throws IOException {
        byte[] random = new byte[size];
        new Random(size).nextBytes(random);
        ClientFrames frames = new ClientFrames().frame(Frame.FINAL | Frame.BINARY, random);
        assertArrayEquals(random, input(frames).readAllBytes());
    }

    @Test
    void fragmentsMayHaveControlFramesBetween() throws IOException {
        assertEquals("one two three", payload(new ClientFrames().first("one").ping("?").more(" ").pong("late")
                .more("").last("two").text(" three")));
        output.flush();
        assertEquals("\u008a\u0001?", answer());
        assertEquals(List.of(), faults);
    }

    @Test
    void framesMayBeCutAnywhere() throws IOException {
        byte[] bytes = new ClientFrames().first("0123456789").ping("hey").last("x".repeat(130)).binary("").text("é")
                .close(1000, "done").bytes();
        String expected = "0123456789" + "x".repeat(130) + "é";
        for (int cut = 0; cut <= bytes.length; cut++)
            assertEquals(expected, read(bytes, cut));
        assertEquals(expected, readBytewise(bytes));
        assertEquals(List.of(), faults);
    }

    private String read(byte[] bytes, int cut) throws IOException {
        InputStream raw = new InputStream() {
            private int at;

            @Override
            public int read() {
                throw new AssertionError("bytewise");
            }

            @Override
            public int read(byte[] to, int offset, int length) {
                int end = at < cut ? cut : bytes.length, n = Math.min(length, end - at);
                if (at == bytes.length)
                    return -1;
                System.arraycopy(bytes, at, to, offset, n);
                at += n;
                return n;
            }
        };
        return new String(new WebSocketInput(raw, output, owner).readAllBytes(), ISO_8859_1);
    }

    private String readBytewise(byte[] bytes) throws IOException {
        WebSocketInput in = new WebSocketInput(new ByteArrayInputStream(bytes), output, owner);
        StringBuilder text = new StringBuilder();
        for (int b; (b = in.read()) >= 0;)
            text.append((char) b);
        return text.toString();
    }

    @Test
    void anyFramesReadInAnyPiecesGiveTheSame() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ClientFrames frames = new ClientFrames();
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            boolean open = false;
            for (int i = random.nextInt(1, 40); i > 0; i--) {
                byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(70_000) : random.nextInt(300)];
                random.nextBytes(payload);
                if (random.nextInt(5) == 0)
                    frames.pong("x".repeat(random.nextInt(126)));
                boolean last = random.nextBoolean();
                frames.frame((last ? Frame.FINAL : 0) | (open ? Frame.CONTINUATION : Frame.BINARY), payload);
                open = !last;
                sent.write(payload);
            }
            WebSocketInput in = input(frames);
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            byte[] buffer = new byte[5000];
            for (int n; (n = in.read(buffer, 100, random.nextInt(1, 4900))) >= 0;)
                got.write(buffer, 100, n);
            assertArrayEquals(sent.toByteArray(), got.toByteArray(), "seed " + seed);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            82 03 41 42 43                | mask bit missing
            C2 80 0 0 0 0                 | reserved bit set
            A2 80 0 0 0 0                 | reserved bit set
            92 80 0 0 0 0                 | reserved bit set
            83 80 0 0 0 0                 | unknown opcode 3
            8B 80 0 0 0 0                 | unknown opcode 11
            8F 80 0 0 0 0                 | unknown opcode 15
            80 80 0 0 0 0                 | invalid continuation frame
            09 80 0 0 0 0                 | control frame does not have final bit set
            89 FE 00 7E                   | control frame length bigger than maximum allowed of 125 bytes
            88 FF 0 0 0 0 0 0 0 1         | control frame length bigger than maximum allowed of 125 bytes
            82 FF FF 0 0 0 0 0 0 0 0 0 0 0 | frame length out of range
            88 81 0 0 0 0 03              | invalid close frame
            88 82 0 0 0 0 03 ED           | invalid close frame
            88 82 0 0 0 0 00 00           | invalid close frame
            02 80 0 0 0 0 82 80 0 0 0 0   | new message started before final frame for previous message was received
            """)
    void faultsAreReportedOnceAfterTheValidPayload(String hex, String fault) throws IOException {
        ClientFrames frames = new ClientFrames().binary("good");
        for (String digits : hex.trim().split(" "))
            frames.raw(Integer.parseInt(digits, 16));
        WebSocketInput in = input(frames.raw(0x55).binary("thrown away").raw(0, 0, 0));
        byte[] buffer = new byte[1000];
        assertEquals(4, in.read(buffer, 0, 1000));
        assertEquals(List.of(), faults);
        assertEquals(-1, in.read(buffer, 0, 1000));
        assertEquals(-1, in.read(buffer, 0, 1000));
        assertEquals(List.of(fault), faults);
        output.end(CloseCode.NORMAL, "Client Closed");
        assertEquals("\u0088" + (char) (fault.length() + 2) + "\u0003\u00ea" + fault, answer());
    }

    @Test
    void theStreamEndsWithACloseFrame() throws IOException {
        assertEquals("last words", payload(new ClientFrames().binary("last words").close(3001, "bye").binary("more")));
        assertEquals("", answer());
        output.end(CloseCode.GOING_AWAY, "Server Shutdown");
        assertEquals("\u0088\u0002\u000b\u00b9", answer());
        assertEquals(List.of(), faults);
    }

    @Test
    void aCloseFrameNeedNotSayWhy() throws IOException {
        payload(new ClientFrames().frame(Frame.FINAL | Frame.CLOSE, new byte[0]));
        output.end(CloseCode.GOING_AWAY, "Server Shutdown");
        assertEquals("\u0088\u0002\u0003\u00e8", answer());
    }

    @Test
    void afterAFaultNoMoreIsReadThanTheOwnerWants() throws IOException {
        stillRead = 1000;
        ByteArrayInputStream raw = new ByteArrayInputStream(new ClientFrames().raw(0xF2, 0x80)
                .binary("x".repeat(100_000)).bytes());
        assertEquals(-1, new WebSocketInput(raw, output, owner).read(new byte[100], 0, 100));
        assertEquals(1, faults.size());
        assertTrue(raw.available() >= 98_000, raw.available() + " bytes left");
    }

    @Test
    void pingsAloneAreReadNoLongerThanTheOwnerWants() throws IOException {
        stillRead = 1000;
        ClientFrames frames = new ClientFrames();
        for (int i = 0; i < 1000; i++)
            frames.ping("are you there?");
        ByteArrayInputStream raw = new ByteArrayInputStream(frames.bytes());
        assertEquals(-1, new WebSocketInput(raw, output, owner).read(new byte[100], 0, 100));
        assertEquals(List.of(), faults);
        assertTrue(raw.available() >= 18_000, raw.available() + " bytes left");
    }
}
