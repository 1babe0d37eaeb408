package io.jnatsd.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * Lines on their way into a channel. Threads: the log thread. After a failed write it still holds exactly the bytes
 * that did not get out, so that the next attempt neither repeats nor skips any.
 */
final class LineBuffer {
    /** One write; the JDK keeps a direct buffer of the largest size ever written. */
    private static final int CHUNK = 64 * 1024;
    private byte[] bytes = new byte[CHUNK];
    private int start, end;

    void append(byte[] line) {
        if (end + line.length > bytes.length)
            makeRoom(line.length);
        System.arraycopy(line, 0, bytes, end, line.length);
        end += line.length;
    }

    private void makeRoom(int more) {
        int size = size();
        byte[] target = size + more > bytes.length ? new byte[Math.max(size + more, 2 * bytes.length)] : bytes;
        System.arraycopy(bytes, start, target, 0, size);
        bytes = target;
        start = 0;
        end = size;
    }

    void writeTo(WritableByteChannel channel) throws IOException {
        while (start < end)
            start += channel.write(ByteBuffer.wrap(bytes, start, Math.min(CHUNK, end - start)));
        start = end = 0;
        if (bytes.length > CHUNK)
            bytes = new byte[CHUNK];
    }

    /** Bytes that wait. */
    int size() {
        return end - start;
    }

    /** A write is worth its system call. */
    boolean isFull() {
        return size() >= CHUNK;
    }

    /** Lines, whole or the rest of one, that wait. */
    int lines() {
        int lines = 0;
        for (byte b : Arrays.copyOfRange(bytes, start, end))
            if (b == '\n')
                lines++;
        return lines;
    }
}
