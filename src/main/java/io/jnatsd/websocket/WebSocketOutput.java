package io.jnatsd.websocket;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes frames: each {@link #write} becomes one binary frame, header and payload in one write of the stream beneath
 * if they are small, in two if they are not. What the other side's pings and mistakes call for is put between them.
 *
 * <p>Threads: one writer at a time, which the owner sees to; {@link #pong} and {@link #endWith} are the reader's, who
 * never waits for a write: a pong is written by a thread of its own. {@code writing} is the right to write, held for
 * one frame.
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
    /** Guards: {@link #raw}, {@link #front}, {@link #ended}. The one lock that is held while a socket is written to. */
    private final ReentrantLock writing = new ReentrantLock();
    /** The header of a frame and its first bytes; grows with the frames. */
    private byte[] front = new byte[SMALLEST_FRONT];
    private boolean ended;
    /** The payload of the last ping that has not been answered; RFC 6455 asks for no more than that. */
    private final AtomicReference<byte[]> duePong = new AtomicReference<>();
    /** What the reader has found to end with; null if that is for others to say. */
    private final AtomicReference<Farewell> farewell = new AtomicReference<>();

    public WebSocketOutput(OutputStream raw) {
        this.raw = raw;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        writing.lock();
        try {
            frame(Frame.BINARY, bytes, offset, length);
        } finally {
            writing.unlock();
        }
    }

    private void frame(int opcode, byte[] bytes, int offset, int length) throws IOException {
        assert writing.isHeldByCurrentThread();
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

    /** A ping has come: it is answered as soon as no other frame is in the way. */
    void pong(byte[] payload) {
        if (duePong.getAndSet(payload) == null)
            Thread.ofVirtual().name("websocket-pong").start(this::writePong);
    }

    private void writePong() {
        writing.lock();
        try {
            byte[] payload = duePong.getAndSet(null);
            if (!ended)
                frame(Frame.PONG, payload, 0, payload.length);
        } catch (IOException e) {
            // The connection is broken: its reader finds that out by itself.
            duePong.set(NOTHING);
        } finally {
            writing.unlock();
        }
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
        writing.lock();
        try {
            if (!ended) {
                ended = true;
                frame(Frame.CLOSE, payload, 0, payload.length);
            }
        } finally {
            writing.unlock();
        }
    }
}
