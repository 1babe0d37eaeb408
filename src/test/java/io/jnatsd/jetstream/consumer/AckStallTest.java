package io.jnatsd.jetstream.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a consumer that waits for acknowledgements is reported, with times that are numbers. */
class AckStallTest {
    private static final long MINUTE = 60_000_000_000L;
    private static final Instant FIRST = Instant.EPOCH, SECOND = FIRST.plusSeconds(1);

    private final AckStall stall = new AckStall();

    @Test
    void aMinuteWithoutAcknowledgementsIsAStallAndSoIsEachOneAfterIt() {
        assertEquals(Long.MAX_VALUE, stall.nextCheck());
        assertFalse(stall.isStalled(9, true, null));
        assertEquals(10 + MINUTE, stall.limited(10, null));
        assertEquals(10 + MINUTE, stall.limited(20, null), "it goes on");
        assertFalse(stall.isStalled(MINUTE, true, null), "too early");
        assertTrue(stall.isStalled(10 + MINUTE, true, null));
        assertFalse(stall.isStalled(11 + MINUTE, true, null), "once a minute");
        assertTrue(stall.isStalled(stall.nextCheck(), true, null));
    }

    @Test
    void acknowledgementsEndIt() {
        stall.limited(10, FIRST);
        assertFalse(stall.isStalled(10 + MINUTE, true, SECOND));
        assertTrue(stall.isStalled(10 + 2 * MINUTE, true, SECOND), "none came in the second minute");
        assertFalse(stall.isStalled(10 + 3 * MINUTE, false, SECOND), "no message is held back");
        assertEquals(Long.MAX_VALUE, stall.nextCheck());
    }
}
