package io.jnatsd.jetstream.store;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Damages the files of a stream while no server runs, and knows which messages that may cost. */
final class FileDamage {
    private final Path stream;
    private final Random random;
    private final Checksum checksum;
    /** The sequences of records that were damaged or cut off. */
    final Set<Long> lost = new TreeSet<>();
    /** Removed messages may be there again. */
    boolean deletesDamaged;
    boolean consumersDamaged;

    FileDamage(Path stream, Random random) throws IOException {
        this.stream = stream;
        this.random = random;
        String json = new String(StoreFolder.readConfig(stream), StandardCharsets.UTF_8);
        checksum = new Checksum(JsonParser.parseString(json).getAsJsonObject().get("uid").getAsLong());
    }

    private List<Path> files(String pattern) throws IOException {
        try (Stream<Path> all = Files.list(stream)) {
            return all.filter(path -> path.getFileName().toString().matches(pattern)).sorted().toList();
        }
    }

    /** Flips a few bits of one file. */
    void flip() throws IOException {
        List<Path> files = files(".*\\.(log|idx)|deletes|consumers");
        Path file = files.get(random.nextInt(files.size()));
        long size = Files.size(file);
        if (size == 0)
            return;
        String name = file.getFileName().toString();
        long offset = random.nextLong(size);
        if (name.endsWith(Segment.SUFFIX))
            note(file, offset, offset + 1);
        deletesDamaged |= name.equals("deletes");
        consumersDamaged |= name.equals("consumers");
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(offset);
            int value = raw.read();
            raw.seek(offset);
            raw.write(value ^ 1 << random.nextInt(8));
        }
    }

    /** Cuts the end of the last segment. */
    void cut() throws IOException {
        Path file = files(".*\\.log").getLast();
        long size = Files.size(file), end = Math.max(size - 1 - random.nextInt(5000), Segment.HEADER);
        note(file, end, size);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(end);
        }
    }

    /** Notes the messages that have bytes in a part of a segment. */
    private void note(Path file, long from, long to) throws IOException {
        Segment segment = new Segment(stream, Long.parseLong(file.getFileName().toString().substring(0, 20)), 0);
        List<long[]> records = new ArrayList<>();
        new SegmentScan(segment, checksum).run(new SegmentScan.Receiver() {
            @Override
            public void record(byte[] in, int at, int offset) {
                records.add(new long[] {LogRecord.sequence(in, at), offset, offset + LogRecord.padded(LogRecord.length(in, at))});
            }

            @Override
            public void damaged(long sequence, int offset, int length, boolean whole) {
                records.add(new long[] {sequence, offset, offset + length});
            }

            @Override
            public void unreadable(int offset, int length, long next) {
            }
        });
        segment.close();
        for (long[] record : records)
            if (record[2] > from && record[1] < to)
                lost.add(record[0]);
    }

    @Override
    public String toString() {
        return lost.toString();
    }

    static FileDamage of(Path stream, Random random) {
        try {
            return new FileDamage(stream, random);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
