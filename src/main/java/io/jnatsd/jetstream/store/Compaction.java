package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives room on the disk back: a segment of which less than half is left is written anew, and the list of removed messages
 * when it has become long. The new file takes the place of the old one when it is complete. Threads: the actor of the
 * stream.
 */
final class Compaction {
    /** A segment with less than this in removed messages is not written anew. */
    static final long WORTH = 1024 * 1024;
    private static final int BUFFER = 1024 * 1024;

    /** A message that stays; its offset is that in the new file later, or -1 if it is damaged. */
    private static final class Move {
        private final long sequence;
        private final int size;
        private int offset;

        Move(long sequence, int offset, int size) {
            this.sequence = sequence;
            this.offset = offset;
            this.size = size;
        }
    }

    private final FileStore store;
    private final ReadCache cache;
    private final DeleteLog deletes;

    Compaction(FileStore store, ReadCache cache, DeleteLog deletes) {
        this.store = store;
        this.cache = cache;
        this.deletes = deletes;
    }

    void run() throws IOException {
        for (Segment each : List.copyOf(store.all().values()))
            if (!store.isActive(each) && each.recordBytes - each.liveBytes > WORTH && each.liveBytes < each.recordBytes / 2)
                rewrite(each);
        if (deletes.isLong())
            deletes.compact(this::removed);
    }

    /** Lists the removed messages whose records are still in a segment. */
    private void removed(DeleteLog.Removed removed) {
        for (Segment each : store.all().values())
            if (each.live < each.records)
                store.gaps(each.base, lastOf(each), removed);
    }

    private long lastOf(Segment segment) {
        Long next = store.all().higherKey(segment.base);
        return next == null ? store.last() : next - 1;
    }

    private void rewrite(Segment segment) throws IOException {
        Path temporary = segment.path().resolveSibling(segment.path().getFileName() + ".tmp");
        List<Move> moves = new ArrayList<>(segment.live);
        int end;
        try (FileChannel to = segment.write(temporary, segment.generation + 1)) {
            store.forEach(segment.base, lastOf(segment), (sequence, time, subject, size, address) -> moves.add(
                    new Move(sequence, (int) address, size)));
            end = copy(segment, moves, to);
            to.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        replace(segment, temporary, moves, end);
    }

    /** Copies messages; returns where the last one ends. */
    private int copy(Segment from, List<Move> moves, FileChannel to) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(BUFFER);
        int written = Segment.HEADER;
        for (Move move : moves) {
            int most = Math.min(store.mostLength(move.size), from.end - move.offset);
            ReadCache.Block block = cache.get(from, move.offset, move.offset + most);
            int at = block.index(move.offset);
            if (!store.isMessage(block.bytes, at, most, move.sequence)) {
                store.lost(from.path(), move.offset, move.sequence, most);
                move.offset = -1;
                continue;
            }
            int padded = LogRecord.padded(LogRecord.length(block.bytes, at));
            if (out.remaining() < padded) {
                written += write(out, to, written);
                if (out.remaining() < padded)
                    out = ByteBuffer.allocate(padded);
            }
            move.offset = written + out.position();
            out.put(block.bytes, at, padded);
        }
        return written + write(out, to, written);
    }

    private static int write(ByteBuffer out, FileChannel to, int at) throws IOException {
        int length = out.position();
        StoreFile.writeFully(to, out.flip(), at);
        out.clear();
        return length;
    }

    private void replace(Segment segment, Path temporary, List<Move> moves, int end) throws IOException {
        FileStore.deleteIndex(segment);
        Files.move(temporary, segment.path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        segment.close();
        StoreFolder.force(temporary.getParent());
        store.resized(segment, end - segment.end);
        segment.generation++;
        segment.end = end;
        long last = lastOf(segment);
        for (Move move : moves)
            if (move.offset >= 0)
                store.moved(move.sequence, FileStore.address(segment, move.offset));
        segment.records = segment.live;
        segment.recordBytes = segment.liveBytes;
        for (Move move : moves)
            if (move.offset < 0)
                store.remove(move.sequence);
        if (segment.live > 0)
            store.writeIndex(segment, last);
    }
}
