package io.jnatsd.jetstream.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The folder of JetStream, which one server uses at a time: a folder for each stream, with its configuration and the
 * files of its store. Threads: any thread; those who create or remove streams take care of each other.
 */
public final class StoreFolder {
    private static final String LOCK = "jnatsd.lock", STREAMS = "streams", CONFIG = "stream.json";
    private static final int SUM = 9;

    private final Path folder;
    private final FileChannel lockFile;

    private StoreFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /**
     * Opens the folder, which is created if there is none.
     *
     * @throws IOException if it cannot be used, or another server uses it
     */
    public static StoreFolder open(Path folder) throws IOException {
        Files.createDirectories(folder.resolve(STREAMS));
        FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null)
                return new StoreFolder(folder, channel);
        } catch (OverlappingFileLockException e) {
            // A server of this process has it.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException("another server uses " + folder);
    }

    public Path path() {
        return folder;
    }

    /** Returns the folders of streams. */
    public List<Path> streams() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve(STREAMS))) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Returns the folder of a stream; the name has one char per byte. */
    public Path stream(String name) {
        return folder.resolve(STREAMS).resolve(fileName(name));
    }

    /** Returns a name that every file system takes. */
    private static String fileName(String name) {
        if (name.matches("[A-Za-z0-9_-]{1,100}") && !name.startsWith("x-"))
            return name;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.ISO_8859_1));
            return "x-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the configuration of a stream, so that after a crash either the old or the new one is there. */
    public static void writeConfig(Path stream, byte[] json) throws IOException {
        Files.createDirectories(stream);
        Path written = stream.resolve(CONFIG + ".tmp");
        byte[] sum = "%08x\n".formatted(sum(json, json.length)).getBytes(StandardCharsets.US_ASCII);
        try (FileChannel to = FileChannel.open(written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(json.length + 1 + sum.length).put(json).put((byte) '\n').put(sum).flip();
            StoreFile.writeFully(to, bytes, 0);
            to.force(true);
        }
        Files.move(written, stream.resolve(CONFIG), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(stream);
        force(stream.getParent());
    }

    /** Has the names of the files in a folder survive a loss of power. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // The stream was removed meanwhile.
        }
    }

    private static int sum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    /**
     * Reads the configuration of a stream.
     *
     * @return null if the folder has none, because the stream was not created or not removed completely
     * @throws IOException if it cannot be read, or is damaged
     */
    public static byte[] readConfig(Path stream) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(stream.resolve(CONFIG));
        } catch (NoSuchFileException e) {
            return null;
        }
        int length = bytes.length - SUM - 1;
        if (length < 0 || !new String(bytes, length + 1, SUM, StandardCharsets.US_ASCII).equals("%08x\n".formatted(sum(bytes, length))))
            throw new IOException(stream.resolve(CONFIG) + " is damaged");
        byte[] json = new byte[length];
        System.arraycopy(bytes, 0, json, 0, length);
        return json;
    }

    /** Removes the folder of a stream: first the configuration, so that it is not taken for a stream if this ends early. */
    public static void delete(Path stream) throws IOException {
        Files.deleteIfExists(stream.resolve(CONFIG));
        if (!Files.exists(stream))
            return;
        Files.walkFileTree(stream, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failed) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Lets another server use the folder. */
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            // The lock ends with the process.
        }
    }
}
