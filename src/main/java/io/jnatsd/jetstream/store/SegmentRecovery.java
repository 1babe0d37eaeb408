package io.jnatsd.jetstream.store;

import io.jnatsd.jetstream.store.SubjectTree.StoredSubject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.stream.Stream;

/**
 * Fills the index of a {@link FileStore} from its segments, when it is opened. A segment with a valid index is not read;
 * any other is read from its beginning to its end. Threads: who opens the stream.
 */
final class SegmentRecovery {
    private final FileStore store;
    private final Checksum checksum;
    private final NavigableMap<Long, Long> deleted;
    private final StoreReports reports;
    private boolean torn;
    /** The sequence of the last record that was found. */
    private long last;

    SegmentRecovery(FileStore store, Checksum checksum, NavigableMap<Long, Long> deleted, StoreReports reports) {
        this.store = store;
        this.checksum = checksum;
        this.deleted = deleted;
        this.reports = reports;
    }

    /** Returns whether the end of the last segment was lost, so that sequences may have been used that nothing shows. */
    boolean isTorn() {
        return torn;
    }

    /** Returns the segments in order. */
    List<Segment> run(Path folder) throws IOException {
        List<Long> bases = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                String name = each.getFileName().toString();
                if (name.endsWith(".tmp"))
                    Files.delete(each);
                else if (name.matches("\\d{20}\\" + Segment.SUFFIX))
                    bases.add(Long.parseLong(name.substring(0, 20)));
            }
        }
        bases.sort(null);
        last = store.last();
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            boolean isLast = i == bases.size() - 1;
            Segment segment = store.register(bases.get(i));
            last = Math.max(last, segment.base - 1);
            read(segment, isLast);
            segments.add(segment);
            store.resized(segment, segment.end);
            if (!isLast)
                segment.close();
        }
        if (!deleted.isEmpty())
            last = Math.max(last, deleted.lastEntry().getValue());
        store.raise(last);
        return segments;
    }

    private void read(Segment segment, boolean isLast) throws IOException {
        segment.readHeader();
        SegmentIndex.Contents index = SegmentIndex.read(segment, checksum);
        if (index == null)
            scan(segment, isLast);
        else
            load(segment, index);
    }

    private void load(Segment segment, SegmentIndex.Contents index) {
        byte[][] names = index.subjects();
        StoredSubject[] subjects = new StoredSubject[names.length];
        index.forEach(segment.base, (sequence, time, number, size, offset) -> {
            if (DeleteLog.has(deleted, sequence))
                return;
            StoredSubject subject = subjects[number];
            // A subject without messages is not in the tree.
            if (subject == null || subject.count == 0)
                subject = subjects[number] = store.subject(names[number], 0, names[number].length);
            add(segment, sequence, time, subject, size, offset);
        });
        last = Math.max(last, index.last());
    }

    private void add(Segment segment, long sequence, long time, StoredSubject subject, int size, int offset) {
        store.add(sequence, time, subject, size, FileStore.address(segment, offset));
        segment.live++;
        segment.liveBytes += size;
    }

    private void scan(Segment segment, boolean isLast) throws IOException {
        int end = new SegmentScan(segment, checksum).run(new Found(segment, isLast));
        segment.end = LogRecord.padded(end);
        long size = segment.fileSize();
        if (size < segment.end)
            segment.pad(size);
        if (!isLast || size <= end)
            return;
        torn = true;
        reports.torn(segment.path(), end, size - end);
        segment.truncate(end);
    }

    private final class Found implements SegmentScan.Receiver {
        private final Segment segment;
        private final boolean isLast;

        Found(Segment segment, boolean isLast) {
            this.segment = segment;
            this.isLast = isLast;
        }

        @Override
        public void record(byte[] in, int at, int offset) {
            long sequence = LogRecord.sequence(in, at);
            // One that comes twice was copied before a crash.
            if (sequence <= last)
                return;
            last = sequence;
            if (LogRecord.kind(in, at) == LogRecord.SKIPPED)
                return;
            int subjectLength = LogRecord.subjectLength(in, at);
            int size = store.sizes().of(subjectLength, LogRecord.bodyLength(in, at), LogRecord.headerLength(in, at));
            segment.records++;
            segment.recordBytes += size;
            if (DeleteLog.has(deleted, sequence))
                return;
            StoredSubject subject = store.subject(in, at + LogRecord.HEAD, subjectLength);
            add(segment, sequence, LogRecord.time(in, at), subject, size, offset);
        }

        @Override
        public void damaged(long sequence, int offset, int length, boolean whole) {
            last = Math.max(last, sequence);
            if (!DeleteLog.has(deleted, sequence) && (whole || !isLast))
                store.lost(segment.path(), offset, sequence, length);
        }

        @Override
        public void unreadable(int offset, int length, long next) {
            // In a file that was not written anew, every sequence that is missing was here.
            if (next - last != 2)
                store.lost(segment.path(), offset, 0, length);
            else if (!DeleteLog.has(deleted, last + 1))
                store.lost(segment.path(), offset, last + 1, length);
        }
    }
}
