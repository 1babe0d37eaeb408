package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialRetriesTest {
    /** Returns the pauses until the server is not dialled any more, or of so many failures. */
    private static List<Long> pauses(DialRetries retries, int most) {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            retries.failed();
            if (!retries.mayDial())
                break;
            pauses.add(retries.pauseMillis());
        }
        return pauses;
    }

    @Test
    void aConfiguredServerIsDialledEverySecondAndAfterThirtyFailuresLessOften() {
        List<Long> pauses = pauses(new DialRetries(true, 0), 100);
        assertEquals(100, pauses.size());
        assertTrue(pauses.subList(0, 31).stream().allMatch(pause -> pause == 1000));
        assertEquals(List.of(2000L, 3000L, 4000L, 5000L, 5000L), pauses.subList(31, 36));
        assertTrue(pauses.subList(36, 100).stream().allMatch(pause -> pause == 5000));
    }

    @Test
    void aConfiguredServerThatWasReachedIsDialledEverySecondAgain() {
        DialRetries retries = new DialRetries(true, 0);
        pauses(retries, 100);
        retries.reset();
        assertEquals(List.of(1000L, 1000L), pauses(retries, 2));
    }

    @Test
    void aServerFromGossipIsDialledOnceAndAsOftenAgainAsTheOptionAllows() {
        assertEquals(List.of(), pauses(new DialRetries(false, 0), 100));
        assertEquals(List.of(), pauses(new DialRetries(false, -1), 100));
        assertEquals(List.of(1000L, 1000L, 1000L), pauses(new DialRetries(false, 3), 100));
    }

    @Test
    void aServerFromGossipWhoseRouteIsLostIsDialledTenTimesWithLongerPauses() {
        DialRetries retries = new DialRetries(false, 0);
        retries.lost();
        assertEquals(List.of(1000L, 2000L, 4000L, 8000L, 8000L, 8000L, 8000L, 8000L, 8000L), pauses(retries, 100));
        assertFalse(retries.mayDial());
    }

    @Test
    void gossipThatNamesTheServerAgainGivesItAllAttemptsAgain() {
        DialRetries retries = new DialRetries(false, 2);
        assertEquals(2, pauses(retries, 100).size());
        retries.reset();
        assertTrue(retries.mayDial());
        assertEquals(2, pauses(retries, 100).size());
    }
}
