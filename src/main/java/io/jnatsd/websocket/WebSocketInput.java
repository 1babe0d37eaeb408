package io.jnatsd.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The payload of a client's frames as a stream; where a message ends, and whether it is text, makes no difference. The
 * bytes are read straight into the caller's array and freed from headers and masks right there, so that a frame may be
 * of any size, and one read is still one read of the stream beneath.
 *
 * <p>A mistake in the frames is reported once, by the read that would have continued behind it; from then on everything
 * is discarded, up to the end of the stream or as long as the owner wants, so that the peer can read the close frame. A
 * close frame is the end of the stream.
 *
 * <p>Threads: the connection's reader, alone.
 */
public final class WebSocketInput extends InputStream {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MASK_BYTES = 4;
    private static final int MOST_HEADER_BYTES = 14;

    /** The connection whose input this is. Called by its reader. */
    public interface Owner {
        /** The frames are not valid; the text says why. */
        void faulty(String text);

        /** So many bytes were read that brought no payload. False ends the stream. */
        boolean readsOn(int bytes);
    }

    private enum State { OPEN, FAULTY, DISCARDING, ENDED }

    private final InputStream raw;
    private final WebSocketOutput answers;
    private final Owner owner;
    private State state = State.OPEN;
    private String fault;

    /** The header of the present frame, as far as it has come. */
    private final byte[] header = new byte[MOST_HEADER_BYTES];
    private int headerRead;
    private int headerLength = 2;

    /** Bytes of the present frame's payload still to come. */
    private long left;
    /** The mask for the next four of them, the first one's in the lowest byte. */
    private int mask;
    /** The last data frame was not the final one of its message. */
    private boolean unfinished;

    /** The kind of the present frame if it is a control frame, otherwise 0; and its payload. */
    private int control;
    private byte[] controlPayload;
    private int controlRead;

    /**
     * @param answers where pings are answered, and where the close frame will say what was wrong
     */
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

    /** Moves the payload found between two indexes to the first of them, and returns the index behind it. */
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

    /** Takes in the header, or what there is of it, and returns the index behind it. */
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

    /** The first two bytes of a frame say how long the header is, and whether the frame may be there at all. */
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

    /** The peer's close frame is answered with its own code, once what waits for it has been written. */
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

    /** Copies, perhaps towards the front of the same array, what is not masked any more. */
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
