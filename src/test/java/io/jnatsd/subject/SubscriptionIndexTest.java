package io.jnatsd.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.client.Client;
import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.Parser;
import io.jnatsd.protocol.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares the index with a linear search of a list. */
class SubscriptionIndexTest {
    private final ServerState state = new ServerState(Log.silent(), ServerOptions.defaults());
    private final SubscriptionIndex index = new SubscriptionIndex();
    private Client owner;
    /** Each thread passes its last result, as a reader does. */
    private final ThreadLocal<MatchResult> last = new ThreadLocal<>();

    @BeforeEach
    void connect() throws IOException {
        owner = new Clients(state).accept(new Socket() {
            @Override
            public InputStream getInputStream() {
                return InputStream.nullInputStream();
            }

            @Override
            public OutputStream getOutputStream() {
                return OutputStream.nullOutputStream();
            }
        });
    }

    @AfterEach
    void stop() {
        state.stopTimer();
    }

    private Subscription subscription(String subject, String queue) {
        byte[] bytes = bytes(subject);
        return new Subscription(owner.outbound(), subject, queue, "1", !Subject.hasWildcard(bytes, 0, bytes.length));
    }

    private static byte[] bytes(String subject) {
        return subject.getBytes(StandardCharsets.ISO_8859_1);
    }

    private MatchResult match(String subject) {
        byte[] bytes = bytes("PUB " + subject + " 5");
        MatchResult found = index.match(last.get(), bytes, 4, subject.length(),
                Parser.hash(bytes, 4, 4 + subject.length()));
        last.set(found);
        return found;
    }

