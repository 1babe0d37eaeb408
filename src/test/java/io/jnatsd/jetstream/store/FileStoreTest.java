package io.jnatsd.jetstream.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends MessageStoreTests implements StoreReports {
    private static final int SEGMENT = 64 * 1024;

    @TempDir
    Path folder;
    private final List<String> reports = new ArrayList<>();

    @BeforeEach
    void open() {
        store = opened();
    }

    private FileStore opened() {
        try {
            return FileStore.open(folder, 4711, MessageSize.FILE, 1, new FileStore.Settings(SEGMENT, SEGMENT, false, this));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    MessageSize sizes() {
        return MessageSize.FILE;
    }

    @Override
    public void damaged(Path file, long offset, long sequence) {
        reports.add("damaged " + sequence);
    }

    @Override
    public void torn(Path file, long offset, long bytes) {
        reports.add("torn");
    }

    @Override
    public void failing(String reason) {
        reports.add("failing " + reason);
    }

    @Override
    public void recovered() {
        reports.add("recovered");
    }

    @Override
    void betweenSteps(Random random) {
        int what = random.nextInt(300);
        if (what == 0) {
            store.close();
            open();
        } else if (what == 1) {
            abandon();
        } else if (what < 100) {
            store.flush();
        }
        assertEquals(List.of(), reports);
    }

    /** Opens the files anew without closing them, as after the end of the process. */
    private void abandon() {
        store.flush();
        open();
    }

    private void fill(int count) {
        for (int i = 1; i <= count; i++)
            append("s." + i % 10, "body " + i, -1);
        store.flush();
    }

    private String load(long sequence) {
        StoredMessage message = new StoredMessage();
        return store.load(sequence, message) ? new String(message.payload(), StandardCharsets.US_ASCII) : null;
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(offset);
            int value = raw.read();
            raw.seek(offset);
            raw.write(value ^ 4);
        }
    }

    private long offsetOf(Path file, String text) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void aDamagedPayloadCostsItsOwnMessage() throws IOException {
        fill(20);
        Path log = files(".log").getFirst();
        flip(log, offsetOf(log, "body 6"));
        abandon();
        assertEquals(19, store.state().messages());
        assertEquals(null, load(6));
        assertEquals("body 7", load(7));
        assertEquals(List.of("damaged 6"), reports);
        assertEquals(List.of(6L), store.lost().sequences());
        append("a", "new", -1);
        assertEquals(21, store.state().last());
    }

    @Test
    void aDamagedHeadCostsItsOwnMessage() throws IOException {
        fill(20);
        Path log = files(".log").getFirst();
        flip(log, offsetOf(log, "body 6") - 30);
        abandon();
        assertEquals(19, store.state().messages());
        assertEquals("body 7", load(7));
        assertEquals(List.of("damaged 6"), reports);
    }

    @Test
    void damageInASegmentWithAnIndexIsFoundWhenTheMessageIsRead() throws IOException {
        fill(4000);
        assertTrue(files(".idx").size() > 1);
        Path log = files(".log").get(1);
        long first = Long.parseLong(log.getFileName().toString().substring(0, 20)), damaged = first + 3;
        flip(log, offsetOf(log, "body " + damaged));
        store.close();
        open();
        assertEquals(4000, store.state().messages());
        assertEquals(null, load(damaged));
        assertEquals(3999, store.state().messages());
        assertEquals("body " + (damaged + 1), load(damaged + 1));
        assertEquals(1, store.lost().messages());
    }

    @Test
    void aDamagedIndexIsNotUsed() throws IOException {
        fill(2000);
        for (Path index : files(".idx"))
            flip(index, Files.size(index) / 2);
        store.close();
        flip(files(".idx").getLast(), 100);
        open();
        for (int i = 1; i <= 2000; i++)
            assertEquals("body " + i, load(i));
        assertEquals(List.of(), reports);
    }

    @Test
    void noSequenceIsUsedTwiceAfterTheEndWasCut() throws IOException {
        fill(20);
        Path log = files(".log").getFirst();
        try (RandomAccessFile raw = new RandomAccessFile(log.toFile(), "rw")) {
            raw.setLength(raw.length() - 100);
        }
        open();
        assertEquals(List.of("torn"), reports);
        assertEquals("body 18", load(18));
        assertEquals(null, load(19));
        assertTrue(store.append(new byte[] {'a'}, 0, 1, new byte[0], 0, 0, -1, 5000) > 20);
    }

    private long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(each -> {
                try {
                    return Files.readSymbolicLink(each).startsWith(folder);
                } catch (IOException e) {
                    return false;
                }
            }).count();
        }
    }

    @Test
    void aStreamAtRestHasNoFileDescriptors() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        fill(2000);
        assertTrue(openFiles() > 0);
        ((FileStore) store).force();
        store.rest();
        assertEquals(0, openFiles());
        assertEquals("body 5", load(5));
        append("s.1", "body 2001", -1);
        abandon();
        assertEquals("body 2001", load(2001));
    }

    @Test
    void zerosThatWereCutAreWrittenAgain() throws IOException {
        append("s", "12345", -1);
        store.flush();
        try (RandomAccessFile raw = new RandomAccessFile(files(".log").getFirst().toFile(), "rw")) {
            raw.setLength(raw.length() - 1);
        }
        open();
        assertEquals("12345", load(1));
        append("s", "6", -1);
        abandon();
        assertEquals("6", load(2));
        assertEquals(List.of(), reports);
    }

    @Test
    void anOverwrittenMessageIsNotOnTheDisk() throws IOException {
        fill(4000);
        Path log = files("1.log").getFirst();
        for (int sequence : new int[] {3, 3999}) {
            store.overwrite(sequence);
            store.remove(sequence);
        }
        append("s", "secret", -1);
        store.overwrite(4001);
        store.remove(4001);
        store.flush();
        for (Path file : files(".log"))
            for (String body : List.of("body 3 ", "body 3999", "secret"))
                assertTrue(offsetOf(file, body.strip() + (body.endsWith(" ") ? "\0" : "")) < 0, file + " " + body);
        assertTrue(offsetOf(log, "body 4") > 0);
        assertEquals("body 4", load(4));
        abandon();
        assertEquals(3998, store.state().messages());
        assertEquals(List.of(), reports);
    }

    @Test
    void aSegmentWithoutMessagesIsRemoved() throws IOException {
        fill(6000);
        int before = files(".log").size();
        store.purge(SubjectFilter.ALL, 5900, 0);
        store.flush();
        assertTrue(files(".log").size() < before / 2, files(".log").toString());
        abandon();
        assertEquals(101, store.state().messages());
        assertEquals(5900, store.state().first());
    }

    @Test
    void aSegmentWithFewMessagesIsWrittenAnew() throws IOException {
        store.close();
        store = FileStore.open(folder, 4711, MessageSize.FILE, 1, new FileStore.Settings(4 << 20, 4 << 20, false, this));
        for (int i = 1; i <= 6000; i++)
            append("s." + i % 10, i + "x".repeat(1000), -1);
        store.flush();
        long before = store.diskBytes();
        for (int i = 1; i <= 6000; i++)
            if (i % 10 != 0)
                store.remove(i);
        store.flush();
        assertTrue(store.diskBytes() < before / 2, before + " " + store.diskBytes());
        for (int i = 10; i <= 6000; i += 10)
            assertEquals(i + "x".repeat(1000), load(i));
        abandon();
        assertEquals(600, store.state().messages());
        for (int i = 10; i <= 6000; i += 10)
            assertEquals(i + "x".repeat(1000), load(i));
        assertEquals(List.of(), reports);
    }

    @Test
    void aPayloadThatLooksLikeARecordOfAnotherStreamIsNone() throws IOException {
        fill(3);
        byte[] record = Files.readAllBytes(files(".log").getFirst());
        Path other = Files.createDirectory(folder.resolve("other"));
        FileStore stored = FileStore.open(other, 1, MessageSize.FILE, 1, new FileStore.Settings(SEGMENT, SEGMENT, false, this));
        stored.append(new byte[] {'a'}, 0, 1, record, 0, record.length, -1, 1000);
        stored.append(new byte[] {'a'}, 0, 1, record, 0, 1, -1, 1000);
        stored.flush();
        flip(other.resolve("00000000000000000001.log"), Segment.HEADER + 10);
        try (FileStoreCloser again = new FileStoreCloser(FileStore.open(other, 1, MessageSize.FILE, 1,
                new FileStore.Settings(SEGMENT, SEGMENT, false, this)))) {
            assertEquals(1, again.store.state().messages());
            assertEquals(2, again.store.state().first());
        }
    }

    private record FileStoreCloser(FileStore store) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
        }
    }
}
