package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
    /** Its number in addresses. */
    final int slot;
    long generation;
    /** Null while it is closed. Read by {@link #force}. */
    private volatile FileChannel channel;
    /** Where the next record begins. */
    int end = HEADER;
    /** The records of messages in the file, and those of them that were not removed. */
    int records;
    int live;
    /** What these count for the limits of the stream. */
    long recordBytes;
    long liveBytes;
    /** Something was written since the last force. Cleared by the thread that forces. */
    private volatile boolean dirty;

    Segment(Path folder, long base, int slot) {
        this.folder = folder;
        this.base = base;
        this.slot = slot;
    }

    private static Path path(Path folder, long base, String suffix) {
        return folder.resolve("%020d".formatted(base) + suffix);
    }

    Path path() {
        return path(folder, base, SUFFIX);
    }

    Path indexPath() {
        return path(folder, base, INDEX_SUFFIX);
    }

    /** Creates the file. */
    void create() throws IOException {
        try (FileChannel created = write(path(), generation)) {
            end = HEADER;
        }
        channel = FileChannel.open(path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Returns the header in a new file. */
    FileChannel write(Path to, long ofGeneration) throws IOException {
        FileChannel created = FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(MAGIC).putLong(base).putLong(ofGeneration);
            writeFully(created, header.clear(), 0);
            return created;
        } catch (IOException e) {
            created.close();
            Files.deleteIfExists(to);
            throw e;
        }
    }

    static void writeFully(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        for (long position = at; bytes.hasRemaining();)
            position += to.write(bytes, position);
    }

    /** Reads the generation; a damaged header has none that an index can have. */
    void readHeader() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        read(header, 0);
        boolean valid = header.position() == HEADER && header.getLong(0) == MAGIC && header.getLong(8) == base;
        generation = valid ? header.getLong(16) : -1;
    }

    long fileSize() throws IOException {
        return open().size();
    }

    /** Returns the channel, which is opened if it is closed. */
    FileChannel open() throws IOException {
        FileChannel opened = channel;
        if (opened == null) {
            opened = FileChannel.open(path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = opened;
        }
        return opened;
    }

    boolean isOpen() {
        return channel != null;
    }

    /** Reads from an offset until the buffer is full or the file ends. */
    void read(ByteBuffer into, long offset) throws IOException {
        FileChannel from = open();
        for (long at = offset; into.hasRemaining();) {
            int count = from.read(into, at);
            if (count < 0)
                return;
            at += count;
        }
    }

    /** Writes at the end. If that fails, the file ends where it did before. */
    void append(byte[] bytes, int start, int length) throws IOException {
        FileChannel to = open();
        try {
            writeFully(to, ByteBuffer.wrap(bytes, start, length), end);
            end += length;
            dirty = true;
        } catch (IOException e) {
            cut(to);
            throw e;
        }
    }

    private void cut(FileChannel to) {
        try {
            to.truncate(end);
        } catch (IOException e) {
            // What is behind the end is written over, and it is no whole record.
        }
    }

    /** Writes the zeros at the end of the last record, which were cut off with the end of the file. */
    void pad(long size) throws IOException {
        writeFully(open(), ByteBuffer.allocate((int) (end - size)), size);
        dirty = true;
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
        writeFully(open(), ByteBuffer.wrap(empty), offset);
        open().force(false);
    }

    /** Cuts what is behind the last record. */
    void truncate(long size) throws IOException {
        open().truncate(size);
        dirty = true;
    }

    boolean isDirty() {
        return dirty;
    }

    /** Has what was written survive a loss of power. */
    void force() throws IOException {
        FileChannel current = channel;
        dirty = false;
        try {
            if (current != null) {
                current.force(false);
                return;
            }
        } catch (ClosedChannelException e) {
            // The actor has closed it meanwhile.
        }
        try (FileChannel again = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            again.force(false);
        } catch (NoSuchFileException e) {
            // It was removed, since it has no messages.
        }
    }

    void close() {
        FileChannel current = channel;
        channel = null;
        try {
            if (current != null)
                current.close();
        } catch (IOException e) {
            // Everything was written before.
        }
    }

    /** Removes the file. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(indexPath());
        Files.deleteIfExists(path());
    }
}
