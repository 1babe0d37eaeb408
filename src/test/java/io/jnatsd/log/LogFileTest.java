package io.jnatsd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.text.OsError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path dir;
    private Path file;
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @BeforeEach
    void nameFile() {
        file = dir.resolve("nats.log");
    }

    private Log open(LogSettings settings) throws IOException {
        return new Log(settings, TestHost.withStderr(stderr));
    }

    private String openFailure(String path) {
        return assertThrows(IOException.class, () -> open(TestHost.settings(path, ""))).getMessage();
    }

    @Test
    void linesAreAppendedAsUtf8() throws IOException {
        Files.writeString(file, "old\n");
        try (Log log = open(TestHost.file(file))) {
            log.notice("caf\u00e9 \u2603");
        }
        assertEquals("old\n[8781] [INF] caf\u00e9 \u2603\n", Files.readString(file));
        assertEquals("", stderr.toString());
    }

    @Test
    void twoLogsOnOneFileDoNotOverwriteEachOther() throws IOException {
        try (Log a = open(TestHost.file(file)); Log b = open(TestHost.file(file))) {
            a.notice("1");
            a.flush();
            b.notice("2");
            b.flush();
            a.notice("3");
        }
        assertEquals(List.of("[8781] [INF] 1", "[8781] [INF] 2", "[8781] [INF] 3"), TestHost.lines(file));
    }

    @Test
    void copyTruncateLeavesNoHole() throws IOException {
        try (Log log = open(TestHost.file(file))) {
            log.notice("before");
            log.flush();
            Files.write(file, new byte[0]);
            log.notice("after");
        }
        assertEquals("[8781] [INF] after\n", Files.readString(file));
    }

    @Test
    void filesAreNotForEverybody() throws IOException {
        open(TestHost.file(file)).close();
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        assertTrue(PosixFilePermissions.fromString("rw-rw----").containsAll(mode), mode::toString);
        assertTrue(mode.contains(PosixFilePermission.OWNER_WRITE), mode::toString);
    }

    @Test
    void whatCannotBeOpenedIsSaidInGnatsdsWords() throws IOException {
        assertEquals("error opening file: open /no/such/dir/log: no such file or directory",
                openFailure("/no/such/dir/log"));
        assertEquals("error opening file: open " + dir + ": is a directory", openFailure(dir.toString()));
        Files.createFile(file);
        assertEquals("error opening file: open " + file + "/log: not a directory", openFailure(file + "/log"));
        assertEquals("error opening file: open x\0y: invalid argument", openFailure("x\0y"));
        assertFalse(Files.exists(Path.of("/no")));
        assertEquals("permission denied", OsError.text(new AccessDeniedException("/root/log"))); // root is never denied
    }

    @Test
    void largeLinesAreWrittenWhole() throws IOException {
        String payload = "x\n".repeat(1_500_000);
        try (Log log = open(TestHost.file(file))) {
            for (int i = 0; i < 3; i++)
                log.trace("[" + payload + "]");
        }
        String written = payload.replace("\n", "\n\t");
        assertEquals(("[8781] [TRC] [" + written + "]\n").repeat(3), Files.readString(file));
    }

    @Test
    void reopenStartsTheNewFileWithANotice() throws IOException {
        Path moved = dir.resolve("nats.log.1");
        try (Log log = open(TestHost.file(file))) {
            log.notice("1");
            Files.move(file, moved);
            log.notice("2");
            log.reopen();
            log.notice("3");
        }
        assertEquals(List.of("[8781] [INF] 1", "[8781] [INF] 2"), TestHost.lines(moved));
        assertEquals(List.of("[8781] [INF] File log re-opened", "[8781] [INF] 3"), TestHost.lines(file));
    }

    @Test
    void failedReopenKeepsTheOldFile() throws IOException {
        Path moved = dir.resolve("nats.log.1");
        try (Log log = open(TestHost.file(file))) {
            Files.move(file, moved);
            Files.createDirectory(file);
            log.reopen();
            log.notice("still here");
        }
        assertEquals(List.of("[8781] [ERR] error opening file: open " + file + ": is a directory",
                "[8781] [INF] still here"), TestHost.lines(moved));
    }

    @Test
    void renamesUnderLoadNeitherLoseNorRepeatLines() throws Exception {
        int threads = 4, each = 25_000, renames = 20, share = threads * each / renames;
        Semaphore allowed = new Semaphore(0), logged = new Semaphore(0);
        try (Log log = open(TestHost.file(file))) {
            List<Thread> writers = IntStream.range(0, threads).mapToObj(t -> Thread.ofVirtual().start(() -> {
                for (int i = 0; i < each; i++) {
                    allowed.acquireUninterruptibly();
                    log.notice(t + " " + i);
                    logged.release();
                }
            })).toList();
            for (int i = 0; i < renames; i++) {
                allowed.release(share);
                logged.acquire(i == 0 ? share / 2 : share); // each rename falls among the lines of its share
                Files.move(file, dir.resolve("old." + i));
                log.reopen();
            }
            for (Thread writer : writers)
                writer.join();
        }
        var next = new int[threads];
        var files = new ArrayList<>(IntStream.range(0, renames).mapToObj(i -> dir.resolve("old." + i)).toList());
        files.add(file);
        for (Path part : files) {
            List<String> lines = TestHost.lines(part);
            assertTrue(part == file || lines.size() > share / 2, () -> "no rename among the lines of " + part);
            if (part != files.getFirst())
                assertEquals("[8781] [INF] File log re-opened", lines.removeFirst());
            for (String line : lines) {
                String[] words = line.split(" ");
                assertEquals(next[Integer.parseInt(words[2])]++, Integer.parseInt(words[3]), line);
            }
        }
        for (int count : next)
            assertEquals(each, count);
    }

    @Test
    void applySwitchesTheTargetBetweenTwoLines() throws IOException {
        Path other = dir.resolve("other.log");
        try (Log log = open(TestHost.PLAIN)) {
            log.notice("to stderr");
            log.apply(TestHost.file(file));
            log.notice("to the file");
            log.apply(new LogSettings(false, true, false, "info", "json", other.toString(), 0, 0, false, ""));
            log.notice("to the other");
            log.apply(TestHost.PLAIN);
            log.notice("back");
        }
        assertEquals("[8781] [INF] to stderr\n[8781] [INF] back\n", stderr.toString());
        assertEquals("[8781] [INF] to the file\n", Files.readString(file));
        assertEquals("{\"level\":\"info\",\"pid\":8781,\"msg\":\"to the other\"}\n", Files.readString(other));
    }

    @Test
    void applyOfABadTargetChangesNothing() throws IOException {
        try (Log log = open(TestHost.level("info", false))) {
            String message = assertThrows(IOException.class,
                    () -> log.apply(TestHost.settings("/no/such/dir/log", ""))).getMessage();
            assertEquals("error opening file: open /no/such/dir/log: no such file or directory", message);
            assertFalse(log.debugOn());
            log.notice("still here");
        }
        assertEquals("[8781] [INF] still here\n", stderr.toString());
    }

    @Test
    void oldFilesAreClosed() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")));
        Path other = dir.resolve("other.log");
        try (Log log = open(TestHost.rotating(file, 30, 2))) {
            for (int i = 0; i < 5; i++) {
                log.notice("to be rotated away");
                log.reopen();
            }
            log.apply(TestHost.file(other));
            assertEquals(List.of(other), openFiles());
        }
        assertEquals(List.of(), openFiles());
    }

    private List<Path> openFiles() throws IOException {
        var open = new ArrayList<Path>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList())
                if (Files.exists(descriptor) && Files.readSymbolicLink(descriptor).startsWith(dir))
                    open.add(Files.readSymbolicLink(descriptor));
        }
        return open;
    }

    @Test
    void fullDiskIsToldOnceAndCountedAndBlocksNobody() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        String line = "x".repeat(1000);
        try (Log log = open(TestHost.settings("/dev/full", ""))) {
            for (int i = 0; i < 3000; i++)
                log.notice(line);
            log.flush();
            assertTrue(log.lost() > 0);
        }
        assertEquals("error writing log file /dev/full: no space left on device\n", stderr.toString());
    }

    @Test
    void linesGoOnWhenTheDiskHasRoomAgain() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Path link = Files.createSymbolicLink(file, Path.of("/dev/full"));
        try (Log log = open(TestHost.file(link))) {
            log.notice("lost");
            log.flush();
            Files.delete(link);
            log.reopen();
            log.notice("written");
            assertEquals(1, log.lost());
        }
        assertEquals(List.of("[8781] [INF] File log re-opened", "[8781] [WRN] Lost 1 log lines, the file could not be"
                + " written", "[8781] [INF] written"), TestHost.lines(file));
    }
}
