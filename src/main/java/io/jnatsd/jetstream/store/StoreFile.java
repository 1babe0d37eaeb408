package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that is opened when it is used, so that streams at rest take no file descriptors. Threads: the actor of the
 * stream. Any thread may call {@link #force}.
 */
final class StoreFile {
    private final Path path;
    /** Null while it is closed. */
    private volatile FileChannel channel;
    /** Something was written since the last force. Cleared by the thread that forces. */
    private volatile boolean dirty;

    StoreFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Returns the channel; the file is created if there is none. */
    private FileChannel open() throws IOException {
        FileChannel opened = channel;
        if (opened == null) {
            opened = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = opened;
        }
        return opened;
    }

    byte[] readAll() throws IOException {
        open();
        return Files.readAllBytes(path);
    }

    long size() throws IOException {
        return open().size();
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

    void write(ByteBuffer bytes, long at) throws IOException {
        writeFully(open(), bytes, at);
        dirty = true;
    }

    static void writeFully(FileChannel to, ByteBuffer bytes, long at) throws IOException {
        for (long position = at; bytes.hasRemaining();)
            position += to.write(bytes, position);
    }

    void truncate(long size) throws IOException {
        open().truncate(size);
        dirty = true;
    }

    /** Writes the file anew; after a crash, either the old or the new one is there. */
    void replace(ByteBuffer contents) throws IOException {
        Path written = path.resolveSibling(path.getFileName() + ".tmp");
        try (FileChannel next = FileChannel.open(written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            writeFully(next, contents, 0);
            next.force(true);
            Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(written);
            throw e;
        }
        close();
        StoreFolder.force(path.getParent());
    }

    boolean isDirty() {
        return dirty;
    }

    /** Has what was written survive a loss of power. */
    void force() throws IOException {
        dirty = false;
        FileChannel current = channel;
        try {
            if (current != null) {
                current.force(false);
                return;
            }
        } catch (ClosedChannelException e) {
            // The actor has closed it meanwhile.
        }
        try (FileChannel again = FileChannel.open(path, StandardOpenOption.WRITE)) {
            again.force(false);
        } catch (NoSuchFileException e) {
            // It was removed.
        }
    }

    /** Gives the file descriptor back. */
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
}
