package io.jnatsd.server;

import io.jnatsd.log.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The files that tell scripts about a running server: its pid, and the ports that it got. Threads: any. */
final class RunFiles {
    private RunFiles() {
    }

    /** The decimal pid, no line end; for the owner and his group, as with gnatsd, and never removed. */
    static void writePid(Path file) throws IOException {
        try {
            writeOwnPid(file);
        } catch (IOException e) {
            throw new IOException("Could not write pidfile: " + e.getMessage(), e);
        }
    }

    /** The same while the server runs, which does not end for it. */
    static void movePid(Path file, Log log) {
        try {
            writeOwnPid(file);
        } catch (IOException e) {
            log.error("Failed to write pidfile: " + e.getMessage());
        }
    }

    private static void writeOwnPid(Path file) throws IOException {
        byte[] pid = String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] mode = !posix ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rw-rw----"))};
        boolean existed = Files.exists(file);
        try (FileChannel channel = FileChannel.open(file, options, mode)) {
            channel.write(ByteBuffer.wrap(pid));
        } catch (IOException e) {
            // On a full disk the file is created, but stays empty. It is not replaced by a move: it may be a link.
            if (!existed)
                removeUnfinished(file, e);
            throw new IOException("open " + file + ": " + reason(e), e);
        }
    }

    /**
     * {@code <program>_<pid>.ports} in a folder: a JSON object of URL lists by kind of port. It is moved into place
     * whole, since test harnesses read it as soon as it is there.
     *
     * @return the file, for the end of the server to remove
     */
    static Path writePorts(Path folder, Map<String, List<String>> urls) throws IOException {
        String program = System.getProperty("jnatsd.exe", "jnatsd");
        Path file = folder.resolve(program + "_" + ProcessHandle.current().pid() + ".ports");
        Path unfinished = folder.resolve(file.getFileName() + ".tmp");
        String json = urls.entrySet().stream()
                .map(e -> "\"" + e.getKey() + "\":[" + e.getValue().stream().map(url -> "\"" + url + "\"")
                        .collect(Collectors.joining(",")) + "]")
                .collect(Collectors.joining(",", "{", "}"));
        try {
            Files.writeString(unfinished, json);
            return Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            removeUnfinished(unfinished, e);
            throw new IOException("Error writing ports file (" + file + "): " + reason(e), e);
        }
    }

    private static void removeUnfinished(Path file, IOException cause) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** @param file null for none */
    static void remove(Path file, Log log) {
        try {
            if (file != null)
                Files.deleteIfExists(file);
        } catch (IOException e) {
            log.error("Error removing ports file: " + e.getMessage());
        }
    }

    /** In the words of the system. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null ->
                other.getReason().toLowerCase(Locale.ROOT);
            default -> e.getMessage();
        };
    }
}
