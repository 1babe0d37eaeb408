package io.jnatsd.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.MemoryReserve;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryWatchTest {
    private final Threads threads = new Threads(Log.silent());
    private final AtomicInteger givenUp = new AtomicInteger();
    private final AtomicBoolean isShort = new AtomicBoolean();
    private final MemoryWatch watch = watch(Runnable::run);

    private MemoryWatch watch(Executor virtual) {
        return new MemoryWatch(threads, MemoryReserve.ofProcess(), isShort::get, virtual, givenUp::incrementAndGet);
    }

    private void runOut(Threads threads) {
        threads.failed(null, "test", new OutOfMemoryError("Java heap space"));
    }

    private void runOutForMany(int looks) {
        for (int i = 0; i < looks; i++) {
            runOut(threads);
            watch.check();
        }
    }

    @Test
    void errorsThatStopInTimeAreForgiven() {
        runOutForMany(MemoryWatch.MOST - 1);
        watch.check();
        runOutForMany(MemoryWatch.MOST - 1);
        assertEquals(0, givenUp.get());
    }

    @Test
    void errorsThatGoOnEndTheServer() {
        runOutForMany(MemoryWatch.MOST);
        assertEquals(1, givenUp.get());
        runOutForMany(1);
        assertEquals(2, givenUp.get(), "the first call may have failed for lack of memory as well");
    }

    @Test
    void otherErrorsAreNone() {
        for (int i = 0; i < 2 * MemoryWatch.MOST; i++) {
            threads.failed(null, "test", new NoSuchMethodError("gone"));
            watch.check();
        }
        assertEquals(0, givenUp.get());
    }

    @Test
    void virtualThreadsThatDoNotRunWhileMemoryIsShortEndTheServer() {
        MemoryWatch stuck = watch(task -> { });
        isShort.set(true);
        for (int i = 0; i < MemoryWatch.MOST; i++)
            stuck.check();
        assertEquals(0, givenUp.get());
        stuck.check();
        assertEquals(1, givenUp.get());
    }

    @Test
    void littleMemoryAloneIsNoReasonToEnd() {
        isShort.set(true);
        for (int i = 0; i < 2 * MemoryWatch.MOST; i++)
            watch.check();
        assertEquals(0, givenUp.get());
    }

    /** Releasing the reserve makes more memory free, while all carriers are still pinned. */
    @Test
    void memoryThatComesBackWithoutVirtualThreadsRunningIsNoRecovery() {
        MemoryWatch stuck = watch(task -> { });
        isShort.set(true);
        stuck.check();
        for (int i = 0; i < MemoryWatch.MOST; i++) {
            isShort.set(i % 2 == 0);
            stuck.check();
        }
        assertEquals(1, givenUp.get());
    }

    @Test
    void whileMemoryIsNotShortNoVirtualThreadIsStarted() {
        MemoryWatch unused = watch(task -> {
            throw new AssertionError("started");
        });
        for (int i = 0; i < 2 * MemoryWatch.MOST; i++)
            unused.check();
        assertEquals(0, givenUp.get());
    }

    @Test
    void anEmbeddedServerClosesAndLeavesTheProgramAlone() throws Exception {
        try (Server server = Server.start(ServerOptions.defaults().withHost("127.0.0.1").withPort(-1));
                RawClient client = RawClient.quiet(server.port())) {
            server.exhausted();
            client.expectClosed();
            server.awaitClose();
        }
    }
}
