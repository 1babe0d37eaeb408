package io.jnatsd.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * A buffer of lines to be written to a channel. After a failed write it holds exactly the bytes that were not written,
 * so that the next attempt neither repeats nor skips any. Threads: the log thread.
 */
final class LineBuffer {
    /** The size of one write. The JDK keeps a direct buffer of the largest size ever written. */
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

    /** Returns the number of waiting bytes. */
    int size() {
        return end - start;
    }

    /** Returns whether there is enough data for a system call. */
    boolean isFull() {
        return size() >= CHUNK;
    }

    /** Returns the number of waiting lines, including a partly written one. */
    int lines() {
        int lines = 0;
        for (byte b : Arrays.copyOfRange(bytes, start, end))
            if (b == '\n')
                lines++;
        return lines;
    }
}
