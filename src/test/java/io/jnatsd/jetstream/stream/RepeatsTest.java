package io.jnatsd.jetstream.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final long MINUTE = 60_000_000_000L;

    @Test
    void theFirstOneIsReportedAndThenOneAMinuteWithTheirNumber() {
        Repeats repeats = new Repeats();
        assertEquals(1, repeats.count(-5));
        for (int i = 0; i < 9; i++)
            assertEquals(0, repeats.count(i));
        assertEquals(0, repeats.count(MINUTE - 6));
        assertEquals(11, repeats.count(MINUTE - 5));
        assertEquals(1, repeats.count(3 * MINUTE));
    }
}
