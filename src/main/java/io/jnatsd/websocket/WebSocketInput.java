package io.jnatsd.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The payload of a client's frames as a stream. Message boundaries and the difference between text and binary are
 * ignored. The bytes are read directly into the caller's array, and headers and masks are removed there. So a frame may
 * have any size, and one read is one read of the underlying stream.
 *
 * <p>Invalid frames are reported once, by the read that would return the data after the error. From then on all input
 * is discarded, until the end of the stream or until the owner stops it, so that the peer can read the close frame. A
 * close frame is the end of the stream.
 *
 * <p>Threads: the connection's reader only.
 */
public final class WebSocketInput extends InputStream {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MASK_BYTES = 4;
    private static final int MOST_HEADER_BYTES = 14;

    /** The connection that reads this stream. Called by its reader. */
    public interface Owner {
        /** Handles invalid frames; the text is the reason. */
        void faulty(String text);

        /** Handles that this number of bytes was read without payload. False ends the stream. */
        boolean readsOn(int bytes);
    }

    private enum State { OPEN, FAULTY, DISCARDING, ENDED }

    private final InputStream raw;
    private final WebSocketOutput answers;
    private final Owner owner;
    private State state = State.OPEN;
    private String fault;

    /** The header of the current frame, as far as it was read. */
    private final byte[] header = new byte[MOST_HEADER_BYTES];
    private int headerRead;
    private int headerLength = 2;

    /** Number of payload bytes of the current frame that were not read yet. */
    private long left;
    /** The mask for the next four of them; the lowest byte is for the first one. */
    private int mask;
    /** The last data frame was not the final one of its message. */
    private boolean unfinished;

    /** The opcode of the current frame if it is a control frame, otherwise 0; and its payload. */
    private int control;
    private byte[] controlPayload;
    private int controlRead;

    /** @param answers the output for pongs, and for the reason in the close frame */
    public WebSocketInput(InputStream raw, WebSocketOutput answers, Owner owner) {
        this.raw = raw;
        this.answers = answers;
        this.owner = owner;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0)
            return 0;
        while (state != State.ENDED) {
            if (state == State.FAULTY) {
                state = State.DISCARDING;
                owner.faulty(fault);
            }
            int got = raw.read(to, offset, length);
            if (got < 0) {
                state = State.ENDED;
                break;
            }
            int payload = state == State.OPEN ? decode(to, offset, offset + got) - offset : 0;
            if (payload > 0)
                return payload;
            if (!owner.readsOn(got))
                state = State.ENDED;
        }
        return -1;
    }

    /** Moves the payload between two indexes to the first one; returns the index after it. */
    private int decode(byte[] bytes, int from, int end) {
        int at = from, to = from;
        while (at < end && state == State.OPEN) {
            if (headerRead < headerLength) {
                at = decodeHeader(bytes, at, end);
                continue;
            }
            int run = (int) Math.min(left, end - at);
            if (control == 0) {
                unmask(bytes, at, bytes, to, run);
                to += run;
            } else {
                unmask(bytes, at, controlPayload, controlRead, run);
                controlRead += run;
            }
            at += run;
            left -= run;
            if (left == 0)
                endFrame();
        }
        return to;
    }

    /** Reads the header, or the part of it that has arrived; returns the index after it. */
    private int decodeHeader(byte[] bytes, int at, int end) {
        while (at < end && headerRead < headerLength) {
            header[headerRead++] = bytes[at++];
            if (headerRead == 2)
                begin(header[0] & 0xFF, header[1] & 0xFF);
        }
        if (headerRead == headerLength && state == State.OPEN)
            beginPayload();
        return at;
    }

    /** Evaluates the first two bytes of a frame: the length of the header, and whether the frame is valid here. */
    private void begin(int first, int second) {
        int opcode = first & Frame.OPCODE, size = second & ~Frame.MASKED;
        boolean isFinal = (first & Frame.FINAL) != 0;
        control = 0;
        if ((first & Frame.RESERVED) != 0)
            fail("reserved bit set");
        else if ((second & Frame.MASKED) == 0)
            fail("mask bit missing");
        else if (Frame.isControl(opcode))
            beginControl(opcode, isFinal, size);
        else if (opcode > Frame.BINARY)
            fail("unknown opcode " + opcode);
        else if (unfinished != (opcode == Frame.CONTINUATION))
            fail(unfinished ? "new message started before final frame for previous message was received"
                    : "invalid continuation frame");
        else
            unfinished = !isFinal;
        headerLength = 2 + (size == Frame.SIZE_16 ? 2 : size == Frame.SIZE_64 ? 8 : 0) + MASK_BYTES;
    }

    private void beginControl(int opcode, boolean isFinal, int size) {
        if (opcode > Frame.PONG) {
            fail("unknown opcode " + opcode);
        } else if (!isFinal) {
            fail("control frame does not have final bit set");
        } else if (size > Frame.MOST_CONTROL_BYTES) {
            fail("control frame length bigger than maximum allowed of " + Frame.MOST_CONTROL_BYTES
                    + " bytes");
        } else {
            control = opcode;
            controlPayload = new byte[size];
            controlRead = 0;
        }
    }

    private void beginPayload() {
        int maskAt = headerLength - MASK_BYTES;
        left = maskAt == 2 ? header[1] & 0xFF & ~Frame.MASKED : 0;
        for (int i = 2; i < maskAt; i++)
            left = left << 8 | header[i] & 0xFF;
        mask = 0;
        for (int i = 0; i < MASK_BYTES; i++)
            mask |= (header[maskAt + i] & 0xFF) << 8 * i;
        if (left < 0)
            fail("frame length out of range");
        else if (left == 0)
            endFrame();
    }

    private void endFrame() {
        headerRead = 0;
        headerLength = 2;
        switch (control) {
            case Frame.PING -> answers.pong(controlPayload);
            case Frame.CLOSE -> endStream();
            default -> { }
        }
    }

    /** Answers the peer's close frame with the same code, after the pending output was written. */
    private void endStream() {
        int code = controlRead < 2 ? CloseCode.NORMAL.number()
                : (controlPayload[0] & 0xFF) << 8 | controlPayload[1] & 0xFF;
        if (controlRead == 1 || !CloseCode.isValid(code)) {
            fail("invalid close frame");
        } else {
            answers.endWith(code, "");
            state = State.ENDED;
        }
    }

    private void fail(String text) {
        state = State.FAULTY;
        fault = text;
        answers.endWith(CloseCode.PROTOCOL_ERROR.number(), text);
    }

    /** Copies and unmasks payload, possibly within the same array. */
    private void unmask(byte[] from, int at, byte[] to, int out, int length) {
        int i = 0, key = mask;
        long keys = key & 0xFFFFFFFFL | (long) key << 32;
        for (; i <= length - Long.BYTES; i += Long.BYTES)
            LONGS.set(to, out + i, (long) LONGS.get(from, at + i) ^ keys);
        for (; i < length; i++) {
            to[out + i] = (byte) (from[at + i] ^ key);
            key = Integer.rotateRight(key, 8);
        }
        mask = key;
    }
}
