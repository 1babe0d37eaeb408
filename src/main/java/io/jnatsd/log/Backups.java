package io.jnatsd.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rotated files beside a log file. They are named as newer NATS servers name them: {@code nats.log} and the local
 * time in nanoseconds, with points between all parts. Threads: the log thread.
 */
final class Backups {
    private static final DateTimeFormatter SUFFIX =
            DateTimeFormatter.ofPattern(".yyyy.MM.dd.HH.mm.ss.nnnnnnnnn", Locale.ENGLISH);
    private static final Pattern IS_SUFFIX = Pattern.compile("\\.\\d{4}(\\.\\d\\d){5}\\.\\d{9}");

    private Backups() {
    }

    /** Returns a name that no file has yet. The clock may be coarser than a nanosecond. */
    static Path next(Path log, LocalDateTime now) {
        LocalDateTime time = now;
        Path backup;
        do {
            backup = log.resolveSibling(log.getFileName() + SUFFIX.format(time));
            time = time.plusNanos(1);
        } while (Files.exists(backup));
        return backup;
    }

    /** Deletes all but the newest files and returns the deleted ones. */
    static List<Path> deleteAllBut(int kept, Path log) throws IOException {
        List<Path> backups = of(log);
        List<Path> old = backups.subList(0, Math.max(0, backups.size() - kept));
        for (Path backup : old)
            Files.deleteIfExists(backup);
        return old;
    }

    /** Returns the files, oldest first. */
    private static List<Path> of(Path log) throws IOException {
        String name = log.getFileName().toString();
        Path directory = log.resolveSibling("");
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Path::getFileName).map(Path::toString)
                    .filter(file -> file.startsWith(name)
                            && IS_SUFFIX.matcher(file.substring(name.length())).matches())
                    .sorted().map(log::resolveSibling).toList();
        }
    }
}
