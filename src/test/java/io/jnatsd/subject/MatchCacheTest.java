package io.jnatsd.subject;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatchCacheTest {
    private static final int HASH = 7;
    private static final long MOST_BYTES = 100_000;

    private final MatchCache cache = new MatchCache(MOST_BYTES);
    private final WildcardTree wildcards = new WildcardTree();

    private MatchResult put(String subject) {
        return put(subject, HASH);
    }

    private MatchResult put(String subject, int hash) {
        MatchResult result = new MatchResult(subject.getBytes(StandardCharsets.US_ASCII), hash, List.of(),
                wildcards.view(subject));
        cache.put(result);
        return result;
    }

    private MatchResult get(MatchResult result) {
        return cache.get(result.subject(), 0, result.subject().length, result.hash());
    }

    /** A reader may hold a result that was removed from the cache; such a result does not see new subscriptions. */
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
        cache.drop(foo.subject(), HASH);
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

    @Test
    void theMemoryOfTheResultsIsBounded() {
        for (int i = 0; i < 1000; i++) {
            MatchResult result = put("long" + i + "x".repeat(4000), i << 4);
            assertSame(result, get(result));
            long bytes = cache.results().stream().mapToLong(each -> each.bytes()).sum();
            assertTrue(bytes <= MOST_BYTES, () -> bytes + " bytes");
        }
        assertTrue(cache.results().size() > 20, "no more are dropped than necessary");
    }

    @Test
    void droppedResultsMakeRoom() {
        for (int i = 0; i < 1000; i++) {
            MatchResult result = put("long" + i + "x".repeat(4000), i << 4);
            cache.drop(result.subject(), result.hash());
        }
        List<MatchResult> kept = new ArrayList<>();
        for (int i = 0; i < 16; i++)
            kept.add(put("kept" + i + "x".repeat(4000), i << 4));
        for (MatchResult result : kept)
            assertSame(result, get(result));
    }

    @Test
    void aResultThatIsTooLargeIsNotKept() {
        MatchResult small = put("small", 0), large = put("x".repeat(200_000), 16);
        assertNull(get(large));
        assertEquals(false, large.isCurrent());
        assertSame(small, get(small));
        assertEquals(List.of(small), cache.results());
    }

    @Test
    void aResultIsFoundForItsSubjectOnly() {
        MatchResult foo = put("foo");
        byte[] line = "PUB foo.bar".getBytes(StandardCharsets.US_ASCII);
        assertSame(foo, cache.get(line, 4, 3, HASH));
        assertNull(cache.get(line, 4, 7, HASH), "another subject with the same hash");
        assertNull(cache.get(line, 4, 3, HASH + 1), "another hash");
    }

    @Test
    void aResultIsNotCurrentAfterAPatternOfItsFirstTokenHasChanged() {
        MatchResult foo = put("foo.one"), bar = put("bar.one");
        Subscription pattern = pattern("foo.*");
        wildcards.insert(pattern);
        assertNull(get(foo));
        assertSame(bar, get(bar), "a pattern that begins with another token");
        MatchResult again = put("foo.one");
        assertSame(again, get(foo));
        wildcards.remove(pattern);
        assertNull(get(foo));
    }

    @Test
    void noResultIsCurrentAfterAPatternThatBeginsWithAWildcardHasChanged() {
        MatchResult foo = put("foo.one"), bar = put("bar.one");
        wildcards.insert(pattern("*.two"));
        assertNull(get(foo));
        assertNull(get(bar));
        assertEquals(List.of(), cache.results());
    }

    @Test
    void aResultThatIsNotCurrentIsDisplacedBeforeOthers() {
        MatchResult old = put("old.x");
        wildcards.insert(pattern("old.*"));
        List<MatchResult> current = new ArrayList<>();
        for (int i = 0; i < 4; i++)
            current.add(put("new" + i));
        for (MatchResult result : current)
            assertSame(result, get(result));
        assertNull(get(old));
    }

    @Test
    void outdatedResultsAreRemovedAndOthersStay() {
        WeakReference<MatchResult> outdated = new WeakReference<>(put("old.x", 0));
        MatchResult other = put("other.x", 16);
        wildcards.insert(pattern("old.*"));
        MatchResult current = put("old.y", 32);
        cache.removeOutdated();
        assertSame(other, get(other));
        assertSame(current, get(current));
        await("release of the result").until(() -> {
            System.gc();
            return outdated.refersTo(null);
        });
    }

    @Test
    void theTableGrowsAndKeepsMostOfItsResults() {
        MatchCache large = new MatchCache(Long.MAX_VALUE);
        List<MatchResult> results = new ArrayList<>();
        for (int round = 0; round < 8; round++)
            for (int i = 0; i < 1000; i++) {
                MatchResult result = new MatchResult(("s" + i).getBytes(StandardCharsets.US_ASCII), i * 0x9E3779B9,
                        List.of(), wildcards.view("s"));
                large.put(result);
                results.add(result);
            }
        long kept = results.stream().filter(r -> large.get(r.subject(), 0, r.subject().length, r.hash()) == r).count();
        assertTrue(kept > 900, () -> kept + " of 1000 results were kept");
        assertEquals(kept, large.results().size());
        assertEquals(kept, results.stream().filter(MatchResult::isCurrent).count());
    }

    private Subscription pattern(String subject) {
        return new Subscription(new FakeReceiver("client", null, new ArrayList<>()), subject, null, "1", false);
    }
}
