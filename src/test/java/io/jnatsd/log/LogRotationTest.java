package io.jnatsd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTest {
    @TempDir
    Path dir;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = dir.resolve("nats.log");
    }

    private static Log open(LogSettings settings) throws IOException {
        return new Log(settings, TestHost.withStderr(OutputStream.nullOutputStream()));
    }

    private List<Path> backups() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(f -> f.getFileName().toString().startsWith("nats.log.")).sorted().toList();
        }
    }

    @Test
    void fileIsRenamedBeforeALineWouldExceedTheLimit() throws IOException {
        String line = "[8781] [INF] 123456\n";
        try (Log log = open(TestHost.rotating(file, 3 * line.length(), 0))) {
            for (int i = 0; i < 3; i++)
                log.notice("123456");
            log.flush();
            assertEquals(List.of(), backups());
            log.notice("next");
        }
        assertEquals(1, backups().size());
        Path backup = backups().getFirst();
        String name = backup.getFileName().toString();
        assertTrue(name.matches("nats\\.log\\.\\d{4}(\\.\\d\\d){5}\\.\\d{9}"), name);
        assertEquals(line.repeat(3), Files.readString(backup));
        assertEquals(List.of("[8781] [INF] Rotated log, backup saved as \"" + backup + "\"", "[8781] [INF] next"),
                TestHost.lines(file));
    }

    @Test
    void sizeOfAnExistingFileCounts() throws IOException {
        Files.writeString(file, "x".repeat(1000));
        try (Log log = open(TestHost.rotating(file, 1000, 0))) {
            log.notice("too much");
        }
        assertEquals(1000, Files.size(backups().getFirst()));
    }

    @Test
    void linesLargerThanTheLimitGetAFileEach() throws IOException {
        try (Log log = open(TestHost.rotating(file, 10, 0))) {
            for (int i = 0; i < 3; i++)
                log.notice("larger than the limit " + i);
        }
        assertEquals(2, backups().size());
        assertEquals("[8781] [INF] larger than the limit 2", TestHost.lines(file).getLast());
    }

    @Test
    void onlyTheNewestBackupsStay() throws IOException {
        Path foreign = Files.createFile(dir.resolve("nats.log.old"));
        Path older = Files.createFile(dir.resolve("nats.log.2017.06.30.13.09.18.428193000"));
        try (Log log = open(TestHost.rotating(file, 20, 2))) {
            for (int i = 0; i < 5; i++)
                log.notice("line " + i + " fills it");
        }
        assertTrue(Files.exists(foreign));
        var kept = new ArrayList<>(backups());
        kept.remove(foreign);
        assertEquals(2, kept.size());
        assertTrue(!kept.contains(older));
        assertEquals("[8781] [INF] line 2 fills it", TestHost.lines(kept.get(0)).getLast());
        assertEquals("[8781] [INF] line 3 fills it", TestHost.lines(kept.get(1)).getLast());
        assertEquals("[8781] [INF] Purged log file \"" + older + "\"", TestHost.lines(kept.get(0)).get(1));
    }

    @Test
    void manyRotationsKeepEveryLineOnce() throws IOException {
        int count = 20_000;
        try (Log log = open(TestHost.rotating(file, 20_000, 0))) {
            for (int i = 0; i < count; i++)
                log.notice("line " + i);
        }
        var lines = new ArrayList<String>();
        for (Path backup : backups()) {
            assertTrue(Files.size(backup) <= 20_000, () -> backup + " is too large");
            lines.addAll(TestHost.lines(backup));
        }
        lines.addAll(TestHost.lines(file));
        lines.removeIf(line -> line.contains("Rotated log"));
        assertEquals(count, lines.size());
        for (int i = 0; i < count; i++)
            assertEquals("[8781] [INF] line " + i, lines.get(i));
    }

    @Test
    void backupNamesNeverCollide() throws IOException {
        LocalDateTime now = LocalDateTime.of(2026, 11, 21, 9, 8, 7, 5);
        Path first = Backups.next(file, now);
        assertEquals("nats.log.2026.11.21.09.08.07.000000005", first.getFileName().toString());
        Files.createFile(first);
        assertEquals("nats.log.2026.11.21.09.08.07.000000006", Backups.next(file, now).getFileName().toString());
    }

    @Test
    void fileOfAnotherNameIsNotABackup() throws IOException {
        Path other = Files.createFile(dir.resolve("other.log.2017.06.30.13.09.18.428193000"));
        Files.createFile(dir.resolve("nats.log.2017.06.30.13.09.18.428193000"));
        Backups.deleteAllBut(0, file);
        assertEquals(List.of(), backups());
        assertTrue(Files.exists(other));
    }

    @Test
    void failedRotationGoesOnInTheSameFile() throws IOException {
        file = dir.resolve("n".repeat(250)); // the name of a backup would be too long
        try (Log log = open(TestHost.rotating(file, 30, 0))) {
            log.notice("first line");
            log.notice("second line");
            log.notice("third line");
        }
        assertEquals(List.of("[8781] [INF] first line", "[8781] [ERR] Unable to rotate the log file (file name too"
                + " long), will attempt the next rotation at size 60", "[8781] [INF] second line"),
                TestHost.lines(file).subList(0, 3));
        assertEquals("[8781] [INF] third line", TestHost.lines(file).getLast());
    }

    @Test
    void renamedFileIsNotRotatedBeforeItIsReopened() throws IOException {
        Path moved = dir.resolve("moved");
        try (Log log = open(TestHost.rotating(file, 30, 0))) {
            log.notice("first line");
            log.flush();
            Files.move(file, moved);
            log.notice("second line");
            log.reopen();
        }
        assertEquals(List.of("[8781] [INF] first line", "[8781] [INF] second line"), TestHost.lines(moved));
        assertEquals(List.of("[8781] [INF] File log re-opened"), TestHost.lines(file));
    }
}
