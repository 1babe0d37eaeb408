package io.jnatsd.jetstream.consumer;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * How far a consumer is: which messages were delivered, which of them wait for an ack, and up to where all are done.
 * Threads: the actor of the stream.
 */
public final class Progress {
    /** A consumer sequence and a stream sequence; the time is null if there was nothing yet. */
    public record Position(long consumerSequence, long streamSequence, Instant time) {
    }

    private final PendingMessages pending = new PendingMessages();
    /** The messages that were delivered as often as allowed, and never acknowledged. */
    private final Set<Long> exhausted = new HashSet<>();
    private long nextConsumerSequence = 1;
    private long deliveredSequence;
    private Instant lastDelivery;
    private long floorConsumerSequence;
    private long floorSequence;
    private Instant lastAck;

    /** @param before the sequence before the first one */
    void begin(long before) {
        deliveredSequence = floorSequence = before;
    }

    PendingMessages pending() {
        return pending;
    }

    /** Returns how many messages it remembers. */
    int size() {
        return pending.size() + exhausted.size();
    }

    boolean knows(long sequence) {
        return pending.get(sequence) != null || !exhausted.isEmpty() && exhausted.contains(sequence);
    }

    int exhausted() {
        return exhausted.size();
    }

    long nextConsumerSequence() {
        return nextConsumerSequence;
    }

    /** A message is delivered; returns its consumer sequence. */
    long deliver() {
        return nextConsumerSequence++;
    }

    /** A message was delivered for the first time. */
    void reached(long sequence) {
        deliveredSequence = Math.max(deliveredSequence, sequence);
    }

    /** Messages were sent. */
    void sent(Instant time) {
        lastDelivery = time;
    }

    /** Without acks a message is done when it is delivered. */
    void done(long consumerSequence, long sequence) {
        floorConsumerSequence = consumerSequence;
        floorSequence = sequence;
    }

    boolean wasDelivered(long sequence) {
        return sequence <= deliveredSequence;
    }

    /** Forgets a message that was delivered; returns false if it is not known. */
    boolean forget(long sequence) {
        return pending.remove(sequence) != null || !exhausted.isEmpty() && exhausted.remove(sequence);
    }

    /** A message was acknowledged; returns false if it is not known. One that was delivered as often as allowed still can be. */
    boolean acknowledge(long sequence, Instant time) {
        boolean known = forget(sequence);
        if (known)
            lastAck = time;
        return known;
    }

    /** Calls back with all that were delivered before a sequence. */
    void forEachBefore(long sequence, LongConsumer visitor) {
        for (Pending oldest; (oldest = pending.first()) != null && oldest.sequence < sequence;)
            visitor.accept(oldest.sequence);
        if (!exhausted.isEmpty())
            exhausted.stream().filter(each -> each < sequence).toList().forEach(visitor::accept);
    }

    /** A message was delivered as often as allowed. */
    void exhaust(Pending waiting) {
        pending.remove(waiting.sequence);
        exhausted.add(waiting.sequence);
        moveFloor();
    }

    void moveFloor() {
        Pending oldest = pending.first();
        if (oldest == null) {
            floorConsumerSequence = nextConsumerSequence - 1;
            floorSequence = deliveredSequence;
        } else {
            floorConsumerSequence = oldest.consumerSequence - 1;
            floorSequence = oldest.sequence - 1;
        }
    }

    Instant lastAck() {
        return lastAck;
    }

    Position delivered() {
        return new Position(nextConsumerSequence - 1, nextConsumerSequence == 1 ? floorSequence : deliveredSequence, lastDelivery);
    }

    Position floor() {
        return new Position(floorConsumerSequence, floorSequence, lastAck);
    }

    // ---- files -------------------------------------------------------------------------------------------------

    /** Returns the messages that wait for an ack; see {@link SavedConsumer}. */
    long[] savedPending() {
        long[] saved = new long[SavedConsumer.PENDING * pending.size()];
        int at = 0;
        for (Pending each = pending.first(); each != null; each = each.after) {
            saved[at++] = each.sequence;
            saved[at++] = each.consumerSequence;
            saved[at++] = each.deliveries;
        }
        return saved;
    }

    long[] savedExhausted() {
        return exhausted.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Takes over what was saved.
     *
     * @param exists whether the stream still has a message
     * @return the messages that wait for an ack
     */
    List<Pending> restore(SavedConsumer saved, LongPredicate exists) {
        nextConsumerSequence = saved.delivered().consumerSequence() + 1;
        deliveredSequence = saved.delivered().streamSequence();
        lastDelivery = saved.delivered().time();
        floorConsumerSequence = saved.floor().consumerSequence();
        floorSequence = saved.floor().streamSequence();
        lastAck = saved.floor().time();
        for (long each : saved.exhausted())
            if (exists.test(each))
                exhausted.add(each);
        long[] numbers = saved.pending();
        for (int i = 0; i < numbers.length; i += SavedConsumer.PENDING) {
            if (!exists.test(numbers[i]))
                continue;
            Pending waiting = new Pending(numbers[i], numbers[i + 1]);
            waiting.deliveries = (int) numbers[i + 2];
            pending.add(waiting);
        }
        return pending.all();
    }
}
