package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The file with the sequences of removed messages whose records are still in a segment. An entry is a range: first and
 * last sequence, a checksum, and four zeros. A damaged entry costs only itself: its messages are there again.
 *
 * <p>Threads: the actor of the stream.
 */
final class DeleteLog {
    private static final String NAME = "deletes";
    private static final int ENTRY = 24, SUM_AT = 16;
    /** A smaller file is not written anew. */
    private static final int SMALL = 64 * 1024;

    /** What is listed when the file is written anew. */
    interface Ranges {
        void forEach(Removed removed);
    }

    /** Is told of a range of sequences that have no message. */
    interface Removed {
        void range(long first, long last);
    }

    private final StoreFile file;
    private final Checksum checksum;
    private long size;
    /** The size when it was last written anew. */
    private long compacted;
    /** Ranges that are not in the file yet. */
    private final ByteBufferArray waiting = new ByteBufferArray();
    /** The range that may still grow; none if {@code first} is 0. */
    private long first;
    private long last;

    /** Bytes that are collected. */
    private static final class ByteBufferArray {
        private ByteBuffer bytes = ByteBuffer.allocate(40 * ENTRY).order(ByteOrder.LITTLE_ENDIAN);

        ByteBuffer room() {
            if (bytes.remaining() < ENTRY) {
                ByteBuffer larger = ByteBuffer.allocate(2 * bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN);
                bytes = larger.put(bytes.flip());
            }
            return bytes;
        }
    }

    DeleteLog(Path folder, Checksum checksum) {
        this.file = new StoreFile(folder.resolve(NAME));
        this.checksum = checksum;
    }

    /** Opens the file and returns the ranges: first sequence and last sequence. */
    NavigableMap<Long, Long> open() throws IOException {
        List<long[]> ranges = new ArrayList<>();
        ByteBuffer entries = ByteBuffer.wrap(file.readAll()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + ENTRY <= entries.limit(); at += ENTRY)
            if (entries.getInt(at + SUM_AT) == checksum.of(entries.array(), at, SUM_AT))
                ranges.add(new long[] {entries.getLong(at), entries.getLong(at + Long.BYTES)});
        size = entries.limit() / ENTRY * ENTRY;
        compacted = size;
        return union(ranges);
    }

    /** Returns ranges that do not overlap. */
    private static NavigableMap<Long, Long> union(List<long[]> ranges) {
        ranges.sort(Comparator.comparingLong(range -> range[0]));
        NavigableMap<Long, Long> union = new TreeMap<>();
        for (long[] range : ranges) {
            Map.Entry<Long, Long> before = union.lastEntry();
            if (before != null && range[0] <= before.getValue() + 1)
                union.put(before.getKey(), Math.max(before.getValue(), range[1]));
            else
                union.put(range[0], range[1]);
        }
        return union;
    }

    /** Returns whether a sequence is in one of the ranges. */
    static boolean has(NavigableMap<Long, Long> ranges, long sequence) {
        Map.Entry<Long, Long> at = ranges.floorEntry(sequence);
        return at != null && at.getValue() >= sequence;
    }

    /**
     * Adds a sequence.
     *
     * @param joins the range that was added last may go on up to this sequence, since no message is between them
     */
    void add(long sequence, boolean joins) {
        if (first > 0 && sequence > last && (sequence == last + 1 || joins)) {
            last = sequence;
            return;
        }
        end();
        first = last = sequence;
    }

    private void end() {
        if (first > 0)
            put(waiting.room(), first, last);
        first = 0;
    }

    private void put(ByteBuffer to, long from, long until) {
        int at = to.position();
        to.putLong(from).putLong(until).putInt(checksum.of(to.array(), at, SUM_AT)).putInt(0);
    }

    boolean isWaiting() {
        return first > 0 || waiting.bytes.position() > 0;
    }

    /** Writes what waits. If that fails, it goes on waiting. */
    void write() throws IOException {
        end();
        ByteBuffer bytes = waiting.bytes;
        int length = bytes.position();
        if (length == 0)
            return;
        file.write(bytes.duplicate().flip(), size);
        size += length;
        bytes.clear();
    }

    /** Returns whether the file has become much longer than what it says. */
    boolean isLong() {
        return size > SMALL + 2 * compacted;
    }

    /** Writes the file anew. */
    void compact(Ranges ranges) throws IOException {
        ByteBufferArray bytes = new ByteBufferArray();
        ranges.forEach((from, until) -> put(bytes.room(), from, until));
        int length = bytes.bytes.position();
        file.replace(bytes.bytes.flip());
        size = compacted = length;
    }

    StoreFile file() {
        return file;
    }
}
