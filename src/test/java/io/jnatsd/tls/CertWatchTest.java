package io.jnatsd.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.config.ServerOptions.TlsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertWatchTest {
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path folder;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger calls = new AtomicInteger();
    private Path cert;
    private Path key;

    @BeforeEach
    void writeFiles() throws Exception {
        cert = Files.writeString(folder.resolve("cert.pem"), "one");
        key = Files.writeString(folder.resolve("key.pem"), "one");
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private TlsOptions block(boolean watch) {
        return new TlsOptions(cert.toString(), key.toString(), "", false, false, Duration.ofSeconds(1), List.of(),
                List.of(), false, watch);
    }

    private CertWatch watch(Duration interval) {
        return new CertWatch(List.of(block(true)), timer, Runnable::run, interval, calls::incrementAndGet);
    }

    private static void look(CertWatch watch, int times) {
        for (int i = 0; i < times; i++)
            watch.look();
    }

    @Test
    void aChangeIsReportedOnceWhenItHasSettled() throws Exception {
        try (CertWatch watch = watch(NEVER)) {
            look(watch, 3);
            assertEquals(0, calls.get());
            Files.writeString(cert, "longer");
            look(watch, 1);
            assertEquals(0, calls.get(), "maybe half written");
            Files.writeString(key, "longer still");
            look(watch, 1);
            assertEquals(0, calls.get(), "the key has only now followed");
            look(watch, 3);
            assertEquals(1, calls.get());
        }
    }

    @Test
    void anotherTimeOrAnotherFileOfTheSameSizeIsAChange() throws Exception {
        try (CertWatch watch = watch(NEVER)) {
            FileTime time = Files.getLastModifiedTime(cert);
            Files.setLastModifiedTime(cert, FileTime.fromMillis(time.toMillis() + 5000));
            look(watch, 2);
            assertEquals(1, calls.get());
            Path link = Files.createSymbolicLink(folder.resolve("link"), Files.writeString(folder.resolve("2"), "two"));
            Files.delete(key);
            Files.move(link, key);
            look(watch, 2);
            assertEquals(2, calls.get());
        }
    }

    @Test
    void aFileThatIsGoneAndComesBackIsAChangeEachTime() throws Exception {
        try (CertWatch watch = watch(NEVER)) {
            Files.delete(key);
            look(watch, 2);
            assertEquals(1, calls.get());
            Files.writeString(key, "again");
            look(watch, 2);
            assertEquals(2, calls.get());
        }
    }

    @Test
    void blocksThatDoNotAskForItAreNotWatched() throws Exception {
        try (CertWatch watch = new CertWatch(List.of(block(false)), timer, Runnable::run, NEVER, calls::incrementAndGet)) {
            Files.delete(key);
            look(watch, 3);
            assertEquals(0, calls.get());
        }
    }

    @Test
    void aFailingCallbackDoesNotEndTheWatch() throws Exception {
        try (CertWatch watch = new CertWatch(List.of(block(true)), timer, Runnable::run, NEVER, () -> {
            calls.incrementAndGet();
            throw new IllegalStateException("reload failed");
        })) {
            for (int change = 1; change <= 2; change++) {
                Files.writeString(cert, "x".repeat(10 * change));
                look(watch, 1);
                assertThrows(IllegalStateException.class, watch::look);
                assertEquals(change, calls.get());
            }
        }
    }

    @Test
    void theTimerLooksByItselfUntilItIsClosed() throws Exception {
        CertWatch watch = watch(Duration.ofMillis(5));
        // The file is replaced atomically, because a file that is being written may look like two changes.
        Path next = Files.writeString(cert.resolveSibling("next"), "new one");
        Files.move(next, cert, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        await().until(() -> calls.get() == 1);
        watch.close();
        Files.writeString(cert, "another new one");
        timer.schedule(() -> { }, 50, java.util.concurrent.TimeUnit.MILLISECONDS).get();
        assertEquals(1, calls.get());
    }
}
