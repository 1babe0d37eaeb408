package io.jnatsd.connection;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jnatsd.client.Client;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.delivery.Batch;
import io.jnatsd.delivery.FakeOwner;
import io.jnatsd.delivery.Outbound;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An Error in a thread of a connection or the timer is logged, and ends only the task of that thread. */
@Timeout(60)
class ThrownErrorTest {
    private static final Duration DEADLINE = Duration.ofMillis(40);

    @TempDir
    private Path folder;
    private Path logFile;
    private Log log;
    private ServerState state;
    private ServerSocket listener;
    private Socket peer;
    private Client client;

    @BeforeEach
    void connect() throws IOException {
        logFile = folder.resolve("log");
        log = new Log(new LogSettings(true, false, false, "info", "text", logFile.toString(), 0, 0, false, ""));
        state = new ServerState(log, ServerOptions.defaults().with(o -> o.writeDeadline = DEADLINE));
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        peer = new Socket(listener.getInetAddress(), listener.getLocalPort());
        client = new Clients(state).accept(listener.accept());
    }

    @AfterEach
    void stop() throws IOException {
        client.kill(CloseReason.SERVER_SHUTDOWN);
        peer.close();
        listener.close();
        state.stopTimer();
        log.close();
    }

    private void awaitLog(String regex) {
        await(regex).until(() -> {
            log.flush();
            return Files.readString(logFile).lines().anyMatch(line -> line.matches(".*" + regex + ".*"));
        });
    }

    private static OutputStream stream(Runnable write) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write.run();
            }
        };
    }

    /** An error without a stack trace, as the JVM throws it when there is no memory for one. */
    private static OutOfMemoryError withoutTrace() {
        OutOfMemoryError e = new OutOfMemoryError("Java heap space");
        e.setStackTrace(new StackTraceElement[0]);
        return e;
    }

    @Test
    void anErrorInAWriterEndsTheConnection() throws IOException {
        client.outbound.writeTo(stream(() -> {
            throw new NoSuchMethodError("gone");
        }));
        client.outbound.append(new byte[] {1}, Long.MAX_VALUE);
        client.outbound.flush();
        await().until(() -> client.closeReason() == CloseReason.WRITE_ERROR);
        assertEquals(-1, peer.getInputStream().read());
        awaitLog("cid:1 - Internal error in writer: java.lang.NoSuchMethodError: gone at io\\.jnatsd\\.connection\\.");
    }

    @Test
    void anErrorWithoutATraceEndsTheConnectionToo() throws IOException {
        client.outbound.writeTo(stream(() -> {
            throw withoutTrace();
        }));
        client.outbound.append(new byte[] {1}, Long.MAX_VALUE);
        client.outbound.flush();
        await().until(() -> client.closeReason() == CloseReason.WRITE_ERROR);
        awaitLog("Internal error in writer: java.lang.OutOfMemoryError: Java heap space$");
        assertEquals(1, state.threads.outOfMemory());
    }

    @Test
    void anErrorInATimerTaskDoesNotEndTheTimer() {
        state.after(Duration.ZERO, () -> {
            throw new NoSuchMethodError("gone");
        });
        awaitLog("Internal error in due: java.lang.NoSuchMethodError: gone at ");
        CountDownLatch next = new CountDownLatch(1);
        state.after(Duration.ZERO, next::countDown);
        await().until(() -> next.getCount() == 0);
    }

    /** A connection with an output only; {@code slow} runs when it is disconnected as a slow consumer. */
    private static class Peer extends FakeOwner {
        private final AtomicInteger cut = new AtomicInteger();
        private final Runnable slow;

        Peer(Runnable slow) {
            super("stuck");
            this.slow = slow;
        }

        /** Begins a write that lasts until {@code ended}. */
        Peer stuck(ServerState state, CountDownLatch ended) {
            Outbound outbound = new Outbound(this, stream(() -> hold(ended)), state.watchdog, state.pendingBudget);
            outbound.append(new byte[8192], Long.MAX_VALUE);
            outbound.flush();
            return this;
        }

        private static void hold(CountDownLatch ended) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void overflowed() {
            cut.incrementAndGet();
            slow.run();
        }

        @Override
        public void deadlineExceeded() {
            overflowed();
        }

        @Override
        public void writeFailed(Throwable e) {
        }
    }

    @Test
    void anErrorInASweepDoesNotEndTheWatchdog() {
        CountDownLatch ended = new CountDownLatch(1);
        try {
            Peer bad = new Peer(() -> {
                throw withoutTrace();
            }).stuck(state, ended);
            Peer good = new Peer(() -> { }).stuck(state, ended);
            await().until(() -> bad.cut.get() > 2 && good.cut.get() > 2);
            awaitLog("stuck - Internal error in write deadline: java.lang.OutOfMemoryError");
        } finally {
            ended.countDown();
        }
    }

    @Test
    void theWatchdogFollowsAReloadOfTheWriteDeadline() {
        state.apply(ServerOptions.defaults().with(o -> o.writeDeadline = Duration.ofMinutes(1)));
        state.apply(ServerOptions.defaults().with(o -> o.writeDeadline = DEADLINE));
        CountDownLatch ended = new CountDownLatch(1);
        try {
            Peer slow = new Peer(() -> { }).stuck(state, ended);
            await().until(() -> slow.cut.get() > 0);
        } finally {
            ended.countDown();
        }
    }

    @Test
    void aFailingFlushDoesNotPreventTheFlushOfOtherReceivers() {
        CountDownLatch written = new CountDownLatch(1);
        Outbound good = new Outbound(new Peer(() -> { }), stream(written::countDown), state.watchdog, state.pendingBudget);
        Outbound bad = new Outbound(new Peer(() -> { }) {
            @Override
            public String threadName(String role) {
                throw new NoSuchMethodError("gone");
            }

            @Override
            public void writeFailed(Throwable e) {
                throw (NoSuchMethodError) e;
            }
        }, stream(() -> { }), state.watchdog, state.pendingBudget);
        Batch batch = new Batch();
        batch.begin(Long.MAX_VALUE);
        for (Outbound outbound : List.of(bad, good))
            batch.sent(outbound, outbound.append(new byte[8192], Long.MAX_VALUE));
        assertThrows(NoSuchMethodError.class, () -> batch.flush(false));
        await().until(() -> written.getCount() == 0);
    }
}
