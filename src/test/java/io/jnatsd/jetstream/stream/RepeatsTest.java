package io.jnatsd.jetstream.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final long MINUTE = 60_000_000_000L;

    @Test
    void theFirstOneIsReportedAndThenOneAMinuteWithTheirNumber() {
        Repeats repeats = new Repeats();
        assertEquals(1, repeats.count(1, -5));
        for (int i = 0; i < 9; i++)
            assertEquals(0, repeats.count(1, i));
        assertEquals(0, repeats.count(1, MINUTE - 6));
        assertEquals(11, repeats.count(1, MINUTE - 5));
        assertEquals(7, repeats.count(7, 3 * MINUTE));
    }
}
