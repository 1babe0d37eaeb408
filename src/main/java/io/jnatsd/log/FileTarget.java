package io.jnatsd.log;

import io.jnatsd.text.OsError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.util.Set;
import org.tinylog.core.LogEntry;

/**
 * Appends lines to a file. If a size limit is set, it starts a new file before a line would exceed the limit. Threads:
 * see {@link LogTarget}. To reopen the file, a second target is created for the same path.
 */
final class FileTarget implements LogTarget {
    /** The most bytes that are kept while they cannot be written, for example because the disk is full. */
    private static final int KEPT_BYTES = 1024 * 1024;
    private static final Set<OpenOption> APPEND = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private final Path path;
    private final LineFormat format;
    private final Losses losses;
    private final LogLevel least;
    private final long sizeLimit;
    private final int maxBackups;
    private final LineBuffer waiting = new LineBuffer();
    private final StringBuilder text = new StringBuilder();
    private FileChannel channel;
    /** The size of the file once all waiting bytes are written. */
    private long size;
    /**
     * The size of the lines that this class itself wrote at the start of a new file. A file of that size is not rotated
     * again.
     */
    private long headSize;
    /** The size limit, or more after a rotation failed. */
    private long rotateAt;
    private boolean stuck;

    FileTarget(LogSettings settings, LineFormat format, Losses losses) throws IOException {
        this.format = format;
        this.losses = losses;
        least = LogLevel.named(settings.level());
        sizeLimit = rotateAt = settings.fileSizeLimit();
        maxBackups = settings.maxFiles();
        try {
            path = Path.of(settings.file());
            channel = open(path);
            size = channel.size();
        } catch (InvalidPathException e) {
            throw new IOException("error opening file: open " + settings.file() + ": invalid argument", e);
        } catch (IOException e) {
            throw new IOException("error opening file: open " + settings.file() + ": " + OsError.text(e), e);
        }
    }

    /** Opens the file with mode 0660, reduced by the umask of the process. */
    private static FileChannel open(Path path) throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix"))
            return FileChannel.open(path, APPEND);
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw----"));
        return FileChannel.open(path, APPEND, mode);
    }

    @Override
    public void write(LogEntry entry) {
        byte[] line = render(entry);
        if (sizeLimit > 0 && size + line.length > rotateAt && size > headSize)
            rotate(line.length);
        append(line);
    }

    private byte[] render(LogEntry entry) {
        text.setLength(0);
        format.append(entry, text);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void append(byte[] line) {
        if (waiting.isFull() && !stuck)
            flush();
        if (stuck && waiting.size() + line.length > KEPT_BYTES) {
            losses.lost(1);
            return;
        }
        waiting.append(line);
        size += line.length;
    }

    /** Writes a line about the log itself. */
    private void append(LogLevel level, String message) {
        if (level.isAtLeast(least))
            append(render(LogLine.of(level, null, message)));
    }

    @Override
    public void flush() {
        drain();
        if (stuck)
            return;
        long lost = losses.over();
        if (lost > 0) {
            append(LogLevel.WARN, "Lost " + lost + " log lines, the file could not be written");
            drain();
        }
    }

    private void drain() {
        try {
            waiting.writeTo(channel);
            stuck = false;
        } catch (IOException e) {
            stuck = true;
            losses.trouble("error writing log file " + path, e);
        }
    }

    @Override
    public boolean waiting() {
        return waiting.size() > 0;
    }

    @Override
    public boolean isFile() {
        return true;
    }

    private void rotate(int nextLine) {
        flush();
        if (stuck)
            return;
        try {
            size = channel.size();
            if (size + nextLine <= rotateAt)
                return; // another program has truncated it
            if (!Files.isRegularFile(path)) { // a device, or a file that was renamed before a reopen
                rotateAt = size + sizeLimit;
                return;
            }
            Path backup = Backups.next(path, LocalDateTime.now());
            replaceFile(backup);
            size = 0;
            rotateAt = sizeLimit;
            append(LogLevel.NOTICE, "Rotated log, backup saved as " + quoted(backup));
            purge();
            headSize = size;
        } catch (IOException e) {
            rotateAt = Math.max(size, rotateAt) + sizeLimit;
            append(LogLevel.ERROR, "Unable to rotate the log file (" + OsError.text(e)
                    + "), will attempt the next rotation at size " + rotateAt);
        }
    }

    /** Replaces the file. If one step fails, the old file stays in use under its old name. */
    private void replaceFile(Path backup) throws IOException {
        Files.move(path, backup);
        FileChannel fresh;
        try {
            fresh = open(path);
        } catch (IOException e) {
            Files.move(backup, path);
            throw e;
        }
        FileChannel old = channel;
        channel = fresh;
        old.close();
    }

    private void purge() {
        if (maxBackups == 0)
            return;
        try {
            for (Path old : Backups.deleteAllBut(maxBackups, path))
                append(LogLevel.NOTICE, "Purged log file " + quoted(old));
        } catch (IOException e) {
            append(LogLevel.ERROR, "Unable to purge old log files (" + OsError.text(e) + ")");
        }
    }

    private static String quoted(Path file) {
        var text = new StringBuilder();
        JsonFormat.appendQuoted(file.toString(), text);
        return text.toString();
    }

    @Override
    public void close() {
        flush();
        losses.lost(waiting.lines());
        try {
            channel.close();
        } catch (IOException e) {
            losses.trouble("error closing log file " + path, e);
        }
    }
}