    private static Set<Subscription> identities(Subscription... subs) {
        Set<Subscription> set = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Subscription sub : subs)
            assertTrue(set.add(sub), () -> sub.subject + " twice");
        return set;
    }

    private void assertMatchesLikeAList(String subject, Iterable<Subscription> all) {
        byte[] bytes = bytes(subject);
        Set<Subscription> plain = identities();
        Map<String, Set<Subscription>> queues = new TreeMap<>();
        for (Subscription sub : all) {
            if (!Subject.matches(bytes(sub.subject), bytes, 0, bytes.length))
                continue;
            if (sub.queue == null)
                plain.add(sub);
            else
                queues.computeIfAbsent(sub.queue, name -> identities()).add(sub);
        }
        MatchResult found = match(subject);
        assertEquals(plain, identities(found.plain()), subject);
        Map<String, Set<Subscription>> foundQueues = new TreeMap<>();
        for (Subscription[] members : found.queues())
            assertEquals(null, foundQueues.put(members[0].queue, identities(members)), subject);
        assertEquals(queues, foundQueues, subject);
    }

    private static String random(Random random, String... tokens) {
        List<String> chosen = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--)
            chosen.add(tokens[random.nextInt(tokens.length)]);
        return String.join(".", chosen);
    }

    private static String pattern(Random random) {
        String pattern = random(random, "a", "b", "c", "d", "*", "*x");
        return random.nextInt(5) == 0 ? random.nextInt(4) == 0 ? ">" : pattern + ".>" : pattern;
    }

    private static String subject(Random random) {
        return random(random, "a", "b", "c", "d", "a", "b", "*", ">", "*x", "", "e");
    }

    private Subscription randomSubscription(Random random) {
        return subscription(pattern(random), random.nextInt(3) > 0 ? null : "q" + random.nextInt(3));
    }

    @Test
    void matchesEqualThoseOfALinearSearch() {
        Random random = new Random(7);
        List<Subscription> all = new ArrayList<>();
        int inserted = 0;
        for (int i = 0; i < 20_000; i++) {
            if (all.size() < random.nextInt(200)) {
                all.add(randomSubscription(random));
                index.insert(all.getLast());
                inserted++;
            } else if (!all.isEmpty()) {
                Subscription gone = all.remove(random.nextInt(all.size()));
                index.remove(gone);
                index.remove(gone);
            }
            assertEquals(all.size(), index.count());
            for (int n = random.nextInt(3); n > 0; n--)
                assertMatchesLikeAList(subject(random), all);
        }
        assertEquals(inserted, index.stats().inserts());
        assertEquals(inserted - all.size(), index.stats().removes());
        for (Subscription sub : all)
            index.remove(sub);
        assertEquals(0, index.count());
        assertMatchesLikeAList("a.b", List.of());
    }

    @Test
    void whoAsksTheSameAgainSeesEveryChange() {
        Random random = new Random(6);
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            if (all.size() < random.nextInt(20)) {
                all.add(subscription(random.nextBoolean() ? "a.b" : pattern(random), null));
                index.insert(all.getLast());
            } else if (!all.isEmpty()) {
                index.remove(all.remove(random.nextInt(all.size())));
            }
            assertMatchesLikeAList("a.b", all);
            assertSame(match("a.b"), match("a.b"));
        }
    }

    @Test
    void itIsExactAfterManyHaveChangedItAtOnce() throws Exception {
        Subscription[] stable = {subscription("a.b", null), subscription("a.*", null), subscription(">", "q0"),
            subscription("*.b", null), subscription("a.>", null)};
        for (Subscription sub : stable)
            index.insert(sub);
        AtomicBoolean done = new AtomicBoolean();
        List<Subscription> left = Collections.synchronizedList(new ArrayList<>(Arrays.asList(stable)));
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<?>> changing = new ArrayList<>(), matching = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                Random random = new Random(8 + t);
                changing.add(threads.submit(() -> left.addAll(churn(random, 30_000))));
            }
            for (int t = 0; t < 2; t++) {
                Random random = new Random(80 + t);
                matching.add(threads.submit(() -> {
                    while (!done.get()) {
                        match(subject(random));
                        assertTrue(identities(match("a.b").plain()).containsAll(
                                List.of(stable[0], stable[1], stable[3], stable[4])));
                    }
                }));
            }
            for (Future<?> future : changing)
                future.get();
            done.set(true);
            for (Future<?> future : matching)
                future.get();
        }
        assertEquals(left.size(), index.count());
        Random random = new Random(9);
        for (int i = 0; i < 2000; i++)
            assertMatchesLikeAList(subject(random), left);
    }

    /** Inserts and removes subscriptions at random, and checks that each change is visible at once. */
    private List<Subscription> churn(Random random, int steps) {
        List<Subscription> own = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            if (own.size() < random.nextInt(60)) {
                Subscription sub = randomSubscription(random);
                own.add(sub);
                index.insert(sub);
                if (sub.literal && sub.queue == null)
                    assertTrue(Arrays.asList(match(sub.subject).plain()).contains(sub));
            } else if (!own.isEmpty()) {
                Subscription sub = own.remove(random.nextInt(own.size()));
                index.remove(sub);
                if (sub.literal && sub.queue == null)
                    assertTrue(!Arrays.asList(match(sub.subject).plain()).contains(sub));
            }
        }
        return own;
    }

    @Test
    void twoHundredThousandSubscriptionsComeAndGoWhileOthersMatch() throws Exception {
        int literals = 150_000, patterns = 50_000;
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < literals; i++)
            all.add(subscription("orders." + i % 1000 + "." + i, null));
        for (int i = 0; i < patterns; i++)
            all.add(subscription("orders." + i + ".*", null));
        for (Subscription sub : all)
            index.insert(sub);
        assertEquals(200_000, index.count());
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> churning = threads.submit(() -> {
                for (int i = 0; i < literals; i += 2) {
                    index.remove(all.get(i));
                    Subscription inbox = subscription("_INBOX." + i + ".*", null);
                    index.insert(inbox);
                    index.remove(inbox);
                }
            });
            for (int i = 1; i < literals; i += 2) {
                int n = i;
                MatchResult found = match("orders." + i % 1000 + "." + i);
                assertEquals(2, found.plain().length, () -> "orders." + n);
            }
            churning.get();
        }
        for (int i = 0; i < 1000; i++)
            assertEquals(1 + i % 2, match("orders." + i + "." + i).plain().length);
        for (Subscription sub : all)
            index.remove(sub);
        assertEquals(0, index.count());
    }

    @Test
    void oneHundredThousandSubscribersOfOneSubjectAreLeftQuickly() {
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            all.add(subscription(i % 2 == 0 ? "foo" : "foo.*", i % 3 == 0 ? "q" : null));
            index.insert(all.getLast());
        }
        assertEquals(50_000 - 16_667, match("foo").plain().length);
        Collections.shuffle(all, new Random(10));
        for (Subscription sub : all)
            index.remove(sub);
        assertEquals(0, match("foo").plain().length + match("foo.x").plain().length);
    }

    @Test
    void aHundredThousandSubjectsStayInTheCache() {
        index.insert(subscription(">", null));
        byte[][] subjects = new byte[100_000][];
        for (int i = 0; i < subjects.length; i++)
            subjects[i] = bytes("sensor." + i % 317 + ".value." + i);
        for (int round = 0; round < 6; round++) {
            long before = index.stats().misses();
            for (byte[] subject : subjects)
                index.match(null, subject, 0, subject.length, Parser.hash(subject, 0, subject.length));
            long missed = index.stats().misses() - before;
            if (round >= 3)
                assertTrue(missed < subjects.length / 10, "round " + round + " missed " + missed);
        }
        assertTrue(index.stats().cached() > 90_000);
    }

    @Test
    void cacheIsBounded() {
        for (int i = 0; i < 500_000; i++)
            match("subject." + i);
        assertTrue(index.stats().cached() <= 64 * 4096);
    }

    @Test
    void changesElsewhereLeaveCachedResultsAlone() {
        index.insert(subscription("foo.*", null));
        index.insert(subscription("foo.bar", null));
        match("foo.bar");
        long misses = index.stats().misses();
        for (int i = 0; i < 1000; i++) {
            Subscription inbox = subscription("_INBOX." + i + ".*", null), other = subscription("x." + i, null);
            index.insert(inbox);
            index.insert(other);
            assertEquals(2, match("foo.bar").plain().length);
            index.remove(inbox);
            index.remove(other);
            assertEquals(2, match("foo.bar").plain().length);
        }
        assertEquals(misses, index.stats().misses());
    }
}
