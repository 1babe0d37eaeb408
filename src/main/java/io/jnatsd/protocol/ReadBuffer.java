package io.jnatsd.protocol;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A window over a connection's input in which the parser works in place. One {@link #fill} is one read of the socket:
 * one batch. The array starts small, doubles while reads fill it, follows a message that is larger, and halves again
 * when traffic calms down.
 *
 * <p>Threads: the connection's reader, alone. It never calls the inherited {@code read} methods, which take a lock.
 */
public final class ReadBuffer extends BufferedInputStream {
    private static final int SMALLEST = 512;
    private static final int USUAL_MOST = 64 * 1024;
    /** So many small reads in a row, and the array is halved. */
    private static final int CALM_READS = 8;

    private int calmReads;
    private boolean lastReadFilled;

    public ReadBuffer(InputStream in) {
        super(in, SMALLEST);
    }

    /** Reads from elsewhere from now on: TLS has been put between. Nothing may be in the buffer. */
    public void readFrom(InputStream other) {
        in = other;
    }

    /** Puts bytes that somebody else has read from the stream before the rest. */
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

    /** Everything before this index has been dealt with. */
    void consume(int upTo) {
        pos = upTo;
    }

    /**
     * Reads once, keeping the unconsumed bytes, which move to the front.
     *
     * @param wanted bytes that the command at the front needs in all; the array grows towards it, as fast as the bytes
     *     really come, so that an announced size alone costs no memory
     * @return false at the end of the stream
     */
    boolean fill(int wanted) throws IOException {
        byte[] bytes = buf;
        int kept = count - pos, room = sizeFor(kept, wanted);
        if (room != bytes.length) {
            byte[] other = new byte[room];
            System.arraycopy(bytes, pos, other, 0, kept);
            buf = bytes = other;
            calmReads = 0;
        } else if (kept > 0 && pos > 0) {
            System.arraycopy(bytes, pos, bytes, 0, kept);
        }
        pos = 0;
        count = kept;
        int got = in.read(bytes, kept, room - kept);
        if (got < 0)
            return false;
        count = kept + got;
        // Nearly: a stream that strips something off what it reads, such as frames, never fills it to the brim.
        lastReadFilled = room - count < room / 4;
        calmReads = got < room / 4 ? calmReads + 1 : 0;
        return true;
    }

    private int sizeFor(int kept, int wanted) {
        int room = buf.length;
        if (kept == room || lastReadFilled) {
            int most = Math.max(USUAL_MOST, roundUp(wanted));
            return Math.max(Math.min(room * 2, most), kept == room ? room + SMALLEST : room);
        }
        return kept == 0 && calmReads >= CALM_READS && room > SMALLEST ? room / 2 : room;
    }

    /** To a power of two, so that a message just over a limit is not followed by many reads of a few bytes. */
    private static int roundUp(int n) {
        return n <= 1 << 30 ? Integer.highestOneBit(Math.max(n, 2) - 1) << 1 : Integer.MAX_VALUE - 8;
    }

    /** Gives the memory back; nothing is read any more. */
    void release() {
        buf = new byte[0];
        pos = count = 0;
    }

    /** For the rare line that has to be written anew in place. */
    void replace(int end, byte[] with) {
        System.arraycopy(with, 0, buf, end - with.length, with.length);
    }
}
