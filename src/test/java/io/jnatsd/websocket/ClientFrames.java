package io.jnatsd.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Frames as a client writes them, concatenated; texts have one byte per char. */
public final class ClientFrames {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int mask = 0x5AC3_0F99;

    /** Appends one binary message. */
    public ClientFrames binary(String payload) {
        return frame(Frame.FINAL | Frame.BINARY, latin1(payload));
    }

    public ClientFrames text(String payload) {
        return frame(Frame.FINAL | Frame.TEXT, latin1(payload));
    }

    /** Appends the first part of a message. */
    public ClientFrames first(String payload) {
        return frame(Frame.BINARY, latin1(payload));
    }

    /** Appends a part that others follow. */
    public ClientFrames more(String payload) {
        return frame(Frame.CONTINUATION, latin1(payload));
    }

    public ClientFrames last(String payload) {
        return frame(Frame.FINAL | Frame.CONTINUATION, latin1(payload));
    }

    public ClientFrames ping(String payload) {
        return frame(Frame.FINAL | Frame.PING, latin1(payload));
    }

    public ClientFrames pong(String payload) {
        return frame(Frame.FINAL | Frame.PONG, latin1(payload));
    }

    public ClientFrames close(int code, String reason) {
        return frame(Frame.FINAL | Frame.CLOSE, latin1((char) (code >>> 8) + "" + (char) (code & 0xFF) + reason));
    }

    /** Appends a frame with any first byte. */
    public ClientFrames frame(int first, byte[] payload) {
        int size = payload.length;
        bytes.write(first);
        if (size < Frame.SIZE_16) {
            bytes.write(Frame.MASKED | size);
        } else if (size <= 0xFFFF) {
            bytes.write(Frame.MASKED | Frame.SIZE_16);
            number(size, 2);
        } else {
            bytes.write(Frame.MASKED | Frame.SIZE_64);
            number(size, 8);
        }
        mask = mask * 31 + 7;
        number(mask, 4);
        for (int i = 0; i < size; i++)
            bytes.write(payload[i] ^ mask >>> 24 - 8 * (i & 3));
        return this;
    }

    private void number(long value, int length) {
        for (int i = length - 1; i >= 0; i--)
            bytes.write((int) (value >>> 8 * i));
    }

    /** Appends bytes that need not be a frame. */
    public ClientFrames raw(int... values) {
        for (int value : values)
            bytes.write(value);
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
