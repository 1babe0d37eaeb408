package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    /** The clock of the JVM may begin anywhere, and overflow. */
    @ParameterizedTest
    @ValueSource(longs = {0, -5 * SECOND, Long.MAX_VALUE - SECOND, Long.MIN_VALUE})
    void itHoldsTheTokensOfASecondAndIsFilledEvenly(long begin) {
        TokenBucket bucket = new TokenBucket(begin);
        for (int i = 0; i < 10; i++)
            assertTrue(bucket.tryTake(10, begin));
        assertFalse(bucket.tryTake(10, begin));
        assertFalse(bucket.tryTake(10, begin + SECOND / 10 - 1));
        assertTrue(bucket.tryTake(10, begin + SECOND / 10));
        assertFalse(bucket.tryTake(10, begin + SECOND / 10));
        assertFalse(bucket.isFull(begin + SECOND));
        assertTrue(bucket.isFull(begin + 2 * SECOND));
        long later = begin + 100 * SECOND;
        for (int i = 0; i < 10; i++)
            assertTrue(bucket.tryTake(10, later));
        assertFalse(bucket.tryTake(10, later), "no more than a second's tokens are saved");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - SECOND})
    void aTokenThatIsTakenInAdvanceIsWaitedFor(long begin) {
        TokenBucket bucket = new TokenBucket(begin);
        assertTrue(bucket.take(2, begin) <= 0);
        assertTrue(bucket.take(2, begin) <= 0);
        assertEquals(SECOND / 2, bucket.take(2, begin));
        assertEquals(SECOND, bucket.take(2, begin));
        assertEquals(SECOND, bucket.take(2, begin + SECOND / 2));
        assertFalse(bucket.tryTake(2, begin + SECOND / 2));
    }
}
