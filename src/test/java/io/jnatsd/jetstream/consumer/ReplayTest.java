package io.jnatsd.jetstream.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The pauses of original replay, with times that are numbers. */
class ReplayTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void aMessageWaitsAsLongAfterTheOneBeforeItAsItDidWhenItWasPublished() {
        Replay replay = new Replay(2, 100);
        assertEquals(100, replay.due(7 * SECOND, 100), "the first one need not wait");
        replay.delivered(7 * SECOND);
        assertEquals(200 + 3 * SECOND, replay.due(10 * SECOND, 200));
        assertEquals(200 + 3 * SECOND, replay.due(10 * SECOND, 300), "the pause begins once");
        assertEquals(200 + 3 * SECOND, replay.due());
        assertEquals(200 + 3 * SECOND, replay.due(10 * SECOND, 200 + 3 * SECOND), "it may go");
    }

    @Test
    void aPauseThatIsVeryShortIsNone() {
        Replay replay = new Replay(2, 100);
        replay.delivered(7 * SECOND);
        assertEquals(100, replay.due(7 * SECOND + 1000, 200));
    }

    @Test
    void messagesThatCameLaterDoNotWait() {
        assertTrue(new Replay(2, 0).covers(2));
        assertFalse(new Replay(2, 0).covers(3));
        assertFalse(new Replay(0, 0).covers(1));
    }
}
