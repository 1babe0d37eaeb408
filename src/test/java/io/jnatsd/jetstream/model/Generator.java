package io.jnatsd.jetstream.model;

import io.jnatsd.jetstream.model.Steps.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes scripts. Every step takes place at a whole second; the times of acks, heartbeats, expiries and ages have
 * fractions of their own, so that seldom two things are due at the same time.
 */
final class Generator {
    private static final String[] SUBJECTS = {"s.a", "s.b", "s.c.x", "s.c.y", "s.d"};
    private static final String[] FILTERS = {"s.a", "s.b", "s.*", "s.c.*", "s.>", "s.c.x"};
    private static final List<List<String>> CONSUMER_FILTERS = List.of(List.of(), List.of(), List.of("s.a"),
            List.of("s.*"),
            List.of("s.c.>"), List.of("s.b"), List.of("s.a", "s.c.*"), List.of("s.b", "s.d"), List.of("s.>"));
    private static final String[] CONSUMERS = {"one", "two", "three"};

    private final Random random;

    Generator(long seed) {
        random = new Random(seed);
    }

    @SafeVarargs
    private <T> T any(T... all) {
        return all[random.nextInt(all.length)];
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private int rarely(int percent, int... values) {
        return chance(percent) ? values[random.nextInt(values.length)] : 0;
    }

    StreamSetup stream() {
        int perSubject = rarely(30, 1, 2, 3);
        boolean discardNew = chance(30), denyPurge = chance(5);
        return new StreamSetup(chance(70), any("limits", "limits", "interest", "workqueue"), discardNew,
                discardNew && perSubject > 0 && chance(40), rarely(25, 1, 3, 8), rarely(20, 60, 150, 400), perSubject,
                rarely(10, 20, 80), rarely(20, 17_900, 60_900), rarely(30, 10_800, 17_800), !denyPurge && chance(50),
                        chance(5),
                denyPurge, false, rarely(15, 1, 5, 100), chance(50), rarely(5, 1, 2));
    }

    /** Returns a configuration with the same storage and retention. */
    private StreamSetup changed(StreamSetup from) {
        StreamSetup other = stream();
        return new StreamSetup(from.memory(), from.retention(), other.discardNew(), other.newPerSubject(),
                other.maxMsgs(),
                other.maxBytes(), other.maxPerSubject(), other.maxMsgSize(), other.maxAge(), other.maxAge() > 0 ? 0
                        : other.window(),
                other.rollup() && !other.denyPurge() && !from.denyPurge(), other.denyDelete() || from.denyDelete(),
                        other.denyPurge() || from.denyPurge(),
                chance(3), from.firstSeq(), other.direct(), from.maxConsumers());
    }

    List<Step> steps(StreamSetup stream, int count) {
        List<Step> steps = new ArrayList<>();
        while (steps.size() < count)
            steps.add(step(stream));
        return steps;
    }

    private Step step(StreamSetup stream) {
        int kind = random.nextInt(100);
        String consumer = any(CONSUMERS);
        if (kind < 32)
            return publish();
        if (kind < 36)
            return new Steps.DeleteMessage(random.nextInt(12) - 1);
        if (kind < 39)
            return purge();
        if (kind < 42)
            return new Steps.GetMessage(random.nextInt(12) - 1, chance(30) ? any(FILTERS) : "", chance(30)
                    ? any(FILTERS) : "", chance(40));
        if (kind < 51)
            return new Steps.CreateConsumer(consumer(consumer, stream.retention().equals("workqueue")));
        if (kind < 54)
            return new Steps.UpdateConsumer(consumer, CONSUMER_FILTERS.get(random.nextInt(CONSUMER_FILTERS.size())),
                    any(1, 2, 5, 1000), any(5_010L, 9_010L),
                    any(-1, 2, 3, 5), chance(20));
        if (kind < 55)
            return new Steps.DeleteConsumer(consumer);
        if (kind < 74)
            return pull(consumer);
        if (kind < 76)
            return new Steps.Leave(consumer);
        if (kind < 79)
            return new Steps.Listen(consumer, chance(70));
        if (kind < 93)
            return new Steps.Ack(consumer, chance(70) ? random.nextInt(4) : random.nextInt(20), payload(), chance(70));
        if (kind < 94)
            return new Steps.UpdateStream(changed(stream));
        return new Steps.Wait(chance(10) ? 250 : random.nextInt(12));
    }

    private Step publish() {
        boolean headers = chance(30);
        return new Steps.Publish(any(SUBJECTS), chance(80) ? random.nextInt(10) : random.nextInt(120),
                headers && chance(60) ? "id" + random.nextInt(6) : "", headers && chance(15)
                ? (Integer) rarely(30, 1, 3) : null,
                headers && chance(25) ? (Integer) rarely(30, 1, 3) : null, headers && chance(15) ? any("", "id1")
                        : null,
                headers && chance(20) ? any("sub", "all") : "");
    }

    private Step purge() {
        return new Steps.Purge(chance(50) ? any(FILTERS) : ">", chance(40) ? random.nextInt(10) - 1 : -1,
                rarely(30, 1, 2, 4));
    }

    private ConsumerSetup consumer(String name, boolean queue) {
        boolean push = chance(25), durable = chance(60);
        String start = queue && chance(90) ? "all" : any("all", "all", "last", "new", "by_start_sequence",
                "by_start_time", "last_per_subject");
        String acks = queue && chance(90) ? "explicit" : any("explicit", "explicit", "all", "none");
        int maxDeliver = chance(30) ? any(1, 2, 3) : -1;
        List<Long> backoff = !acks.equals("none") && chance(20) ? List.of(2_010L, 7_010L) : List.of();
        if (!backoff.isEmpty() && maxDeliver > 0)
            maxDeliver = 3;
        List<String> filters = CONSUMER_FILTERS.get(random.nextInt(CONSUMER_FILTERS.size()));
        if (start.equals("last_per_subject") && filters.isEmpty())
            filters = List.of("s.>");
        long at = start.equals("by_start_sequence") ? 1 + random.nextInt(20) : random.nextInt(60);
        return new ConsumerSetup(name, durable, start, at, acks, acks.equals("none") ? 0 : any(5_010L, 20_010L),
                maxDeliver, backoff,
                filters, chance(40) ? any(1, 2, 3) : 1000, chance(10) ? 2 : 512, chance(10), push, push && chance(40)
                        ? 2_003 : 0,
                durable ? rarely(10, 100_600) : 100_600);
    }

    private Step pull(String consumer) {
        boolean noWait = chance(30);
        long expires = chance(70) ? any(4_500L, 30_500L) : 0;
        return new Steps.Pull(consumer, any(1, 1, 2, 3, 10), expires, noWait, rarely(20, 40, 80, 200),
                chance(15) ? any(2_003L, 3_007L) : 0);
    }

    private String payload() {
        return any("", "+ACK", "+ACK", "+ACK", "-NAK", "-NAK", "-NAK {\"delay\": 3020000000}", "+WPI", "+TERM",
                "+TERM reason", "+NXT",
                "+NXT 2", "nonsense");
    }
}
