package io.jnatsd.jetstream.store;

import io.jnatsd.jetstream.store.SubjectTree.StoredSubject;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The file beside a full segment that says what is in it, so that a start need not read the segment: the subjects, and
 * for each message its sequence, offset, subject, size and time. An index that is damaged, or belongs to another
 * generation of the segment, is not used. Threads: the actor of the stream, or who opens it.
 */
final class SegmentIndex {
    /** "JNATSIX1". */
    private static final long MAGIC = 0x31584953_54414E4AL;
    private static final int HEAD = 56, ENTRY = 24, SUM = 4;
    private static final long LONGEST_DELTA = Integer.MAX_VALUE;

    private SegmentIndex() {
    }

    /** Writes the index of a segment, which ends with a sequence. */
    static void write(IndexedStore store, Segment segment, long last, Checksum checksum) throws IOException {
        if (last - segment.base > LONGEST_DELTA)
            return;
        Map<StoredSubject, Integer> numbers = new IdentityHashMap<>();
        int[] size = {HEAD + SUM};
        store.forEach(segment.base, last, (sequence, time, subject, bytes, address) -> {
            if (numbers.putIfAbsent(subject, numbers.size()) == null)
                size[0] += Integer.BYTES + subject.length();
            size[0] += ENTRY;
        });
        ByteBuffer to = ByteBuffer.allocate(size[0]).order(ByteOrder.LITTLE_ENDIAN);
        to.putLong(MAGIC).putLong(segment.generation).putLong(segment.end).putLong(last).putInt(segment.live)
                .putInt(numbers.size()).putInt(segment.records).putLong(segment.recordBytes).putInt(0);
        StoredSubject[] subjects = new StoredSubject[numbers.size()];
        numbers.forEach((subject, number) -> subjects[number] = subject);
        for (StoredSubject subject : subjects) {
            int length = subject.length();
            to.putInt(length);
            to.position(to.position() + length);
            subject.copyTo(to.array(), to.position());
        }
        store.forEach(segment.base, last, (sequence, time, subject, bytes, address) -> to
                .putInt((int) (sequence - segment.base)).putInt((int) address).putInt(numbers.get(subject)).putInt(bytes).putLong(time));
        to.putInt(checksum.of(to.array(), 0, to.position()));
        try (FileChannel channel = FileChannel.open(segment.indexPath(), StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            StoreFile.writeFully(channel, to.flip(), 0);
        }
    }

    /** Receives what an index says. */
    interface Receiver {
        /** @param subject the number of a subject */
        void message(long sequence, long time, int subject, int size, int offset);
    }

    /** What an index says of its segment, and the subjects. */
    record Contents(ByteBuffer bytes, long last, int count, byte[][] subjects) {
        void forEach(long base, Receiver receiver) {
            for (int i = 0; i < count; i++) {
                long sequence = base + bytes.getInt();
                int offset = bytes.getInt(), subject = bytes.getInt(), size = bytes.getInt();
                receiver.message(sequence, bytes.getLong(), subject, size, offset);
            }
        }
    }

    /** Reads the index of a segment, whose header has been read; null if there is none that can be used. */
    static Contents read(Segment segment, Checksum checksum) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(segment.indexPath());
        } catch (NoSuchFileException e) {
            return null;
        }
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int end = bytes.length - SUM;
        if (end < HEAD || from.getInt(end) != checksum.of(bytes, 0, end) || from.getLong() != MAGIC
                || from.getLong() != segment.generation || from.getLong() != segment.fileSize())
            return null;
        try {
            long last = from.getLong();
            int count = from.getInt();
            byte[][] subjects = new byte[from.getInt()][];
            segment.records = from.getInt();
            segment.recordBytes = from.getLong();
            from.getInt();
            for (int i = 0; i < subjects.length; i++) {
                subjects[i] = new byte[from.getInt()];
                from.get(subjects[i]);
            }
            segment.end = (int) segment.fileSize();
            return new Contents(from, last, count, subjects);
        } catch (BufferUnderflowException e) {
            return null;
        }
    }
}
