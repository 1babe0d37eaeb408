package io.jnatsd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LogQueueTest {
    private static final int BUDGET = 1 << 20;
    private final Losses losses = new Losses(OutputStream.nullOutputStream());
    private final LogQueue queue = new LogQueue(BUDGET, losses);

    private static LogStep.Line line(int chars) {
        return new LogStep.Line(LogLine.of(LogLevel.NOTICE, null, "x".repeat(chars)));
    }

    private static LogStep.Flush flush() {
        return new LogStep.Flush(new CompletableFuture<>());
    }

    private List<LogStep> batch() {
        var batch = new ArrayList<LogStep>();
        assertTrue(queue.take(batch, 1));
        return batch;
    }

    @Test
    void linesBeyondTheBudgetAreDroppedAndCounted() {
        int accepted = 0;
        while (queue.put(line(10_000)))
            accepted++;
        assertEquals(BUDGET / (2 * 10_000 + 256), accepted);
        assertFalse(queue.put(line(10_000)));
        assertEquals(2, losses.total());
        assertEquals(2, losses.takeDropped());
        assertEquals(0, losses.takeDropped());
        assertTrue(queue.put(line(0)), "a line that still has room");
    }

    @Test
    void textsOfTheConnectionCount() {
        var from = new TestHost.Origin("127.0.0.1:5 - cid:1", "n".repeat(BUDGET / 2), "joe");
        assertFalse(queue.put(new LogStep.Line(LogLine.of(LogLevel.NOTICE, from, "x"))));
        assertEquals(1, losses.total());
    }

    @Test
    void aBatchIsAPartOfTheQueueAndMakesRoomForAsMuch() {
        while (queue.put(line(10_000)))
            assertEquals(0, losses.total());
        int taken = batch().size();
        assertEquals((256 * 1024) / (2 * 10_000 + 256) + 1, taken);
        for (int i = 0; i < taken; i++)
            assertTrue(queue.put(line(10_000)));
        assertFalse(queue.put(line(10_000)));
    }

    @Test
    void aFullQueueStillTakesABoundedNumberOfOtherSteps() {
        while (queue.put(line(100_000)))
            assertEquals(0, losses.total());
        for (int i = 0; i < 1000; i++)
            assertTrue(queue.put(flush()));
        assertFalse(queue.put(flush()));
        assertEquals(1, losses.total(), "only lines are counted");
        int lines = 0, flushes = 0;
        for (List<LogStep> batch = batch(); !batch.isEmpty(); batch = batch())
            for (LogStep step : batch)
                if (step instanceof LogStep.Line)
                    lines++;
                else
                    flushes++;
        assertEquals(BUDGET / (2 * 100_000 + 256), lines);
        assertEquals(1000, flushes);
        assertTrue(queue.put(flush()));
    }

    @Test
    void aClosedQueueGivesWhatItHasAndThenEnds() {
        LogStep.Line last = line(1);
        assertTrue(queue.put(last));
        queue.close();
        assertFalse(queue.put(line(1)));
        assertEquals(List.of(last), batch());
        assertFalse(queue.take(new ArrayList<>(), 0));
        assertEquals(0, losses.total());
    }
}
