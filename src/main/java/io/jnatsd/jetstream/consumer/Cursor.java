package io.jnatsd.jetstream.consumer;

import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ConsumerConfig.DeliverPolicy;
import io.jnatsd.jetstream.config.StreamConfig;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import java.time.Instant;
import java.util.List;

/**
 * Where a consumer is in the stream: what it selects, which message comes next, and how many are left. Threads: the actor
 * of the stream.
 */
final class Cursor {
    private final Consumer consumer;
    private final Consumers consumers;
    private final MessageStore store;
    private List<SubjectFilter> filters;
    private Selection.Member[] members;

    /** The sequence in the stream from which on messages are new. */
    private long next;
    /** What comes before {@code next}. */
    private final LastPerSubject firstOnes;
    /** The number of messages that {@link #members} had counted when none was left. */
    private long done;
    /** The first message lies behind the end of the stream, and those before it do not count. */
    private boolean early;
    private final StoredMessage message = new StoredMessage();

    /** @param saved where it was, null for a new consumer */
    Cursor(Consumer consumer, Consumers consumers, MessageStore store, ConsumerConfig config, SavedConsumer saved) {
        this.consumer = consumer;
        this.consumers = consumers;
        this.store = store;
        join(config);
        if (saved != null) {
            firstOnes = new LastPerSubject(saved.firstOnes());
            firstOnes.keep(this::exists);
            next = saved.next();
            settle();
            return;
        }
        firstOnes = new LastPerSubject(config.deliverPolicy() == DeliverPolicy.LAST_PER_SUBJECT ? store.lastOfEach(filters)
                : new long[0]);
        begin(config);
    }

    private void join(ConsumerConfig config) {
        filters = config.filters().stream().map(SubjectFilter::of).toList();
        members = consumers.join(consumer, filters);
    }

    private void begin(ConsumerConfig config) {
        MessageStore.State state = store.state();
        long end = state.last() + 1;
        next = switch (config.deliverPolicy()) {
            case ALL, UNDEFINED -> state.first();
            case LAST -> lastMatch(end);
            case NEW, LAST_PER_SUBJECT -> end;
            // A sequence has no sign.
            case BY_START_SEQUENCE -> Math.max(state.first(), config.optStartSeq() < 0 ? StreamConfig.HIGHEST_FIRST
                    : Math.min(config.optStartSeq(), StreamConfig.HIGHEST_FIRST));
            case BY_START_TIME -> store.firstSince(nanos(config.optStartTime()));
        };
        settle();
    }

    private void settle() {
        early = next > store.state().last() + 1;
        recount();
    }

    /** Returns whether the stream has a message. */
    boolean exists(long sequence) {
        return store.has(sequence);
    }

    /** Returns the sequence from which on messages are new. */
    long next() {
        return next;
    }

    /** Returns the sequences that come before {@link #next}. */
    long[] savedFirstOnes() {
        return firstOnes.left();
    }

    private long lastMatch(long end) {
        long last = store.previous(filters, end);
        return last < 0 ? end : last;
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    /** Returns the number of sequences that are kept because they come first. */
    int firstOnes() {
        return firstOnes.count();
    }

    private long stored() {
        long sum = 0;
        for (Selection.Member member : members)
            sum += member.stored();
        return sum;
    }

    private void recount() {
        done = stored() - firstOnes.count() - store.count(filters, next);
    }

    /** Returns the number of messages that are left. */
    long left() {
        if (early) {
            if (store.state().last() < next)
                return 0;
            early = false;
            recount();
        }
        return stored() - done;
    }

    /** Returns the sequence of the next message. */
    long peek() {
        if (!firstOnes.isEmpty())
            return firstOnes.first();
        long found = store.next(filters, next);
        next = found < 0 ? Math.max(next, store.state().last() + 1) : found;
        return found;
    }

    /** Goes behind the message that {@link #peek} returned. */
    void advance(long sequence) {
        done++;
        if (!firstOnes.isEmpty())
            firstOnes.removeFirst();
        else
            next = sequence + 1;
    }

    /** Returns the sequence that comes next if there is a message with it. */
    long position() {
        return firstOnes.isEmpty() ? next : firstOnes.first();
    }

    /** Returns the last sequence that was delivered or skipped. */
    long examined() {
        if (!firstOnes.isEmpty())
            return firstOnes.first() - 1;
        return left() == 0 ? Math.max(next - 1, store.state().last()) : next - 1;
    }

    /** Returns whether another filter selects all that it can select. */
    boolean isWithin(SubjectFilter wide) {
        return wide.isAll() || !filters.isEmpty() && filters.stream().allMatch(wide::covers);
    }

    /** Returns whether a message that it selects was not delivered yet. */
    boolean isLeft(long sequence) {
        return sequence >= next || firstOnes.contains(sequence);
    }

    /** A message that it selects is about to be removed. Returns whether it was left. */
    boolean removed(long sequence) {
        boolean wasLeft = sequence >= next ? left() > 0 : firstOnes.remove(sequence);
        if (wasLeft)
            done++;
        return wasLeft;
    }

    /** Messages below a sequence were purged: those that come next are at or above it. */
    void purged(long first) {
        if (next < first) {
            next = first;
            recount();
        }
    }

    /** Applies changed filters; returns whether they are others than before. */
    boolean refilter(ConsumerConfig config) {
        if (filters.equals(config.filters().stream().map(SubjectFilter::of).toList()))
            return false;
        consumers.leave(members);
        join(config);
        firstOnes.keep(this::isSelected);
        message.clear();
        recount();
        return true;
    }

    private boolean isSelected(long sequence) {
        if (!store.load(sequence, message))
            return false;
        for (SubjectFilter filter : filters)
            if (filter.matches(message.subject(), message.subjectLength()))
                return true;
        return filters.isEmpty();
    }

    /** Has the consumer deliver when the next message is stored. */
    void await() {
        for (Selection.Member member : members)
            member.await();
    }

    /** The consumer ends. */
    void leave() {
        consumers.leave(members);
    }
}
