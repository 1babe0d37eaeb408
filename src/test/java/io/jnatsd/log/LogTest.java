package io.jnatsd.log;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.tinylog.configuration.Configuration;

@Isolated("it sets a system property")
class LogTest {
    @TempDir
    Path dir;
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    private Log open(LogSettings settings) throws IOException {
        return new Log(settings, TestHost.withStderr(stderr));
    }

    private static void logAllLevels(Log log) {
        log.notice("n");
        log.warn("w");
        log.error("e");
        log.debug("d");
        log.trace("t");
        log.fatal("f");
    }

    @Test
    void linesGoToStderrInOrder() throws IOException {
        try (Log log = open(TestHost.PLAIN)) {
            logAllLevels(log);
        }
        assertEquals(List.of("[8781] [INF] n", "[8781] [WRN] w", "[8781] [ERR] e", "[8781] [DBG] d", "[8781] [TRC] t",
                "[8781] [FTL] f"), TestHost.lines(stderr));
    }

    @Test
    void lineHasTheTimeOfTheCall() throws IOException {
        LocalDateTime before = LocalDateTime.now();
        try (Log log = open(LogSettings.STDERR)) {
            log.notice("x");
        }
        String line = stderr.toString();
        assertTrue(line.matches("\\[8781] \\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} \\[INF] x\n"), line);
        LocalDateTime time = LocalDateTime.parse(line.substring(7, 33),
                DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSSSSS"));
        assertFalse(time.plusNanos(1000).isBefore(before), () -> time + " before " + before);
        assertFalse(time.isAfter(LocalDateTime.now(ZoneId.systemDefault())));
    }

    @Test
    void connectionLinesAreMarked() throws IOException {
        var from = new TestHost.Origin("127.0.0.1:50010 - cid:1", "app", "joe");
        try (Log log = open(TestHost.PLAIN)) {
            log.notice(from, "n");
            log.warn(from, "w");
            log.error(from, "e");
            log.debug(from, "d");
            log.trace(from, "t");
        }
        String prefix = "] 127.0.0.1:50010 - cid:1 - ";
        assertEquals(List.of("[8781] [INF" + prefix + "n", "[8781] [WRN" + prefix + "w", "[8781] [ERR" + prefix + "e",
                "[8781] [DBG" + prefix + "d", "[8781] [TRC" + prefix + "t"), TestHost.lines(stderr));
    }

    @Test
    void debugAndTraceAreSwitches() throws IOException {
        try (Log log = open(TestHost.level("info", false))) {
            assertFalse(log.debugOn());
            assertFalse(log.traceOn());
            logAllLevels(log);
            log.apply(new LogSettings(true, false, false, "info", "text", "", 0, 0, false, ""));
            assertTrue(log.debugOn());
            assertFalse(log.traceOn());
            log.debug("d2");
            log.trace("t2");
        }
        assertEquals(List.of("[8781] [INF] n", "[8781] [WRN] w", "[8781] [ERR] e", "[8781] [FTL] f", "[8781] [DBG] d2"),
                TestHost.lines(stderr));
    }

    @Test
    void levelHidesWhatIsLessImportant() throws IOException {
        try (Log log = open(TestHost.level("warn", true))) {
            logAllLevels(log);
            log.reopen();
            log.apply(TestHost.level("error", false));
            logAllLevels(log);
        }
        assertEquals(List.of("[8781] [WRN] w", "[8781] [ERR] e", "[8781] [DBG] d", "[8781] [TRC] t", "[8781] [FTL] f",
                "[8781] [ERR] e", "[8781] [FTL] f"), TestHost.lines(stderr));
    }

    @Test
    void unknownLevelOrFormatIsRefusedAndChangesNothing() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> open(TestHost.level("loud", false)));
        try (Log log = open(TestHost.level("info", false))) {
            assertThrows(IllegalArgumentException.class, () -> log.apply(TestHost.level("loud", true)));
            assertFalse(log.debugOn());
            log.notice("x");
        }
        assertEquals(List.of("[8781] [INF] x"), TestHost.lines(stderr));
    }

    @Test
    void fatalIsWrittenWhenItReturns() throws IOException {
        try (Log log = open(TestHost.PLAIN)) {
            log.fatal("no way on");
            assertEquals(List.of("[8781] [FTL] no way on"), TestHost.lines(stderr));
        }
    }

    @Test
    void nothingIsWrittenAfterCloseNorBySilentLogs() throws IOException {
        Log log = open(TestHost.PLAIN);
        log.close();
        log.close();
        logAllLevels(log);
        log.reopen();
        log.apply(TestHost.PLAIN);
        assertEquals("", stderr.toString());
        try (Log silent = Log.silent()) {
            logAllLevels(silent);
            assertFalse(silent.debugOn());
            assertFalse(silent.traceOn());
        }
    }

    @Test
    void coloursAreForTerminalsOnly() throws IOException {
        Path file = dir.resolve("nats.log");
        var terminal = new LogHost(stderr, true, 8781, "vm", "gsrv", List.of(), "no-such-program");
        try (var log = new Log(TestHost.PLAIN, terminal)) {
            log.notice("coloured");
            log.apply(TestHost.file(file));
            log.notice("plain");
        }
        assertEquals("[8781] [\u001b[32mINF\u001b[0m] coloured\n", stderr.toString());
        assertEquals(List.of("[8781] [INF] plain"), TestHost.lines(file));
    }

    @Test
    void programNameIsTheLaunchers() {
        String before = System.setProperty("jnatsd.exe", "/usr/local/bin/nats-server");
        try {
            assertEquals("nats-server", LogHost.ofProcess().tag());
            System.clearProperty("jnatsd.exe");
            assertEquals("jnatsd", LogHost.ofProcess().tag());
        } finally {
            if (before != null)
                System.setProperty("jnatsd.exe", before);
        }
        assertEquals(ProcessHandle.current().pid(), LogHost.ofProcess().pid());
        assertFalse(LogHost.ofProcess().name().isBlank());
    }

    @Test
    void reopenIsIgnoredWithoutFile() throws IOException {
        try (Log log = open(TestHost.PLAIN)) {
            log.reopen();
            assertEquals(List.of("[8781] [INF] File log re-open ignored, not a file logger"), TestHost.lines(stderr));
        }
    }

    /** A pipe whose reader has stopped, until it is released. */
    private final class StuckStream extends OutputStream {
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            stderr.write(bytes, offset, length);
        }
    }

    /** Runs the calls in a thread of its own, so that a call that never returns fails the test. */
    private static void assertReturns(Runnable calls) throws InterruptedException {
        Thread caller = Thread.ofPlatform().daemon().start(calls);
        assertTrue(caller.join(Duration.ofSeconds(60)), () -> "waits: " + List.of(caller.getStackTrace()));
    }

    @Test
    void noCallerWaitsForAStuckTargetAndLostLinesAreCountedAndReported() throws Exception {
        var stuck = new StuckStream();
        int count = 200_000;
        Log log = new Log(TestHost.PLAIN, TestHost.withStderr(stuck));
        assertReturns(() -> {
            for (int i = 0; i < count; i++)
                log.notice("line " + i);
        });
        long lost = log.lost();
        assertTrue(lost > 0 && lost < count, () -> "" + lost);
        stuck.release.countDown();
        await().atMost(Duration.ofSeconds(60)).until(() -> stderr.toString().contains("[WRN] Lost"));
        log.close();
        List<String> written = new ArrayList<>(TestHost.lines(stderr));
        assertTrue(written.remove("[8781] [WRN] Lost " + lost + " log lines, they came faster than they could be"
                + " written"));
        assertEquals(count, written.size() + lost);
        for (int i = 0; i < written.size(); i++)
            assertEquals("[8781] [INF] line " + i, written.get(i));
        assertEquals(lost, log.lost());
    }

    @Test
    void callsThatWaitForTheTargetGiveUpWhenItIsStuckAndKeepTheInterrupt() throws Exception {
        var stuck = new StuckStream();
        Log log = new Log(TestHost.PLAIN, TestHost.withStderr(stuck));
        var interrupted = new AtomicBoolean();
        assertReturns(() -> {
            Thread.currentThread().interrupt();
            log.fatal("first");
            interrupted.set(Thread.interrupted());
            log.reopen();
            log.use(preparedFile(log));
            log.notice("in the file");
            log.close();
        });
        assertTrue(interrupted.get());
        assertEquals("", stderr.toString());
        stuck.release.countDown();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(dir.resolve("next.log")).contains("in the file"));
        assertEquals(List.of("[8781] [FTL] first", "[8781] [INF] File log re-open ignored, not a file logger"),
                TestHost.lines(stderr));
        assertEquals(0, log.lost());
    }

    private Log.Prepared preparedFile(Log log) {
        try {
            return log.prepare(TestHost.file(dir.resolve("next.log")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void brokenStderrCostsOnlyItsLines() throws IOException {
        var broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (Log log = new Log(TestHost.PLAIN, TestHost.withStderr(broken))) {
            log.fatal("x");
            log.fatal("y");
            assertEquals(2, log.lost());
        }
    }

    @Test
    void logsInOneJvmStayApart() throws IOException {
        Path a = dir.resolve("a.log"), b = dir.resolve("b.log");
        try (var first = new Log(TestHost.file(a)); var second = new Log(TestHost.file(b))) {
            first.notice("one");
            second.notice("two");
            first.apply(TestHost.rotating(a, 0, 0));
            second.apply(TestHost.level("error", false));
            first.debug("three");
        }
        long pid = ProcessHandle.current().pid();
        assertEquals(List.of("[" + pid + "] [INF] one", "[" + pid + "] [DBG] three"), TestHost.lines(a));
        assertEquals(List.of("[" + pid + "] [INF] two"), TestHost.lines(b));
    }

    @Test
    void anEmbeddingProgramGetsTheLinesThatAFileWouldGet() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (Log log = Log.to(lines::add, TestHost.level("info", true))) {
            log.trace(new TestHost.Origin("1.2.3.4:5 - cid:7", "", ""), "->> [PING]");
            log.fatal("end");
        }
        String pid = "[" + ProcessHandle.current().pid() + "] ";
        assertEquals(List.of(pid + "[TRC] 1.2.3.4:5 - cid:7 - ->> [PING]", pid + "[FTL] end"), lines);
    }

    @Test
    void aLoggerOfAnEmbeddingProgramGetsTheTextAndTheLevel() {
        CollectingLogger logger = new CollectingLogger(System.Logger.Level.INFO);
        try (Log log = Log.to(() -> logger, TestHost.level("info", true))) {
            log.trace("not loggable");
            log.notice(new TestHost.Origin("1.2.3.4:5 - cid:7", "", ""), "hello {0}");
            log.warn("careful");
            log.error("broken");
        }
        assertEquals(List.of("INFO 1.2.3.4:5 - cid:7 - hello {0}", "WARNING careful", "ERROR broken"), logger.lines);
    }

    /** The server does not use the static state of tinylog. */
    @Test
    void anEmbeddingProgramCanStillConfigureTinylog() {
        Log.to(line -> { }, LogSettings.STDERR).close();
        Configuration.set("jnatsd.test", "not frozen");
    }

    @Test
    void anErrorInTheTargetCostsOneLineAndTheLogGoesOn() {
        List<String> written = new CopyOnWriteArrayList<>();
        try (Log log = Log.to(line -> {
            if (line.endsWith("bad"))
                throw new NoSuchMethodError("gone");
            written.add(line.substring(line.lastIndexOf(' ') + 1));
        }, TestHost.level("info", true))) {
            for (String line : List.of("one", "bad", "two"))
                log.notice(line);
            log.flush();
            assertEquals(List.of("one", "two"), written);
            assertEquals(1, log.lost());
        }
    }

    private static final class CollectingLogger implements System.Logger {
        private final Level least;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        CollectingLogger(Level least) {
            this.least = least;
        }

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= least.getSeverity();
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
            lines.add(level + " " + text);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            lines.add(level + " " + format);
        }
    }
}
