package io.jnatsd.protocol;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A buffer over a connection's input, in which the parser works without copying. One {@link #readMore} is one read of
 * the socket: one batch. The array starts small, doubles when reads fill it, grows for a larger message, and is halved
 * when reads become small.
 *
 * <p>Above {@link #FREE} bytes the array grows only if {@link InputMemory} permits. For a command that needs more memory
 * than is free, the reader waits until the memory for the whole command is available, before it reads the rest of the
 * command; it returns this memory when the command is complete.
 *
 * <p>Threads: the connection's reader only. It never calls the inherited {@code read} methods, which take a lock.
 */
public final class ReadBuffer extends BufferedInputStream {
    /** Every connection may use this number of bytes without asking, enough for most commands. */
    static final int FREE = 4096;
    private static final int SMALLEST = 512;
    private static final int USUAL_MOST = 64 * 1024;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
    /** The array is halved after this number of consecutive small reads. */
    private static final int SMALL_READS = 8;

    private final InputMemory memory;
    /** The array may grow to this size. */
    private int allowed = FREE;
    /** The reader has waited for {@link #allowed}, for the command at the front. */
    private boolean waited;
    /** The number of bytes that the command at the front needs in all, 0 if not known. */
    private int wanted;
    private int smallReads;
    private boolean lastReadFilled;

    public ReadBuffer(InputStream in, InputMemory memory) {
        super(in, SMALLEST);
        this.memory = memory;
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
     * Prepares the next read: moves the unconsumed bytes to the front, into another array if necessary. May wait for
     * memory.
     *
     * @param size total number of bytes of the command at the front, 0 if not known. The array grows towards it only as
     *         fast as bytes arrive, so that an announced size alone costs no memory
     * @return false if the connection was closed while this waited for memory; then nothing is to be read
     */
    boolean makeRoom(int size) {
        wanted = size;
        int kept = count - pos;
        if (waited && (pos > 0 || kept == 0))
            returnMemory(kept);
        if (!(waited && kept < allowed) && !isAllowed(kept)) {
            moveTo(buf.length, kept);
            return false;
        }
        moveTo(sizeFor(kept), kept);
        return true;
    }

    /** Reads once; returns false at the end of the stream. */
    boolean readMore() throws IOException {
        int kept = count, room = buf.length;
        // Does not read beyond a command that was waited for, because those bytes could keep its memory in use.
        int end = waited && wanted > 0 ? Math.min(room, wanted) : room;
        int got = in.read(buf, kept, end - kept);
        if (got < 0)
            return false;
        count = kept + got;
        if (waited)
            memory.progress(count);
        // Compares with most of the room, because a stream that removes something from its input, such as frame
        // headers, never fills it completely.
        lastReadFilled = room - count < room / 4;
        smallReads = got < room / 4 ? smallReads + 1 : 0;
        return true;
    }

    /** The command that was waited for is complete. The array is kept only if there is enough memory. */
    private void returnMemory(int kept) {
        waited = false;
        smallReads = 0;
        if (memory.tryHold(counted(buf.length))) {
            allowed = Math.max(buf.length, FREE);
            return;
        }
        int room = Math.min(buf.length, Math.max(roundUp(kept), FREE));
        moveTo(room, kept);
        allowed = room;
        memory.hold(counted(room));
    }

    /** Obtains the memory for the command at the front; returns false if the connection was closed meanwhile. */
    private boolean isAllowed(int kept) {
        // The length of an incomplete line is not known.
        int needed = wanted > 0 ? wanted : kept == buf.length ? (int) Math.min(2L * kept, LARGEST_ARRAY) : 0;
        if (needed <= Math.min(allowed, USUAL_MOST))
            return true;
        int size = roundUp(needed);
        if (size <= USUAL_MOST && memory.tryHold(size)) {
            allowed = size;
            return true;
        }
        size = Math.max(size, wanted > 0 ? buf.length : USUAL_MOST);
        waited = memory.await(size);
        if (waited)
            allowed = size;
        return waited;
    }

    private int sizeFor(int kept) {
        int room = buf.length;
        if (kept == room || lastReadFilled) {
            if (room == allowed && room < USUAL_MOST && !waited && memory.tryHold(2 * room))
                allowed = 2 * room;
            return (int) Math.min(2L * room, allowed);
        }
        if (kept > 0 || smallReads < SMALL_READS || room <= SMALLEST || waited)
            return room;
        int smaller = Integer.highestOneBit(room - 1);
        if (counted(room) > 0)
            memory.hold(counted(smaller));
        allowed = Math.max(smaller, FREE);
        return smaller;
    }

    private static int counted(int room) {
        return room <= FREE ? 0 : room;
    }

    /**
     * Rounds up to a power of two, so that a message slightly above a limit does not cause many small reads. Large
     * sizes are rounded by less, to save memory.
     */
    private static int roundUp(int n) {
        if (n > USUAL_MOST)
            return (int) Math.min((n + (long) USUAL_MOST - 1) / USUAL_MOST * USUAL_MOST, LARGEST_ARRAY);
        return Integer.highestOneBit(Math.max(n, 2) - 1) << 1;
    }

    /** Moves the unconsumed bytes to the front of an array of this size. */
    private void moveTo(int room, int kept) {
        if (room != buf.length) {
            byte[] other = new byte[room];
            System.arraycopy(buf, pos, other, 0, kept);
            buf = other;
            smallReads = 0;
        } else if (kept > 0 && pos > 0) {
            System.arraycopy(buf, pos, buf, 0, kept);
        }
        pos = 0;
        count = kept;
    }

    /** Releases the memory, when nothing more is read. */
    void release() {
        buf = new byte[0];
        pos = count = 0;
        memory.hold(0);
    }

    /** Replaces a line that had to be rewritten. */
    void replace(int end, byte[] with) {
        System.arraycopy(with, 0, buf, end - with.length, with.length);
    }
}
