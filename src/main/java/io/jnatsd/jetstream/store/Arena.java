package io.jnatsd.jetstream.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The headers and payloads of the messages of a memory stream, in large blocks, so that a message costs no object of
 * its own. A block that has become half empty is given up: its messages move to the block that is being filled. A large
 * message has a block for itself.
 *
 * <p>An address is the number of the block and the offset in it. It changes when the message moves, see {@link Owner}.
 *
 * <p>Threads: the actor of the stream.
 */
final class Arena {
    static final int BLOCK = 256 * 1024;
    /** The first block of a stream: many streams have only a few messages. */
    private static final int SMALLEST = 4096;
    /** An arena with fewer bytes keeps no spare block. */
    private static final int LARGE_ARENA = 4 * BLOCK;
    /** Larger records have a block of their own. */
    private static final int LARGE = BLOCK / 8;
    /** Before each message: its sequence, its length with a mark when it was removed, and the length of its headers. */
    private static final int HEAD = 16, LENGTH_AT = 8, HEADERS_AT = 12;
    private static final int REMOVED = 1 << 31;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Who stores the addresses. */
    interface Owner {
        /** The message with this sequence is at another address now. */
        void moved(long sequence, long address);
    }

    private final Owner owner;
    /** Null for a number that is free. */
    private byte[][] blocks = new byte[4][];
    /** For each block, the bytes of records that were not removed. */
    private int[] live = new int[4];
    private final Deque<Integer> freeNumbers = new ArrayDeque<>();
    private int numbers;
    /** The block that is being filled, and the end of its last record. */
    private int current = -1;
    private int end;
    /** An empty block that is kept for the next one, or null. */
    private byte[] spare;
    private long bytes;

    Arena(Owner owner) {
        this.owner = owner;
    }

    /** Stores a message and returns its address. */
    long add(long sequence, byte[] from, int start, int length, int headerLength) {
        int size = HEAD + length;
        boolean large = size > LARGE;
        if (!large && (current < 0 || end + size > blocks[current].length))
            beginBlock(size);
        int number = large ? install(new byte[size]) : current, offset = large ? 0 : end;
        byte[] block = blocks[number];
        LONG.set(block, offset, sequence);
        INT.set(block, offset + LENGTH_AT, length);
        INT.set(block, offset + HEADERS_AT, headerLength);
        System.arraycopy(from, start, block, offset + HEAD, length);
        live[number] += size;
        if (!large)
            end += size;
        return (long) number << 32 | offset;
    }

    byte[] array(long address) {
        return blocks[(int) (address >>> 32)];
    }

    int start(long address) {
        return (int) address + HEAD;
    }

    /** Returns the number of bytes of headers and payload together. */
    int length(long address) {
        return (int) INT.get(array(address), (int) address + LENGTH_AT);
    }

    /** Returns the number of bytes of headers, -1 for a message without headers. */
    int headerLength(long address) {
        return (int) INT.get(array(address), (int) address + HEADERS_AT);
    }

    /** Removes a message. Others may move. */
    void remove(long address) {
        int number = (int) (address >>> 32), offset = (int) address;
        byte[] block = blocks[number];
        int length = (int) INT.get(block, offset + LENGTH_AT);
        INT.set(block, offset + LENGTH_AT, length | REMOVED);
        live[number] -= HEAD + length;
        if (number == current) {
            if (live[number] == 0)
                emptied();
            return;
        }
        if (live[number] == 0)
            release(number);
        else if (live[number] < block.length / 2)
            moveAll(number);
    }

    /** The block that is being filled has no message left: it is filled again, unless it is the last one of a larger arena. */
    private void emptied() {
        end = 0;
        if (bytes > blocks[current].length || bytes == SMALLEST)
            return;
        int last = current;
        current = -1;
        release(last);
    }

    /** Begins a block for a record of this size. Blocks grow with the arena. */
    private void beginBlock(int size) {
        int full = current;
        byte[] next = spare != null ? spare : new byte[Math.clamp(bytes + size, SMALLEST, BLOCK)];
        spare = null;
        current = install(next);
        end = 0;
        // Its messages were removed while it was being filled.
        if (full >= 0 && live[full] == 0)
            release(full);
        else if (full >= 0 && live[full] < blocks[full].length / 2)
            moveAll(full);
    }

    private void moveAll(int number) {
        byte[] block = blocks[number];
        for (int offset = 0; live[number] > 0;) {
            int length = (int) INT.get(block, offset + LENGTH_AT);
            if (length >= 0) {
                live[number] -= HEAD + length;
                long sequence = (long) LONG.get(block, offset);
                owner.moved(sequence, add(sequence, block, offset + HEAD, length, (int) INT.get(block, offset + HEADERS_AT)));
            }
            offset += HEAD + (length & ~REMOVED);
        }
        release(number);
    }

    private int install(byte[] block) {
        int number = freeNumbers.isEmpty() ? numbers++ : freeNumbers.pop();
        if (number == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * number);
            live = Arrays.copyOf(live, 2 * number);
        }
        blocks[number] = block;
        live[number] = 0;
        bytes += block.length;
        return number;
    }

    private void release(int number) {
        byte[] block = blocks[number];
        bytes -= block.length;
        if (block.length == BLOCK && bytes >= LARGE_ARENA)
            spare = block;
        else if (bytes < LARGE_ARENA)
            spare = null;
        blocks[number] = null;
        freeNumbers.push(number);
    }

    /** Returns the bytes of all blocks. */
    long bytes() {
        return bytes + (spare == null ? 0 : spare.length);
    }
}
