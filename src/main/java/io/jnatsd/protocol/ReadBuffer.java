package io.jnatsd.protocol;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A buffer over a connection's input, in which the parser works without copying. One {@link #fill} is one read of the
 * socket: one batch. The array starts small, doubles when reads fill it, grows for a larger message, and is halved when
 * reads become small.
 *
 * <p>Threads: the connection's reader only. It never calls the inherited {@code read} methods, which take a lock.
 */
public final class ReadBuffer extends BufferedInputStream {
    private static final int SMALLEST = 512;
    private static final int USUAL_MOST = 64 * 1024;
    /** The array is halved after this number of consecutive small reads. */
    private static final int SMALL_READS = 8;

    private int smallReads;
    private boolean lastReadFilled;

    public ReadBuffer(InputStream in) {
        super(in, SMALLEST);
    }

    /** Reads from another stream from now on, because TLS was put over the socket. The buffer must be empty. */
    public void readFrom(InputStream other) {
        in = other;
    }

    /** Puts bytes that were read from the stream elsewhere before the remaining input. */
    public void unread(byte[] bytes) {
        System.arraycopy(bytes, 0, buf, 0, bytes.length);
        pos = 0;
        count = bytes.length;
    }

    byte[] bytes() {
        return buf;
    }

    int position() {
        return pos;
    }

    int limit() {
        return count;
    }

    /** Marks everything before this index as processed. */
    void consume(int upTo) {
        pos = upTo;
    }

    /**
     * Reads once, after moving the unconsumed bytes to the front.
     *
     * @param wanted total number of bytes of the command at the front. The array grows towards it only as fast as bytes
     *         arrive, so that an announced size alone costs no memory
     * @return false at the end of the stream
     */
    boolean fill(int wanted) throws IOException {
        byte[] bytes = buf;
        int kept = count - pos, room = sizeFor(kept, wanted);
        if (room != bytes.length) {
            byte[] other = new byte[room];
            System.arraycopy(bytes, pos, other, 0, kept);
            buf = bytes = other;
            smallReads = 0;
        } else if (kept > 0 && pos > 0) {
            System.arraycopy(bytes, pos, bytes, 0, kept);
        }
        pos = 0;
        count = kept;
        int got = in.read(bytes, kept, room - kept);
        if (got < 0)
            return false;
        count = kept + got;
        // Compares with most of the room, because a stream that removes something from its input, such as frame
        // headers, never fills it completely.
        lastReadFilled = room - count < room / 4;
        smallReads = got < room / 4 ? smallReads + 1 : 0;
        return true;
    }

    private int sizeFor(int kept, int wanted) {
        int room = buf.length;
        if (kept == room || lastReadFilled) {
            int most = Math.max(USUAL_MOST, roundUp(wanted));
            return Math.max(Math.min(room * 2, most), kept == room ? room + SMALLEST : room);
        }
        return kept == 0 && smallReads >= SMALL_READS && room > SMALLEST ? room / 2 : room;
    }

    /** Rounds up to a power of two, so that a message slightly above a limit does not cause many small reads. */
    private static int roundUp(int n) {
        return n <= 1 << 30 ? Integer.highestOneBit(Math.max(n, 2) - 1) << 1 : Integer.MAX_VALUE - 8;
    }

    /** Releases the memory, when nothing more is read. */
    void release() {
        buf = new byte[0];
        pos = count = 0;
    }

    /** Replaces a line that had to be rewritten. */
    void replace(int end, byte[] with) {
        System.arraycopy(with, 0, buf, end - with.length, with.length);
    }
}
