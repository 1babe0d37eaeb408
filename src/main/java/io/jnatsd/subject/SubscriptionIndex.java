package io.jnatsd.subject;

import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All subscriptions of the server by subject (protocol.md, sections 4 to 8). Literal subjects are in lock-striped maps,
 * patterns in the {@link WildcardTree}. Each stripe also has a cache of match results, which is read without a lock.
 *
 * <p>Threads: any thread. The lock of a subject's stripe guards its literal subscriptions; changing them and dropping
 * the cached result is one step under that lock. A change of wildcard subscriptions increments a generation, which each
 * result compares.
 */
public final class SubscriptionIndex {
    /** Is told of each subscription that comes or goes; null for nobody. */
    private volatile SubjectSpace.Watcher watcher;
    private static final byte[] ACK = "$JS.ACK.".getBytes(StandardCharsets.US_ASCII);
    private static final int STRIPES = 64;
    /** The cached match results may use this fraction of the heap. */
    private static final int CACHE_SHARE = 16;
    /** And the subscriptions this part. */
    private static final int SHARE = 3;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final WildcardTree wildcards = new WildcardTree();
    private final long mostBytes = Runtime.getRuntime().maxMemory() / SHARE;
    /** The memory of all subscriptions. */
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder inserts = new LongAdder();
    private final LongAdder removes = new LongAdder();
    private final LongAdder misses = new LongAdder();
    /** {@link WildcardTree#changes} before outdated results were last removed. Only {@link #removeOutdated} uses it. */
    private long changesSeen;

    private static final class Stripe {
        private final ReentrantLock lock = new ReentrantLock();
        /** Guarded by {@code lock}. */
        private final Map<String, Subscribers> literals = new HashMap<>();
        private final MatchCache cache = new MatchCache(Runtime.getRuntime().maxMemory() / CACHE_SHARE / STRIPES);
    }

    public SubscriptionIndex() {
        for (int i = 0; i < STRIPES; i++)
            stripes[i] = new Stripe();
    }

    /** The statistics in {@code /subsz}. Cache hits are lookups minus misses. */
    public record Stats(long count, long cached, long inserts, long removes, long misses, int maxFanout,
            double averageFanout) {
    }

    void insert(Subscription sub) {
        put(sub);
        inserts.increment();
        tell(sub);
    }

    void watch(SubjectSpace.Watcher next) {
        watcher = next;
    }

    private void tell(Subscription sub) {
        SubjectSpace.Watcher told = watcher;
        if (told != null)
            told.changed(sub);
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
        bytes.addAndGet(sub.bytes());
    }

    /** Replaces a subscription by another one with the same subject. The count of subscriptions does not change. */
    void replace(Subscription before, Subscription after) {
        put(after);
        if (!take(before))
            inserts.increment();
    }

    /** Removes a subscription, if it is still present. */
    void remove(Subscription sub) {
        if (take(sub)) {
            removes.increment();
            tell(sub);
        }
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
        if (removed)
            bytes.addAndGet(-sub.bytes());
        return removed;
    }

    /** Discards the cached matches of a subscription, after its denied subjects have changed. */
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
     * Returns the receivers of a message on this subject.
     *
     * @param last an earlier result, which is returned if it has this subject and is current; null for none
     * @param hash {@link io.jnatsd.protocol.Parser#hash} of the subject, which equals the hash code of its string
     */
    public MatchResult match(MatchResult last, byte[] buffer, int start, int length, int hash) {
        if (last != null && last.hash() == spread(hash) && last.isFor(buffer, start, length) && last.isCurrent())
            return last;
        MatchResult cached = stripe(hash).cache.get(buffer, start, length, spread(hash));
        if (cached != null)
            return cached;
        byte[] subject = Arrays.copyOfRange(buffer, start, start + length);
        // An acknowledgement of JetStream has a subject of its own; in the cache it would displace others.
        return search(subject, hash, !Subject.startsWith(subject, 0, length, ACK));
    }

    /**
     * Does the same for a subject that is not used again, such as that of an answer. The result does not displace others
     * from the cache. It must be used at once, because it is not told of changes.
     */
    public MatchResult matchOnce(byte[] buffer, int start, int length, int hash) {
        return search(Arrays.copyOfRange(buffer, start, start + length), hash, false);
    }

    private MatchResult search(byte[] subject, int hash, boolean kept) {
        misses.increment();
        String text = new String(subject, StandardCharsets.ISO_8859_1);
        // Read before the search: a change during the search then makes the result stale.
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
            if (kept && result.isCurrent())
                stripe.cache.put(result);
            else
                result.drop();
            return result;
        } finally {
            stripe.lock.unlock();
        }
    }

    /**
     * Removes results from the cache that are outdated because wildcard subscriptions have changed. They would keep
     * departed clients reachable until someone publishes to their subjects again. Called again and again, by one
     * thread at a time.
     */
    void removeOutdated() {
        long changes = wildcards.changes();
        if (changes == changesSeen)
            return;
        for (Stripe stripe : stripes) {
            stripe.lock.lock();
            try {
                stripe.cache.removeOutdated();
            } finally {
                stripe.lock.unlock();
            }
        }
        changesSeen = changes;
    }

    /**
     * Returns the subscriptions that match a literal subject, including all members of queue groups. Not counted as a
     * lookup.
     */
    public List<SubscriptionView> matching(String subject) {
        String text = Arguments.chars(subject);
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

    /** The memory that all subscriptions take, those of other servers included. */
    public long bytes() {
        return bytes.get();
    }

    /** The memory that they may take. */
    public long mostBytes() {
        return mostBytes;
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

    /** Without this, subjects that differ only in their last characters would share few slots. */
    private static int spread(int hash) {
        return (hash ^ hash >>> 15) * 0x9E3779B9;
    }

    private static byte[] bytes(String subject) {
        return subject.getBytes(StandardCharsets.ISO_8859_1);
    }
}
