package io.jnatsd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.connection.CloseReason;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private final Quotas quotas = new Quotas();

    @Test
    void aConnectionThatMovesCountsOnce() {
        Quota two = new Quota(2, 0, 0);
        assertNull(quotas.move("", "a", two));
        assertNull(quotas.move("a", "a", two));
        assertNull(quotas.move("", "a", two));
        assertEquals(CloseReason.MAX_CONNECTIONS, quotas.move("", "a", two));
        assertNull(quotas.move("a", "b", two));
        assertNull(quotas.move("", "a", two));
    }

    @Test
    void nothingIsKeptOfThoseWhoHaveLeftUnlessARateCounts() {
        for (int i = 0; i < 1000; i++)
            assertNull(quotas.move("", "a" + i, Quota.UNLIMITED));
        assertEquals(1000, quotas.size());
        for (int i = 0; i < 1000; i++)
            quotas.move("a" + i, "", Quota.UNLIMITED);
        assertEquals(0, quotas.size());
        Quota slow = new Quota(0, 1, 0);
        assertNull(quotas.move("", "a", slow));
        quotas.move("a", "", slow);
        assertEquals(CloseReason.CONNECTION_RATE, quotas.move("", "a", slow), "it cannot begin anew by leaving");
        assertEquals(1, quotas.size());
    }

    /** A rate counts for a tenth of a millisecond here. A sweep removes those for whom it no longer counts. */
    @Test
    void whatIsKeptOfThoseWhoHaveLeftIsBounded() {
        Quota fast = new Quota(0, 10_000, 0);
        for (int i = 0; i < 100_000; i++) {
            assertNull(quotas.move("", "a" + i, fast));
            quotas.move("a" + i, "", fast);
        }
        assertTrue(quotas.size() <= Quotas.FIRST_SWEEP);
    }
}
