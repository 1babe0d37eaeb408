package io.jnatsd.jetstream.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What a stream must, may and must not have after a crash. Requests whose answers were lost may have had an effect or
 * none. Threads: any thread tells it what happens; one thread checks while nothing happens.
 */
final class CrashModel {
    /** How a stream removes messages by itself. */
    enum Kind { PLAIN, LAST_PER_SUBJECT, RING, WORK }

    /** The messages of the stream of kind {@link Kind#RING}. */
    static final int RING = 200;

    /** A message: its subject, and a text that no other message has. */
    record Body(String subject, String id) {
    }

    final String stream;
    final Kind kind;
    /** What the stream has, as far as that is known. */
    private final ConcurrentSkipListMap<Long, Body> messages = new ConcurrentSkipListMap<>();
    /** What was published without an answer yet. */
    private final Map<String, String> unanswered = new ConcurrentHashMap<>();
    /** Sequences that may have been removed, because that was asked for. */
    private final Set<Long> mayBeGone = ConcurrentHashMap.newKeySet();
    private final Set<Long> removed = ConcurrentHashMap.newKeySet();
    /** Each sequence that was ever seen, with its message. */
    private final Map<Long, String> used = new ConcurrentHashMap<>();
    private final List<String> violations = java.util.Collections.synchronizedList(new ArrayList<>());
    /** Messages below this sequence may have been removed. */
    private volatile long purgedBelow;
    private volatile long acknowledged;

    CrashModel(String stream, Kind kind) {
        this.stream = stream;
        this.kind = kind;
    }

    void publishing(String subject, String id) {
        unanswered.put(id, subject);
    }

    /** A message was acknowledged to its publisher. */
    void published(long sequence, String subject, String id) {
        messages.put(sequence, new Body(subject, id));
        unanswered.remove(id);
        use(sequence, id);
        acknowledged++;
    }

    /** The server has refused a message. */
    void refused(String id) {
        unanswered.remove(id);
    }

    long acknowledged() {
        return acknowledged;
    }

    private void use(long sequence, String id) {
        String before = used.putIfAbsent(sequence, id);
        if (before != null && !before.equals(id))
            violation("sequence " + sequence + " was used for " + before + " and for " + id);
    }

    /** The removal of a message is asked for. */
    void removing(long sequence) {
        mayBeGone.add(sequence);
    }

    /** A message was removed, which was answered. */
    void removed(long sequence) {
        removed.add(sequence);
        messages.remove(sequence);
    }

    /** A purge is asked for. Messages below it may be acknowledged to their publishers only afterwards. */
    void purging(long below) {
        purgedBelow = Math.max(purgedBelow, below);
    }

    void purged(long below) {
        removed.addAll(messages.headMap(below).keySet());
        messages.headMap(below).clear();
    }

    /** Returns a message, null if it is not known. */
    Body body(long sequence) {
        return messages.get(sequence);
    }

    List<Long> sequences() {
        return List.copyOf(messages.keySet());
    }

    void violation(String text) {
        violations.add(stream + ": " + text);
    }

    /**
     * Compares with what the stream has, and takes that over.
     *
     * @param mayBeLost the sequences of damaged records
     * @param mayBeBack whether removed messages may be there again, because the list of them was damaged
     */
    List<String> check(TreeMap<Long, Body> found, Set<Long> mayBeLost, boolean mayBeBack) {
        Map<String, Long> last = new HashMap<>();
        found.forEach((sequence, body) -> last.put(body.subject, sequence));
        found.forEach((sequence, body) -> checkFound(sequence, body, mayBeBack));
        messages.forEach((sequence, body) -> {
            if (found.containsKey(sequence) || mayBeLost.contains(sequence) || mayBeGone.contains(sequence)
                    || sequence < purgedBelow)
                return;
            boolean replaced = switch (kind) {
                case LAST_PER_SUBJECT -> last.getOrDefault(body.subject, 0L) > sequence;
                case RING -> !found.isEmpty() && found.lastKey() >= sequence + RING;
                case PLAIN, WORK -> false;
            };
            if (!replaced && !isReplacedByLost(sequence, body, mayBeLost))
                violation("message " + sequence + ", which was acknowledged, is gone: " + body);
        });
        messages.clear();
        messages.putAll(found);
        unanswered.clear();
        mayBeGone.clear();
        purgedBelow = 0;
        List<String> result = List.copyOf(violations);
        violations.clear();
        return result;
    }

    /** A message may have been replaced by one that was damaged afterwards. */
    private boolean isReplacedByLost(long sequence, Body body, Set<Long> mayBeLost) {
        return switch (kind) {
            case LAST_PER_SUBJECT -> mayBeLost.stream().anyMatch(lost -> lost > sequence
                    && (!messages.containsKey(lost) || messages.get(lost).subject.equals(body.subject)));
            case RING -> mayBeLost.stream().anyMatch(lost -> lost >= sequence + RING);
            case PLAIN, WORK -> false;
        };
    }

    private void checkFound(long sequence, Body body, boolean mayBeBack) {
        use(sequence, body.id);
        Body expected = messages.get(sequence);
        if (expected != null && !expected.equals(body))
            violation("message " + sequence + " is " + body + " and not " + expected);
        if (expected == null && !mayBeBack && removed.contains(sequence))
            violation("message " + sequence + ", which was removed, is there again: " + body);
        if (expected == null && !unanswered.containsKey(body.id) && !removed.contains(sequence) && !mayBeBack && kind == Kind.PLAIN)
            violation("message " + sequence + " was not published: " + body);
    }
}
