package io.jnatsd.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes frames. Each {@link #write} is one binary frame: header and payload are written to the underlying stream in
 * one call if they are small, and in two otherwise. The response to the upgrade request is written before the first
 * frame, and a pong before the next frame.
 *
 * <p>Threads: {@link #write}, {@link #flush} and {@link #end}: the writer of the owner only; {@link #pong} and {@link
 * #endWith}: the reader only, which record what the writer then writes.
 */
public final class WebSocketOutput extends OutputStream {
    private static final int MOST_HEADER_BYTES = 10;
    private static final int SMALLEST_FRONT = 512;
    /** A part of the payload up to this size is copied behind the header, because a second system call costs more. */
    private static final int LARGEST_FRONT = 8 * 1024;
    private static final byte[] NOTHING = {};

    /** The content of a close frame. */
    private record CloseFrame(int code, String reason) {
    }

    private final OutputStream raw;
    private final Runnable pongDue;
    /** The bytes before the first frame; empty after they were written. */
    private byte[] response;
    /** The header of a frame and the start of its payload; grows with the frames. */
    private byte[] front = new byte[SMALLEST_FRONT];
    private boolean ended;
    /** The payload of the last ping that was not answered yet; RFC 6455 requires no more than one pong. */
    private final AtomicReference<byte[]> duePong = new AtomicReference<>();
    /** The content of the close frame that the reader has determined; null if {@link #end} determines it. */
    private final AtomicReference<CloseFrame> closeFrame = new AtomicReference<>();

    /**
     * @param response the bytes before the first frame
     * @param pongDue called by the reader when a ping must be answered, so that the writer calls {@link #flush}
     */
    public WebSocketOutput(OutputStream raw, byte[] response, Runnable pongDue) {
        this.raw = raw;
        this.response = response;
        this.pongDue = pongDue;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        flush();
        frame(Frame.BINARY, bytes, offset, length);
    }

    /** Writes the response and a pong, if they are due. */
    @Override
    public void flush() throws IOException {
        if (response.length > 0) {
            raw.write(response);
            response = NOTHING;
        }
        byte[] payload = duePong.get() == null ? null : duePong.getAndSet(null);
        if (payload != null && !ended)
            frame(Frame.PONG, payload, 0, payload.length);
    }

    private void frame(int opcode, byte[] bytes, int offset, int length) throws IOException {
        int wanted = MOST_HEADER_BYTES + length;
        if (wanted > front.length && front.length < LARGEST_FRONT)
            front = new byte[Math.min(Integer.highestOneBit(wanted - 1) << 1, LARGEST_FRONT)];
        int header = header(opcode, length), first = Math.min(length, front.length - header);
        System.arraycopy(bytes, offset, front, header, first);
        raw.write(front, 0, header + first);
        if (first < length)
            raw.write(bytes, offset + first, length - first);
    }

    /** Puts a header into {@link #front}; returns its length. */
    private int header(int opcode, int length) {
        front[0] = (byte) (Frame.FINAL | opcode);
        if (length < Frame.SIZE_16) {
            front[1] = (byte) length;
            return 2;
        }
        if (length <= 0xFFFF) {
            front[1] = Frame.SIZE_16;
            front[2] = (byte) (length >>> 8);
            front[3] = (byte) length;
            return 4;
        }
        front[1] = Frame.SIZE_64;
        Arrays.fill(front, 2, 6, (byte) 0);
        for (int i = 0; i < 4; i++)
            front[6 + i] = (byte) (length >>> 24 - 8 * i);
        return MOST_HEADER_BYTES;
    }

    /** Records a ping, which is answered before the next frame, or at once if there is none. */
    void pong(byte[] payload) {
        if (duePong.getAndSet(payload) == null)
            pongDue.run();
    }

    /** Sets the content of the close frame, in place of that of {@link #end}. Only the first call has an effect. */
    void endWith(int code, String reason) {
        closeFrame.compareAndSet(null, new CloseFrame(code, reason));
    }

    /**
     * Writes the close frame. Nothing may be written after it; a second call has no effect.
     *
     * @param reason in ASCII; truncated if it is too long
     */
    public void end(CloseCode code, String reason) throws IOException {
        endWith(code.number(), reason);
        CloseFrame words = closeFrame.get();
        byte[] text = words.reason.getBytes(StandardCharsets.US_ASCII);
        byte[] payload = Arrays.copyOf(new byte[] {(byte) (words.code >>> 8), (byte) words.code},
                2 + Math.min(text.length, Frame.MOST_CONTROL_BYTES - 2));
        System.arraycopy(text, 0, payload, 2, payload.length - 2);
        if (ended)
            return;
        flush();
        ended = true;
        frame(Frame.CLOSE, payload, 0, payload.length);
    }
}
