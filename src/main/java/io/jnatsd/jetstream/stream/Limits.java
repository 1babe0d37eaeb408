package io.jnatsd.jetstream.stream;

import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.SubjectFilter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Removes what is above the limits of a stream: by age, by number and bytes, and by the number of a subject (JetStream:
 * limits and discard). Threads: the actor of the stream.
 */
final class Limits {
    /** Messages are removed by their age at most so often. */
    private static final long AGE_PAUSE = 250_000_000;

    private final Stream stream;
    private final MessageStore store;
    private long nextAgeCheck = Long.MAX_VALUE;

    Limits(Stream stream, MessageStore store) {
        this.stream = stream;
        this.store = store;
    }

    /** Returns when {@link #run} is to be called, {@link Long#MAX_VALUE} for never. */
    long nextDeadline() {
        return nextAgeCheck;
    }

    /** Removes messages by their age, if it is time. */
    void run(long now) {
        if (nextAgeCheck > now)
            return;
        removeOlder();
        planAgeCheck();
    }

    private void planAgeCheck() {
        long maxAge = stream.config().maxAge();
        MessageStore.State state = store.state();
        nextAgeCheck = maxAge == 0 || state.messages() == 0 ? Long.MAX_VALUE
                : stream.now() + Math.max(state.firstTime() + maxAge - stream.wallClock(), AGE_PAUSE);
    }

    private void removeOlder() {
        if (stream.config().maxAge() == 0)
            return;
        long oldest = stream.wallClock() - stream.config().maxAge();
        for (MessageStore.State state; (state = store.state()).messages() > 0 && state.firstTime() < oldest;)
            store.removeFirst();
    }

    /** A message on a subject was stored. */
    void stored(byte[] subject, int start, int length) {
        StreamConfig config = stream.config();
        if (config.maxAge() > 0 && nextAgeCheck == Long.MAX_VALUE)
            planAgeCheck();
        long perSubject = config.maxMsgsPerSubject();
        if (perSubject > 0)
            while (store.count(subject, start, length) > perSubject)
                store.removeFirstOf(subject, start, length);
        enforceTotals(config);
    }

    /** The limits may have changed. */
    void enforce() {
        removeOlder();
        planAgeCheck();
        if (stream.config().maxMsgsPerSubject() > 0)
            enforcePerSubject(stream.config().maxMsgsPerSubject());
        enforceTotals(stream.config());
    }

    private void enforcePerSubject(long most) {
        Map<String, Long> above = new HashMap<>();
        store.subjects(SubjectFilter.ALL, (subject, count) -> {
            if (count > most)
                above.put(subject, count);
        });
        above.forEach((subject, count) -> {
            byte[] bytes = subject.getBytes(StandardCharsets.ISO_8859_1);
            for (long left = count; left > most; left--)
                store.removeFirstOf(bytes, 0, bytes.length);
        });
    }

    private void enforceTotals(StreamConfig config) {
        if (config.maxMsgs() < 0 && config.maxBytes() < 0)
            return;
        for (MessageStore.State state; exceeds(config, state = store.state()) && state.messages() > 0;)
            store.removeFirst();
    }

    private static boolean exceeds(StreamConfig config, MessageStore.State state) {
        return config.maxMsgs() >= 0 && state.messages() > config.maxMsgs()
                || config.maxBytes() >= 0 && state.bytes() > config.maxBytes();
    }
}
