package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file of a stream with the records of consecutive sequences, named by the first one. It begins with {@value #HEADER}
 * bytes: a magic number, the first sequence and the generation, which grows when the file is written anew without the
 * messages that were removed.
 *
 * <p>Threads: the actor of the stream. Any thread may call {@link #force}.
 */
final class Segment {
    static final int HEADER = 64;
    static final String SUFFIX = ".log", INDEX_SUFFIX = ".idx";
    /** "JNATSLG1". */
    private static final long MAGIC = 0x31474C5354414E4AL;

    final long base;
    private final Path folder;
    private final StoreFile file;
    /** Its number in addresses. */
    final int slot;
    long generation;
    /** It is in the queue of those that are to be forced. Set by the actor, cleared by the thread that forces. */
    private final AtomicBoolean toBeForced = new AtomicBoolean();
    /** Where the next record begins. */
    int end = HEADER;
    /** The records of messages in the file, and those of them that were not removed. */
    int records;
    int live;
    /** What these count for the limits of the stream. */
    long recordBytes;
    long liveBytes;

    Segment(Path folder, long base, int slot) {
        this.folder = folder;
        this.base = base;
        this.slot = slot;
        this.file = new StoreFile(path(folder, base, SUFFIX));
    }

    private static Path path(Path folder, long base, String suffix) {
        return folder.resolve("%020d".formatted(base) + suffix);
    }

    Path path() {
        return file.path();
    }

    Path indexPath() {
        return path(folder, base, INDEX_SUFFIX);
    }

    /** Creates the file. */
    void create() throws IOException {
        write(path(), generation).close();
        end = HEADER;
    }

    /** Returns the header in a new file. */
    FileChannel write(Path to, long ofGeneration) throws IOException {
        FileChannel created = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(MAGIC).putLong(base).putLong(ofGeneration);
            StoreFile.writeFully(created, header.clear(), 0);
            return created;
        } catch (IOException e) {
            created.close();
            Files.deleteIfExists(to);
            throw e;
        }
    }

    /** Reads the generation; a damaged header has none that an index can have. */
    void readHeader() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        file.read(header, 0);
        boolean valid = header.position() == HEADER && header.getLong(0) == MAGIC && header.getLong(8) == base;
        generation = valid ? header.getLong(16) : -1;
    }

    long fileSize() throws IOException {
        return file.size();
    }

    /** Reads from an offset until the buffer is full or the file ends. */
    void read(ByteBuffer into, long offset) throws IOException {
        file.read(into, offset);
    }

    /** Writes at the end. If that fails, the file ends where it did before. */
    void append(byte[] bytes, int start, int length) throws IOException {
        try {
            file.write(ByteBuffer.wrap(bytes, start, length), end);
            end += length;
        } catch (IOException e) {
            cut();
            throw e;
        }
    }

    private void cut() {
        try {
            file.truncate(end);
        } catch (IOException e) {
            // What is behind the end is written over, and it is no whole record.
        }
    }

    /** Writes the zeros at the end of the last record, which were cut off with the end of the file. */
    void pad(long size) throws IOException {
        file.write(ByteBuffer.allocate((int) (end - size)), size);
    }

    /** Overwrites the subject, headers and payload of a record, which says from then on that its sequence has no message. */
    void overwrite(int offset, Checksum checksum) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(LogRecord.HEAD);
        read(head, offset);
        if (head.hasRemaining() || !LogRecord.isHead(head.array(), 0, checksum))
            return;
        byte[] empty = new byte[LogRecord.padded(LogRecord.length(head.array(), 0))];
        LogRecord.seal(empty, 0, LogRecord.length(head.array(), 0), LogRecord.SKIPPED, LogRecord.sequence(head.array(), 0),
                LogRecord.time(head.array(), 0), 0, -1, checksum);
        file.write(ByteBuffer.wrap(empty), offset);
        file.force();
    }

    /** Cuts what is behind the last record. */
    void truncate(long size) throws IOException {
        file.truncate(size);
    }

    AtomicBoolean isToBeForced() {
        return toBeForced;
    }

    /** Has what was written survive a loss of power. */
    void force() throws IOException {
        file.force();
    }

    void close() {
        file.close();
    }

    /** Removes the file. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(indexPath());
        Files.deleteIfExists(path());
    }
}
