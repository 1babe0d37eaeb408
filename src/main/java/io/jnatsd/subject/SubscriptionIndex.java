package io.jnatsd.subject;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All subscriptions of the server, by subject (protocol reference, sections 5 to 7). Literal subjects live in
 * lock-striped maps, patterns in the {@link WildcardTree}. Each stripe caches match results as well; a cached result
 * is found without any lock.
 *
 * <p>Threads: anybody's. A subject's stripe lock guards its literal subscriptions and makes a change of them and the
 * dropping of its cached result one step. Changes of wildcards show in the generations that a result remembers.
 */
public final class SubscriptionIndex {
    private static final int STRIPES = 64;
    /** The cached match results may take this part of the heap. */
    private static final int CACHE_SHARE = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final WildcardTree wildcards = new WildcardTree();
    private final LongAdder inserts = new LongAdder();
    private final LongAdder removes = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private static final class Stripe {
        private final ReentrantLock lock = new ReentrantLock();
        /** guarded by {@code lock}. */
        private final Map<String, Subscribers> literals = new HashMap<>();
        private final MatchCache cache = new MatchCache(Runtime.getRuntime().maxMemory() / CACHE_SHARE / STRIPES);
    }

    public SubscriptionIndex() {
        for (int i = 0; i < STRIPES; i++)
            stripes[i] = new Stripe();
    }

    /** Figures for monitoring ({@code /subsz}); hits are what lookups did not miss. */
    public record Stats(long count, long cached, long inserts, long removes, long misses, int maxFanout,
            double averageFanout) {
    }

    void insert(Subscription sub) {
        put(sub);
        inserts.increment();
    }

    private void put(Subscription sub) {
        if (!sub.literal) {
            wildcards.insert(sub);
        } else {
            int hash = sub.subject.hashCode();
            Stripe stripe = stripe(hash);
            stripe.lock.lock();
            try {
                stripe.literals.computeIfAbsent(sub.subject, s -> new Subscribers()).add(sub);
                stripe.cache.drop(bytes(sub.subject), spread(hash));
            } finally {
                stripe.lock.unlock();
            }
        }
    }

    /** One subscription takes the place of another with the same subject; they count as one all the time. */
    void replace(Subscription before, Subscription after) {
        put(after);
        if (!take(before))
            inserts.increment();
    }

    /** Does nothing if it is gone already. */
    void remove(Subscription sub) {
        if (take(sub))
            removes.increment();
    }

    private boolean take(Subscription sub) {
        boolean removed;
        if (!sub.literal) {
            removed = wildcards.remove(sub);
        } else {
            int hash = sub.subject.hashCode();
            Stripe stripe = stripe(hash);
            stripe.lock.lock();
            try {
                Subscribers subscribers = stripe.literals.get(sub.subject);
                removed = subscribers != null && subscribers.remove(sub);
                if (removed && subscribers.isEmpty())
                    stripe.literals.remove(sub.subject);
                stripe.cache.drop(bytes(sub.subject), spread(hash));
            } finally {
                stripe.lock.unlock();
            }
        }
        return removed;
    }

    /** What a subscription must not get has changed: matches that it is in are made anew. */
    public void changed(Subscription sub) {
        if (!sub.literal) {
            wildcards.touch(sub);
            return;
        }
        int hash = sub.subject.hashCode();
        Stripe stripe = stripe(hash);
        stripe.lock.lock();
        try {
            stripe.cache.drop(bytes(sub.subject), spread(hash));
        } finally {
            stripe.lock.unlock();
        }
    }

    /**
     * Who gets a message on this subject.
     *
     * @param last an earlier answer that may be the one still, null for none
     * @param hash {@link io.jnatsd.protocol.Parser#hash} of the subject, which is its string's too
     */
    public MatchResult match(MatchResult last, byte[] buffer, int start, int length, int hash) {
        if (last != null && last.hash() == spread(hash) && last.isFor(buffer, start, length) && last.isCurrent())
            return last;
        MatchResult cached = stripe(hash).cache.get(buffer, start, length, spread(hash));
        return cached != null ? cached : search(Arrays.copyOfRange(buffer, start, start + length), hash);
    }

    private MatchResult search(byte[] subject, int hash) {
        misses.increment();
        String text = new String(subject, StandardCharsets.ISO_8859_1);
        // Taken before the search: what changes after it makes the result stale, never wrong for long.
        WildcardTree.View seen = wildcards.view(text);
        List<Subscription> matches = new ArrayList<>();
        wildcards.match(seen, text, matches);
        Stripe stripe = stripe(hash);
        stripe.lock.lock();
        try {
            Subscribers literal = stripe.literals.get(text);
            if (literal != null)
                literal.addTo(matches);
            matches.removeIf(sub -> sub.denies(subject));
            MatchResult result = new MatchResult(subject, spread(hash), matches, seen);
            stripe.cache.put(result);
            return result;
        } finally {
            stripe.lock.unlock();
        }
    }

    /** Whose subscriptions match a literal subject, all members of queue groups included. It counts as no lookup. */
    public List<SubscriptionView> matching(String subject) {
        String text = new String(subject.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        List<Subscription> matches = new ArrayList<>();
        wildcards.match(wildcards.view(text), text, matches);
        Stripe stripe = stripe(text.hashCode());
        stripe.lock.lock();
        try {
            Subscribers literal = stripe.literals.get(text);
            if (literal != null)
                literal.addTo(matches);
        } finally {
            stripe.lock.unlock();
        }
        return matches.stream().map(Subscription::view).toList();
    }

    public long count() {
        return inserts.sum() - removes.sum();
    }

    public Stats stats() {
        long cached = 0, fanout = 0;
        int most = 0;
        for (Stripe stripe : stripes) {
            for (MatchResult result : stripe.cache.results()) {
                cached++;
                fanout += result.fanout();
                most = Math.max(most, result.fanout());
            }
        }
        long in = inserts.sum(), out = removes.sum();
        return new Stats(in - out, cached, in, out, misses.sum(), most, cached == 0 ? 0 : (double) fanout / cached);
    }

    private Stripe stripe(int hash) {
        return stripes[spread(hash) >>> 26];
    }

    /** Subjects that differ in their last characters only would fall into few slots without this. */
    private static int spread(int hash) {
        return (hash ^ hash >>> 15) * 0x9E3779B9;
    }

    private static byte[] bytes(String subject) {
        return subject.getBytes(StandardCharsets.ISO_8859_1);
    }
}
