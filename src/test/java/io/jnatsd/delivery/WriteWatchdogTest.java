package io.jnatsd.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.Client;
import io.jnatsd.client.ManyClients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ManualTimer;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The write deadline. The test passes the time to the watchdog instead of waiting. */
@Timeout(60)
class WriteWatchdogTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults(), new ManualTimer());
    private final WriteWatchdog watchdog = new WriteWatchdog(state.threads);
    private final CountDownLatch started = new CountDownLatch(1), released = new CountDownLatch(1);
    /** The thread that writes is runnable all the time. */
    private volatile boolean lacksProcessor;
    private Client owner;
    private Outbound outbound;

    @BeforeEach
    void connect() throws IOException {
        owner = ManyClients.join(state, 1).all().iterator().next();
        outbound = new Outbound(owner, new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                started.countDown();
                while (lacksProcessor)
                    Thread.yield();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }, watchdog, state.pendingBudget);
    }

    @AfterEach
    void release() {
        lacksProcessor = false;
        released.countDown();
        state.stopTimer();
    }

    /** Starts a write that lasts until the test releases it; returns a time at which it had not begun. */
    private long write() throws InterruptedException {
        long before = System.nanoTime();
        outbound.append(new byte[8192], Long.MAX_VALUE);
        outbound.flush();
        started.await();
        await().until(() -> lacksProcessor || outbound.waitsForPeer(System.nanoTime() + 1, 0));
        return before;
    }

    @Test
    void aWriteThatLastsLongerThanTheDeadlineEndsTheConnection() throws InterruptedException {
        write();
        watchdog.sweep(System.nanoTime() + DEADLINE.toNanos() + 1, DEADLINE);
        assertEquals(CloseReason.WRITE_DEADLINE, owner.closeReason());
        assertEquals(1, state.slowConsumers());
    }

    @Test
    void aWriteWithinTheDeadlineIsLeftAlone() throws InterruptedException {
        long before = write();
        watchdog.sweep(before + DEADLINE.toNanos(), DEADLINE);
        assertNull(owner.closeReason());
        assertTrue(outbound.waitsForPeer(System.nanoTime() + DEADLINE.toNanos() + 1, DEADLINE.toNanos()));
    }

    /** A client that reads is otherwise disconnected when the machine is busy. */
    @Test
    void aWriteThatLacksAProcessorIsNotTheFaultOfTheReceiver() throws InterruptedException {
        lacksProcessor = true;
        write();
        watchdog.sweep(System.nanoTime() + DEADLINE.toNanos() + 1, DEADLINE);
        assertNull(owner.closeReason());
        lacksProcessor = false;
        await().until(() -> outbound.waitsForPeer(System.nanoTime() + 1, 0));
        watchdog.sweep(System.nanoTime() + DEADLINE.toNanos() + 1, DEADLINE);
        assertEquals(CloseReason.WRITE_DEADLINE, owner.closeReason());
    }

    @Test
    void anOutputThatWritesNothingIsNeverTooLate() throws InterruptedException {
        write();
        released.countDown();
        await().until(() -> outbound.stats().pending() == 0);
        long later = System.nanoTime() + 2 * DEADLINE.toNanos();
        await().until(() -> !outbound.waitsForPeer(later, DEADLINE.toNanos()));
        watchdog.sweep(later, DEADLINE);
        assertNull(owner.closeReason());
        assertFalse(outbound.waitsForPeer(later, DEADLINE.toNanos()));
    }

    @Test
    void afterAStandstillOfTheProcessAWriteGetsTheDeadlineAgain() throws InterruptedException {
        long before = write(), later = before + 5 * DEADLINE.toNanos();
        watchdog.sweep(before, DEADLINE);
        watchdog.sweep(later, DEADLINE);
        assertNull(owner.closeReason());
        long pause = WriteWatchdog.pause(DEADLINE).toNanos();
        for (long now = later + pause; now < later + DEADLINE.toNanos(); now += pause)
            watchdog.sweep(now, DEADLINE);
        assertNull(owner.closeReason());
        watchdog.sweep(later + DEADLINE.toNanos() + 1, DEADLINE);
        assertEquals(CloseReason.WRITE_DEADLINE, owner.closeReason());
    }

    @Test
    void sweepsThatAreAlwaysLateEndTheConnection() throws InterruptedException {
        long before = write(), pause = DEADLINE.toNanos();
        for (int i = 0; i < 4; i++)
            watchdog.sweep(before + i * pause, DEADLINE);
        assertEquals(CloseReason.WRITE_DEADLINE, owner.closeReason());
    }

    @Test
    void aWriteExceedsTheDeadlineByAnEighthAtMost() {
        assertEquals(Duration.ofMillis(5), WriteWatchdog.pause(Duration.ofMillis(8)));
        assertEquals(Duration.ofMillis(250), WriteWatchdog.pause(Duration.ofSeconds(2)));
        assertEquals(Duration.ofSeconds(1), WriteWatchdog.pause(Duration.ofMinutes(1)));
    }
}
