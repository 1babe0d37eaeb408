package io.jnatsd.jetstream.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.protocol.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store does, beside a simple model. */
abstract class MessageStoreTests {
    private static final List<String> SUBJECTS = List.of("a", "a.b", "a.b.c", "a.b.d", "a.c", "b", "b.b.c", "c.b.c", "c.1", "c.2");
    private static final List<String> FILTERS = List.of(">", "a", "a.*", "a.>", "*", "*.b", "*.b.c", "*.*", "c.*", "none", "none.>", "*.>");

    private record Stored(String subject, String body, int headerLength, long time) {
    }

    /** A stream as a map, with every answer computed anew. */
    private static final class Model {
        private final TreeMap<Long, Stored> messages = new TreeMap<>();
        private long last;

        Predicate<Map.Entry<Long, Stored>> selected(String filter) {
            byte[] pattern = Subject.bytes(filter);
            return entry -> {
                byte[] subject = Subject.bytes(entry.getValue().subject);
                return Subject.matches(pattern, subject, 0, subject.length);
            };
        }

        List<Long> sequences(String filter) {
            return messages.entrySet().stream().filter(selected(filter)).map(Map.Entry::getKey).toList();
        }

        long first() {
            return messages.isEmpty() ? last + 1 : messages.firstKey();
        }
    }

    private final Model model = new Model();
    MessageStore store;
    private final List<Long> removed = new ArrayList<>();
    private long time = 1000;
    private long skipped;

    /** Returns what a message counts. */
    abstract MessageSize sizes();

    /** Is called between two steps; a store that has files may be opened anew. */
    void betweenSteps(Random random) {
    }

    void append(String subject, String body, int headerLength) {
        byte[] s = ("xx" + subject + "yy").getBytes(StandardCharsets.US_ASCII), b = ("--" + body).getBytes(StandardCharsets.US_ASCII);
        long sequence = store.append(s, 2, subject.length(), b, 2, body.length(), headerLength, ++time);
        assertEquals(++model.last, sequence);
        model.messages.put(sequence, new Stored(subject, body, headerLength, time));
    }

    private void compare() {
        MessageStore.State state = store.state();
        assertEquals(model.messages.size(), state.messages());
        assertEquals(model.messages.values().stream()
                .mapToLong(m -> sizes().of(m.subject.length(), m.body.length(), m.headerLength)).sum(), state.bytes());
        assertEquals(model.first(), state.first());
        assertEquals(model.last, state.last());
        assertEquals(model.messages.values().stream().map(Stored::subject).distinct().count(), state.subjects());
    }

    private void compareMessages() {
        StoredMessage message = new StoredMessage();
        List<Long> gaps = new ArrayList<>();
        for (long sequence = 0; sequence <= model.last + 2; sequence++) {
            Stored expected = model.messages.get(sequence);
            assertEquals(expected != null, store.load(sequence, message), () -> "message");
            if (expected == null) {
                if (sequence >= model.first() && sequence <= model.last)
                    gaps.add(sequence);
                continue;
            }
            assertEquals(expected.subject, message.subjectText());
            assertEquals(expected.time, message.time());
            assertEquals(sequence, message.sequence());
            assertEquals(expected.headerLength, message.headerLength());
            assertEquals(expected.body, (message.headers() == null ? "" : new String(message.headers(), StandardCharsets.US_ASCII))
                    + new String(message.payload(), StandardCharsets.US_ASCII));
        }
        assertArrayEquals(gaps.stream().mapToLong(Long::longValue).toArray(), store.gaps(Integer.MAX_VALUE));
    }

    private void compareFilters(Random random) {
        for (String text : FILTERS) {
            List<SubjectFilter> filter = List.of(SubjectFilter.of(text));
            List<Long> expected = model.sequences(text);
            long from = random.nextLong(model.last + 3);
            assertEquals(expected.size(), store.count(filter, 0), text);
            assertEquals(expected.stream().filter(s -> s >= from).count(), store.count(filter, from), () -> text + " from " + from);
            assertEquals(expected.stream().filter(s -> s >= from).findFirst().orElse(-1L), store.next(filter, from), text);
            assertEquals(expected.stream().filter(s -> s <= from).reduce((a, b) -> b).orElse(-1L), store.previous(filter, from), text);
            assertEquals(expected.isEmpty() ? 0 : expected.getLast(), store.last(filter.getFirst()), text);
            Map<String, Long> lasts = new TreeMap<>(), counts = new TreeMap<>(), found = new TreeMap<>();
            for (long sequence : expected) {
                lasts.put(model.messages.get(sequence).subject, sequence);
                counts.merge(model.messages.get(sequence).subject, 1L, Long::sum);
            }
            assertArrayEquals(lasts.values().stream().mapToLong(Long::longValue).sorted().toArray(), store.lastOfEach(filter), text);
            store.subjects(filter.getFirst(), found::put);
            assertEquals(counts, found, text);
        }
    }

