package io.jnatsd.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes frames: each {@link #write} becomes one binary frame, header and payload in one write of the stream beneath
 * if they are small, in two if they are not. The response to the request for a WebSocket goes before the first frame,
 * and the answer to a ping before the next one.
 *
 * <p>Threads: everything that writes belongs to one writer, which the owner has: {@link #write}, {@link #flush} and
 * {@link #end}. {@link #pong} and {@link #endWith} are the reader's: they only note what is to be written.
 */
public final class WebSocketOutput extends OutputStream {
    private static final int MOST_HEADER_BYTES = 10;
    private static final int SMALLEST_FRONT = 512;
    /** So much of a frame is copied behind its header; a system call costs more than that. */
    private static final int LARGEST_FRONT = 8 * 1024;
    private static final byte[] NOTHING = {};

    /** What a close frame says. */
    private record Farewell(int code, String reason) {
    }

    private final OutputStream raw;
    private final Runnable pongDue;
    /** What goes before the first frame; empty once it is written. */
    private byte[] response;
    /** The header of a frame and its first bytes; grows with the frames. */
    private byte[] front = new byte[SMALLEST_FRONT];
    private boolean ended;
    /** The payload of the last ping that has not been answered; RFC 6455 asks for no more than that. */
    private final AtomicReference<byte[]> duePong = new AtomicReference<>();
    /** What the reader has found to end with; null if that is for others to say. */
    private final AtomicReference<Farewell> farewell = new AtomicReference<>();

    /**
     * @param response what goes before the first frame
     * @param pongDue called by the reader when there is a ping to answer, to have the writer {@link #flush}
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

    /** Writes the response and the answer to a ping, whichever is due. */
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

    /** Puts a header into {@link #front}, and returns its length. */
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

    /** A ping has come: it is answered before the next frame, or at once if there is none. */
    void pong(byte[] payload) {
        if (duePong.getAndSet(payload) == null)
            pongDue.run();
    }

    /** What the close frame will say, whatever {@link #end} is told. The first time counts. */
    void endWith(int code, String reason) {
        farewell.compareAndSet(null, new Farewell(code, reason));
    }

    /**
     * Writes the close frame. Nothing may be written after it; a second end does nothing.
     *
     * @param reason in ASCII; what does not fit is cut off
     */
    public void end(CloseCode code, String reason) throws IOException {
        endWith(code.number(), reason);
        Farewell words = farewell.get();
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
