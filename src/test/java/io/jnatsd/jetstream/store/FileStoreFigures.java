package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Prints how long a large stream takes to be opened after a clean end and after the end of the process, and the memory of
 * its index: {@code java -Xmx2g -cp target/test-classes:target/classes io.jnatsd.jetstream.store.FileStoreFigures FOLDER
 * 10000000 460 1000}, for ten million messages with 460 bytes on a thousand subjects.
 */
final class FileStoreFigures implements StoreReports {
    private static final int SMALLEST = 8 * 1024 * 1024, LARGEST = 64 * 1024 * 1024, BATCH = 1000;

    private final Path folder;

    private FileStoreFigures(Path folder) {
        this.folder = folder;
    }

    private FileStore open() throws IOException {
        return FileStore.open(folder, 1, MessageSize.FILE, 1, new FileStore.Settings(SMALLEST, LARGEST, false, this));
    }

    private FileStore timed(String what) throws IOException {
        long before = used(), start = System.nanoTime();
        FileStore store = open();
        System.out.printf("%s: %.2f s, %d messages in %d segments, %d MB, %d MB of heap%n", what, (System.nanoTime() - start) / 1e9,
                store.state().messages(), store.segments(), store.diskBytes() >> 20, used() - before >> 20);
        return store;
    }

    private void fill(long count, int payload, int subjects) throws IOException {
        byte[] body = new byte[payload];
        FileStore store = open();
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            byte[] subject = ("orders." + i % subjects).getBytes(StandardCharsets.US_ASCII);
            store.append(subject, 0, subject.length, body, 0, payload, -1, System.currentTimeMillis() * 1_000_000);
            if (i % BATCH == 0)
                store.flush();
        }
        store.flush();
        System.out.printf("filled: %.0f messages/s%n", count * 1e9 / (System.nanoTime() - start));
    }

    private void filters(FileStore store) {
        for (String filter : List.of("orders.7", "orders.*", ">")) {
            long start = System.nanoTime(), half = store.state().last() / 2;
            long found = store.count(List.of(SubjectFilter.of(filter)), half);
            System.out.printf("%s from the middle on: %d in %.2f ms%n", filter, found, (System.nanoTime() - start) / 1e6);
        }
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.createDirectories(folder);
        FileStoreFigures figures = new FileStoreFigures(folder);
        figures.fill(Long.parseLong(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        FileStore crashed = figures.timed("opened after the end of the process");
        crashed.close();
        FileStore clean = figures.timed("opened after a clean end");
        figures.filters(clean);
        StoreFolder.delete(folder);
    }

    private static long used() {
        for (int i = 0; i < 3; i++)
            System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Override
    public void damaged(Path file, long offset, long sequence) {
        throw new IllegalStateException(file + " is damaged");
    }

    @Override
    public void torn(Path file, long offset, long bytes) {
        throw new IllegalStateException(file + " is torn");
    }

    @Override
    public void failing(String reason) {
        throw new IllegalStateException(reason);
    }

    @Override
    public void recovered() {
    }
}
