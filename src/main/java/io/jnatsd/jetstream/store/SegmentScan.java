package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the records of a segment one after the other, without an index. Behind a damaged record it goes on with the next
 * one: if the head of a record is damaged, the next head is searched. Threads: who opens the stream.
 */
final class SegmentScan {
    private static final int WINDOW = 1024 * 1024;

    /** Receives what is found. */
    interface Receiver {
        /** A whole record, in the array from an index on. */
        void record(byte[] in, int at, int offset);

        /**
         * A record whose head is good, while the rest is not.
         *
         * @param whole false if the file ends within it
         */
        void damaged(long sequence, int offset, int length, boolean whole);

        /**
         * Bytes that are no record, before another record.
         *
         * @param next the sequence of that record
         */
        void unreadable(int offset, int length, long next);
    }

    private final Segment segment;
    private final Checksum checksum;
    private final long size;
    private byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;

    SegmentScan(Segment segment, Checksum checksum) throws IOException {
        this.segment = segment;
        this.checksum = checksum;
        this.size = segment.fileSize();
    }

    /**
     * Reads all records.
     *
     * @return where the last one ends; what is behind it is no record
     */
    int run(Receiver receiver) throws IOException {
        int offset = Segment.HEADER, good = offset;
        while (offset + LogRecord.HEAD <= size) {
            if (!isHead(offset)) {
                int next = search(offset + LogRecord.ALIGNMENT);
                if (next < 0)
                    return good;
                receiver.unreadable(offset, next - offset, LogRecord.sequence(window, (int) (next - windowStart)));
                offset = next;
                continue;
            }
            int length = LogRecord.length(window, (int) (offset - windowStart));
            if (offset + (long) length > size) {
                // The end of the file was cut, or the head is followed by nothing.
                receiver.damaged(LogRecord.sequence(window, (int) (offset - windowStart)), offset, (int) (size - offset), false);
                return good;
            }
            load(offset, length);
            int at = (int) (offset - windowStart);
            if (LogRecord.isWhole(window, at, checksum))
                receiver.record(window, at, offset);
            else
                receiver.damaged(LogRecord.sequence(window, at), offset, length, true);
            offset += LogRecord.padded(length);
            good = (int) Math.min(offset, size);
        }
        return good;
    }

    private boolean isHead(int offset) throws IOException {
        load(offset, LogRecord.HEAD);
        return LogRecord.isHead(window, (int) (offset - windowStart), checksum);
    }

    private int search(int from) throws IOException {
        for (int offset = from; offset + LogRecord.HEAD <= size; offset += LogRecord.ALIGNMENT)
            if (isHead(offset))
                return offset;
        return -1;
    }

    /** Has a part of the file in the window. */
    private void load(int offset, int length) throws IOException {
        if (offset >= windowStart && offset + length <= windowStart + windowLength)
            return;
        if (window.length < length)
            window = new byte[length];
        ByteBuffer into = ByteBuffer.wrap(window);
        segment.read(into, offset);
        windowStart = offset;
        windowLength = into.position();
        if (windowLength < length)
            throw new IOException(segment.path() + " has become shorter");
    }
}
