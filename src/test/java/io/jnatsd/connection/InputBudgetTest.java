package io.jnatsd.connection;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.connection.InputBudget.Share;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InputBudgetTest {
    private static final int KILOBYTE = 1024;
    /** More than are too many. */
    private static final int LOOKS = 20;

    private final InputBudget budget = new InputBudget(1000 * KILOBYTE);
    private final List<String> stalled = new ArrayList<>();

    private Share share(String name) {
        return budget.new Share(come -> stalled.add(name + " " + come));
    }

    /** A reader that waits for memory, and has begun to when this returns. */
    private static CompletableFuture<Boolean> waiting(Share share, int bytes) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().daemon().start(() -> answer.complete(share.await(bytes)));
        await().pollInterval(Duration.ofMillis(1))
                .until(() -> reader.getState() == Thread.State.WAITING || answer.isDone());
        return answer;
    }

    private static boolean answer(CompletableFuture<Boolean> waiting) throws Exception {
        return waiting.get(30, TimeUnit.SECONDS);
    }

    @Test
    void halfOfItMayMakeReadingFaster() {
        Share one = share("one"), other = share("other");
        assertTrue(one.tryHold(300 * KILOBYTE));
        assertFalse(other.tryHold(300 * KILOBYTE));
        assertTrue(other.tryHold(200 * KILOBYTE));
        assertEquals(500 * KILOBYTE, budget.held());
        assertFalse(one.tryHold(301 * KILOBYTE));
        assertTrue(one.tryHold(0));
        assertTrue(other.tryHold(500 * KILOBYTE));
        other.hold(0);
        assertEquals(0, budget.held());
    }

    @Test
    void aReaderWaitsUntilThereIsRoom() throws Exception {
        Share one = share("one"), other = share("other");
        assertTrue(one.await(600 * KILOBYTE));
        CompletableFuture<Boolean> waiting = waiting(other, 600 * KILOBYTE);
        assertFalse(waiting.isDone());
        one.hold(0);
        assertTrue(answer(waiting));
        assertEquals(600 * KILOBYTE, budget.held());
    }

    @Test
    void nothingIsKeptForLaterWhileOthersWait() throws Exception {
        Share one = share("one"), other = share("other");
        assertTrue(one.await(400 * KILOBYTE));
        CompletableFuture<Boolean> waiting = waiting(other, 800 * KILOBYTE);
        assertFalse(one.tryHold(400 * KILOBYTE));
        assertTrue(one.tryHold(0));
        assertTrue(answer(waiting));
    }

    @Test
    void readersAreServedInTheOrderOfTheirArrival() throws Exception {
        Share one = share("one"), large = share("large"), small = share("small");
        assertTrue(one.await(600 * KILOBYTE));
        CompletableFuture<Boolean> first = waiting(large, 900 * KILOBYTE), second = waiting(small, 200 * KILOBYTE);
        assertFalse(second.isDone());
        one.hold(0);
        assertTrue(answer(first));
        assertFalse(second.isDone());
        large.hold(0);
        assertTrue(answer(second));
    }

    @Test
    void aMessageThatIsLargerThanTheLimitIsTakenInAlone() throws Exception {
        Share one = share("one"), huge = share("huge"), kept = share("kept");
        assertTrue(kept.tryHold(100 * KILOBYTE));
        assertTrue(one.await(10 * KILOBYTE));
        CompletableFuture<Boolean> waiting = waiting(huge, 5000 * KILOBYTE);
        assertFalse(waiting.isDone());
        one.hold(0);
        assertTrue(answer(waiting));
        CompletableFuture<Boolean> next = waiting(one, 10 * KILOBYTE);
        assertFalse(next.isDone());
        huge.hold(0);
        assertTrue(answer(next));
    }

    @Test
    void theReaderOfAClosedConnectionDoesNotWait() throws Exception {
        Share one = share("one"), closed = share("closed"), next = share("next");
        assertTrue(one.await(600 * KILOBYTE));
        CompletableFuture<Boolean> waiting = waiting(closed, 900 * KILOBYTE), behind = waiting(next, 300 * KILOBYTE);
        closed.end();
        assertFalse(answer(waiting));
        assertTrue(answer(behind));
        assertFalse(closed.await(10));
        assertEquals(900 * KILOBYTE, budget.held());
    }

    private void lookOften() {
        for (int i = 0; i < LOOKS && stalled.isEmpty(); i++)
            budget.look();
    }

    @Test
    void aConnectionThatMakesNoProgressIsEndedWhileOthersWait() throws Exception {
        Share lively = share("lively"), stuck = share("stuck"), next = share("next");
        assertTrue(stuck.await(400 * KILOBYTE));
        stuck.progress(50 * KILOBYTE);
        assertTrue(lively.await(400 * KILOBYTE));
        lookOften();
        assertEquals(List.of(), stalled);
        CompletableFuture<Boolean> waiting = waiting(next, 400 * KILOBYTE);
        for (int i = 0; i < LOOKS && stalled.isEmpty(); i++) {
            lively.progress((i + 1) * 20 * KILOBYTE);
            budget.look();
        }
        assertEquals(List.of("stuck " + 50 * KILOBYTE), stalled);
        stuck.hold(0);
        assertTrue(answer(waiting));
    }

    @Test
    void noMoreAreEndedThanTheNextMessageNeeds() throws Exception {
        for (int i = 0; i < 10; i++)
            assertTrue(share("stuck").await(100 * KILOBYTE));
        CompletableFuture<Boolean> waiting = waiting(share("next"), 150 * KILOBYTE);
        lookOften();
        assertEquals(List.of("stuck 0", "stuck 0"), stalled);
        assertFalse(waiting.isDone());
    }

    /** On a busy machine, what the peer has sent may not have been read yet. */
    @Test
    void aReaderThatLacksAProcessorIsNotStalled() throws Exception {
        Share busy = share("busy");
        AtomicBoolean lacksProcessor = new AtomicBoolean(true);
        CountDownLatch granted = new CountDownLatch(1), released = new CountDownLatch(1);
        Thread reader = Thread.startVirtualThread(() -> {
            busy.await(800 * KILOBYTE);
            granted.countDown();
            while (lacksProcessor.get())
                Thread.yield();
            assertDoesNotThrow(() -> released.await());
        });
        granted.await();
        waiting(share("next"), 400 * KILOBYTE);
        lookOften();
        lacksProcessor.set(false);
        assertEquals(List.of(), stalled);
        await().until(() -> reader.getState() == Thread.State.WAITING);
        lookOften();
        released.countDown();
        assertEquals(List.of("busy 0"), stalled);
    }

    @Test
    void aFewBytesNowAndThenAreNoProgress() throws Exception {
        Share dripping = share("dripping");
        assertTrue(dripping.await(800 * KILOBYTE));
        waiting(share("next"), 400 * KILOBYTE);
        for (int i = 1; i <= LOOKS && stalled.isEmpty(); i++) {
            dripping.progress(100 * i);
            budget.look();
        }
        assertEquals(1, stalled.size());
    }
}
