package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Parts of segments that were read last, so that messages that follow each other are read together. It has at most
 * {@value #BLOCKS} blocks of {@value #SIZE} bytes, and none for a stream that is not read. Threads: the actor of the stream.
 */
final class ReadCache {
    private static final int BLOCKS = 4, SIZE = 64 * 1024;

    /** A part of a segment. */
    static final class Block {
        private int slot = -1;
        private int start;
        private int end;
        private long used;
        byte[] bytes = {};

        private boolean has(Segment segment, int from, int to) {
            return slot == segment.slot && from >= start && to <= end;
        }

        int index(int offset) {
            return offset - start;
        }
    }

    private final Block[] blocks = new Block[BLOCKS];
    private long uses;

    /** Returns a block that has a part of a segment. */
    Block get(Segment segment, int from, int to) throws IOException {
        Block oldest = null;
        for (int i = 0; i < BLOCKS; i++) {
            Block each = blocks[i];
            if (each == null) {
                oldest = blocks[i] = new Block();
                break;
            }
            if (each.has(segment, from, to)) {
                each.used = ++uses;
                return each;
            }
            if (oldest == null || each.used < oldest.used)
                oldest = each;
        }
        oldest.used = ++uses;
        fill(oldest, segment, from, Math.max(to - from, SIZE));
        if (!oldest.has(segment, from, to))
            throw new IOException("the file ends before the message");
        return oldest;
    }

    private static void fill(Block block, Segment segment, int from, int size) throws IOException {
        block.slot = -1;
        if (block.bytes.length < size || block.bytes.length > size && block.bytes.length > SIZE)
            block.bytes = new byte[size];
        ByteBuffer into = ByteBuffer.wrap(block.bytes);
        segment.read(into, from);
        block.slot = segment.slot;
        block.start = from;
        block.end = from + into.position();
    }

    /** Forgets a segment that has changed. */
    void forget(Segment segment) {
        for (Block each : blocks)
            if (each != null && each.slot == segment.slot)
                each.slot = -1;
    }

    long memory() {
        return Arrays.stream(blocks).mapToLong(each -> each == null ? 0 : each.bytes.length).sum();
    }
}