    private void compareTimes(Random random) {
        long asked = 1000 + random.nextLong(time - 990);
        long expected = model.messages.entrySet().stream().filter(e -> e.getValue().time >= asked).map(Map.Entry::getKey)
                .findFirst().orElse(model.last + 1);
        assertEquals(expected, store.firstSince(asked));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itAnswersAsTheModelDoes(long seed) {
        Random random = new Random(seed);
        int most = seed % 2 == 0 ? 300 : 3000;
        for (int step = 0; step < 6000; step++) {
            betweenSteps(random);
            store.onRemoval(message -> removed.add(message.sequence()));
            int what = random.nextInt(100);
            if (model.messages.size() < most && what < 70 || what < 40) {
                String body = "h".repeat(random.nextInt(20)) + "x".repeat(random.nextInt(100) == 0 ? 40_000 : random.nextInt(200));
                append(SUBJECTS.get(random.nextInt(SUBJECTS.size())), body, random.nextBoolean() ? -1 : random.nextInt(Math.min(body.length(), 5) + 1));
            } else if (what < 75) {
                remove(random.nextLong(model.last + 2));
            } else if (what < 90) {
                store.removeFirst();
                model.messages.pollFirstEntry();
            } else if (what < 98) {
                removeFirstOf(SUBJECTS.get(random.nextInt(SUBJECTS.size())));
            } else if (what < 99) {
                assertEquals(++model.last, store.skip(++time));
                skipped++;
            } else {
                purge(random);
            }
            if (step % 500 == 0) {
                compare();
                compareMessages();
                compareFilters(random);
                compareTimes(random);
            }
        }
        compareMessages();
        assertEquals(model.last - model.messages.size() - skipped, removed.size(), "each removal is told once");
        assertEquals(removed.size(), removed.stream().distinct().count());
    }

    private void remove(long sequence) {
        assertEquals(model.messages.remove(sequence) != null, store.remove(sequence));
    }

    private void removeFirstOf(String subject) {
        byte[] bytes = Subject.bytes(subject);
        List<Long> all = model.sequences(subject);
        assertEquals(all.size(), store.count(bytes, 0, bytes.length));
        assertEquals(all.isEmpty() ? 0 : all.getLast(), store.last(bytes, 0, bytes.length));
        assertEquals(!all.isEmpty(), store.removeFirstOf(bytes, 0, bytes.length));
        if (!all.isEmpty())
            model.messages.remove(all.getFirst());
    }

    private void purge(Random random) {
        String filter = FILTERS.get(random.nextInt(FILTERS.size()));
        int kind = random.nextInt(3);
        long below = kind == 1 ? random.nextLong(model.last + 2) : 0, keep = kind == 2 ? random.nextInt(50) : 0;
        List<Long> gone = new ArrayList<>(model.sequences(filter));
        gone.sort(Comparator.naturalOrder());
        List<Long> victims = gone.subList(0, (int) Math.max(0, gone.size() - keep)).stream().filter(s -> below == 0 || s < below).toList();
        assertEquals(victims.size(), store.purge(SubjectFilter.of(filter), below, keep), filter);
        victims.forEach(model.messages::remove);
    }

    @Test
    void sequencesGoOnAfterEverythingWasRemoved() {
        append("a", "1", -1);
        append("a", "2", -1);
        store.purge(SubjectFilter.ALL, 0, 0);
        betweenSteps(new Random());
        assertEquals(3, store.state().first());
        assertEquals(2, store.state().last());
        model.messages.clear();
        append("a", "3", -1);
        assertEquals(3, store.state().first());
        assertFalse(store.remove(2));
        assertTrue(store.remove(3));
    }

    @Test
    void sequencesWithoutMessagesAtTheEndCount() {
        append("a", "1", -1);
        append("b", "2", -1);
        for (int i = 0; i < 5000; i++)
            store.skip(time);
        assertEquals(1, store.count(List.of(), 2));
        assertEquals(0, store.count(List.of(), 3));
        assertEquals(-1, store.next(List.of(), 3));
        model.last += 5000;
        append("a", "3", -1);
        assertEquals(5003, store.last(SubjectFilter.ALL));
    }
}
