package io.jnatsd.jetstream.consumer;

import io.jnatsd.jetstream.store.SubjectFilter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * The streams that have push consumers, by deliver subject. A subscription costs little if no consumer delivers to it,
 * however many streams and consumers there are. Threads: any thread.
 *
 * @param <S> a stream
 */
public final class DeliverSubjects<S> {
    private final NavigableMap<String, Collection<S>> streams = new ConcurrentSkipListMap<>();

    /** A stream has a consumer that delivers to a subject. */
    public void add(String subject, S stream) {
        streams.merge(subject, List.of(stream), (before, added) -> {
            Set<S> all = new HashSet<>(before);
            all.addAll(added);
            return Set.copyOf(all);
        });
    }

    /** A stream has no consumer any more that delivers to a subject. */
    public void remove(String subject, S stream) {
        streams.computeIfPresent(subject, (key, before) -> {
            Set<S> left = new HashSet<>(before);
            left.remove(stream);
            return left.isEmpty() ? null : Set.copyOf(left);
        });
    }

    /** Returns the streams with a consumer whose deliver subject is subscribed. */
    public Collection<S> of(String subscribed) {
        Set<S> found = new HashSet<>();
        forEach(streams, subscribed, found::addAll);
        return found;
    }

    /** Visits the values of the keys that a subscription matches. */
    static <V> void forEach(NavigableMap<String, V> bySubject, String subscribed, Consumer<? super V> visitor) {
        int wildcard = wildcard(subscribed);
        if (wildcard < 0) {
            V value = bySubject.get(subscribed);
            if (value != null)
                visitor.accept(value);
            return;
        }
        String prefix = subscribed.substring(0, wildcard);
        SubjectFilter filter = null;
        for (Map.Entry<String, V> entry : bySubject.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix))
                return;
            if (filter == null)
                filter = SubjectFilter.of(subscribed);
            byte[] subject = entry.getKey().getBytes(StandardCharsets.ISO_8859_1);
            if (filter.matches(subject, subject.length))
                visitor.accept(entry.getValue());
        }
    }

    /** Returns where the first wildcard is, -1 if there is none. */
    private static int wildcard(String subject) {
        for (int start = 0; start < subject.length();) {
            char first = subject.charAt(start);
            int dot = subject.indexOf('.', start), end = dot < 0 ? subject.length() : dot;
            if (end == start + 1 && (first == '*' || first == '>'))
                return start;
            start = end + 1;
        }
        return -1;
    }
}
