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

/** Writes the files that tell scripts about a running server: its pid, and its ports. Threads: any thread. */
final class RunFiles {
    private RunFiles() {
    }

    /**
     * Writes the pid as a decimal number without a line end. As with gnatsd 1.0, the owner and the group may read and
     * write the file, and it is never removed.
     */
    static void writePid(Path file) throws IOException {
        try {
            writeOwnPid(file);
        } catch (IOException e) {
            throw new IOException("Could not write pidfile: " + e.getMessage(), e);
        }
    }

    /** Writes the pid while the server runs. A failure is logged and does not end the server. */
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
            // On a full disk the file is created but stays empty. The file is not written elsewhere and moved, because
            // it may be a link.
            if (!existed)
                removeUnfinished(file, e);
            throw new IOException("open " + file + ": " + reason(e), e);
        }
    }

    /**
     * Writes {@code <program>_<pid>.ports} into a folder: a JSON object of URL lists by kind of port. The complete file
     * is moved into place, because test harnesses read it as soon as it exists.
     *
     * @return the file, to be removed when the server ends
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

    /** Returns the error text of the system. */
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
