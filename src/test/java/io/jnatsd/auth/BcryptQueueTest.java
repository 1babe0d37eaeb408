package io.jnatsd.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests a queue with one worker, which a first check keeps busy until the test releases it. */
@Timeout(20)
class BcryptQueueTest {
    private static final Duration LONG = Duration.ofSeconds(15);

    @AutoClose
    private final BcryptQueue queue = new BcryptQueue(1);
    private final CountDownLatch busy = new CountDownLatch(1);
    /** In the order in which they were done. */
    private final Queue<String> done = new ConcurrentLinkedQueue<>();
    private final List<Thread> askers = new ArrayList<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private void occupy() {
        CountDownLatch begun = new CountDownLatch(1);
        askers.add(Thread.startVirtualThread(() -> {
            try {
                queue.ask("first", "first", () -> {
                    begun.countDown();
                    soon().until(() -> busy.getCount() == 0);
                    return true;
                }, LONG);
            } catch (Exception e) {
                failure.set(e);
            }
        }));
        soon().until(() -> begun.getCount() == 0);
    }

    /** Asks on its own thread, and returns when it waits. */
    private Thread ask(String asker, String question, Duration patience) {
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                queue.ask(asker, question, () -> done.add(question), patience);
            } catch (Exception e) {
                failure.set(e);
            }
        });
        askers.add(thread);
        soon().until(() -> thread.getState() == Thread.State.TIMED_WAITING || !thread.isAlive());
        return thread;
    }

    private List<String> finish() throws InterruptedException {
        busy.countDown();
        for (Thread asker : askers)
            asker.join();
        return List.copyOf(done);
    }

    @Test
    void theAnswerIsThatOfTheWork() throws Exception {
        assertTrue(queue.ask("a", "1", () -> true, LONG));
        assertFalse(queue.ask("a", "1", () -> false, LONG));
    }

    @Test
    void askersTakeTurnsAndTheNewestOfEachGoesFirst() throws InterruptedException {
        occupy();
        for (int i = 1; i <= 4; i++)
            ask("flood", "flood" + i, LONG);
        ask("good", "good", LONG);
        assertEquals(List.of("flood4", "good", "flood3", "flood2", "flood1"), finish());
    }

    @Test
    void equalQuestionsShareOneCheckInTheEarliestTurn() throws InterruptedException {
        occupy();
        for (String question : List.of("same", "flood1", "flood1", "flood2"))
            ask("flood", question, LONG);
        ask("good", "same", LONG);
        assertEquals(List.of("flood1", "same", "flood2"), finish());
        assertEquals(null, failure.get());
    }

    @Test
    void theCheckWithTheMostWaitersIsFirst() throws InterruptedException {
        occupy();
        for (String question : List.of("three", "two", "three", "two", "three", "flood1", "flood2"))
            ask("one", question, LONG);
        assertEquals(List.of("three", "two", "flood2", "flood1"), finish());
    }

    @Test
    void theNewestOfChecksWithEquallyManyWaitersIsFirst() throws InterruptedException {
        occupy();
        for (String question : List.of("early", "late", "late", "early"))
            ask("one", question, LONG);
        assertEquals(List.of("early", "late"), finish());
    }

    @Test
    void aCheckWithoutWaitersIsNotDone() throws Exception {
        occupy();
        Thread gone = ask("a", "gone", Duration.ofMillis(20));
        ask("a", "stays", LONG);
        gone.join();
        assertEquals("too many logins at once", failure.get().getMessage());
        assertEquals(List.of("stays"), finish());
    }

    @Test
    void oneOfSeveralWaitersMayTimeOut() throws Exception {
        occupy();
        Thread impatient = ask("a", "shared", Duration.ofMillis(20));
        ask("b", "shared", LONG);
        impatient.join();
        assertTrue(failure.get() instanceof AuthenticationTimeout);
        assertEquals(List.of("shared"), finish());
    }

    @Test
    void workThatThrowsIsATimeoutAndTheWorkerGoesOn() throws Exception {
        AuthenticationTimeout e = assertThrows(AuthenticationTimeout.class, () -> queue.ask("a", "bad", () -> {
            throw new IllegalStateException("broken");
        }, LONG));
        assertEquals("broken", e.getMessage());
        assertTrue(queue.ask("a", "good", () -> true, LONG));
    }

    @Test
    void afterAnAnswerTheQuestionIsWorkedOutAnew() throws Exception {
        AtomicInteger times = new AtomicInteger();
        for (int i = 0; i < 3; i++)
            assertTrue(queue.ask("a", "q", () -> times.incrementAndGet() > 0, LONG));
        assertEquals(3, times.get());
    }

    @Test
    void closingTheQueueEndsAllWaiting() throws Exception {
        occupy();
        Thread waiting = ask("a", "q", LONG);
        queue.close();
        waiting.join();
        assertEquals("the server is stopping", failure.get().getMessage());
        assertThrows(AuthenticationTimeout.class, () -> queue.ask("a", "q", () -> true, LONG));
        busy.countDown();
    }
}
