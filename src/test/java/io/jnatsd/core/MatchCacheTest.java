package io.jnatsd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatchCacheTest {
    private static final int HASH = 7;

    private final MatchCache cache = new MatchCache();
    private final WildcardTree wildcards = new WildcardTree();

    private MatchResult put(String subject) {
        MatchResult result = new MatchResult(subject.getBytes(StandardCharsets.US_ASCII), HASH, List.of(),
                wildcards.view(subject));
        cache.put(result);
        return result;
    }

    private MatchResult get(MatchResult result) {
        return cache.get(result.subject, 0, result.subject.length, HASH);
    }

    /** A reader may hold one that the cache has no more, and that would not hear of new subscriptions. */
    @Test
    void aResultIsCurrentAsLongAsItIsInTheCache() {
        List<MatchResult> results = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            results.add(put("subject" + i));
            assertSame(results.getLast(), get(results.getLast()));
        }
        for (MatchResult result : results)
            assertEquals(get(result) == result, result.isCurrent());
        assertEquals(4, results.stream().filter(MatchResult::isCurrent).count(), "as many as one hash has slots");
    }

    @Test
    void aDroppedResultIsNotCurrent() {
        MatchResult foo = put("foo"), bar = put("bar");
        cache.drop(foo.subject, HASH);
        assertNull(get(foo));
        assertEquals(false, foo.isCurrent());
        assertSame(bar, get(bar));
    }

    @Test
    void aResultTakesThePlaceOfAnEarlierOneForItsSubject() {
        MatchResult before = put("foo"), after = put("foo");
        assertSame(after, get(before));
        assertEquals(false, before.isCurrent());
    }
}
