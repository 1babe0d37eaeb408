package io.jnatsd.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds and reads the files of one configuration. Threads: one. */
final class Includes {
    /** Beyond any real configuration; it is there for {@code include /dev/zero}. */
    private static final int MAX_BYTES = 64 << 20;
    /** Files that include each other twice would otherwise take forever, even without a cycle. */
    private static final int MAX_FILES = 1000;

    /** The files that are being parsed, outermost first, symbolic links resolved. */
    private final List<Path> open = new ArrayList<>();
    private int files;

    /** A file that cannot be had; the message says why. */
    static final class UnavailableException extends Exception {
        UnavailableException(String message) {
            super(message, null, false, false);
        }
    }

    /** The file that an include directive in {@code from} means. */
    static Path resolve(Source from, String path) throws UnavailableException {
        try {
            // Textual: symbolic links are not resolved, so a linked file finds its includes beside the link.
            Path folder = from.file() == null ? null : from.file().getParent();
            Path written = Path.of(path);
            // gnatsd: joins absolute paths to the folder, too. They are taken as they are if that leads nowhere.
            Path joined = (folder == null ? written : Path.of(folder.toString(), path)).normalize();
            return written.isAbsolute() && !Files.exists(joined) ? written : joined;
        } catch (InvalidPathException e) {
            throw new UnavailableException("error opening config file: open " + path + ": " + e.getReason());
        }
    }

    /** Reads a file, which counts as being parsed until it is closed. */
    Source open(Path file) throws UnavailableException {
        if (++files > MAX_FILES)
            throw new UnavailableException("more than " + MAX_FILES + " files are included");
        try {
            if (Files.isDirectory(file))
                throw new UnavailableException("error opening config file: read " + file + ": is a directory");
            Path real = real(file);
            if (open.contains(real))
                throw new UnavailableException("the file includes itself: " + cycle(real));
            Source source = new Source(file.toString(), file, read(file));
            open.add(real);
            return source;
        } catch (IOException e) {
            throw new UnavailableException("error opening config file: open " + file + ": " + reason(e));
        }
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            // A pipe, as in "-c <(command)", has none; and whatever else is wrong shows when the file is opened.
            return file.toAbsolutePath().normalize();
        }
    }

    /** The file opened last has been parsed. */
    void close() {
        open.removeLast();
    }

    private String cycle(Path real) {
        StringBuilder text = new StringBuilder();
        for (Path file : open.subList(open.indexOf(real), open.size()))
            text.append(file).append(" -> ");
        return text.append(real).toString();
    }

    private static String read(Path file) throws IOException, UnavailableException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES)
                throw new UnavailableException("error opening config file: read " + file + ": larger than 64 MiB");
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason().toLowerCase(Locale.ROOT);
            default -> String.valueOf(e.getMessage());
        };
    }
}
