package io.jnatsd.jetstream.consumer;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ConsumerConfig.AckPolicy;
import io.jnatsd.jetstream.config.ConsumerConfig.DeliverPolicy;
import io.jnatsd.jetstream.config.ConsumerConfig.ReplayPolicy;
import io.jnatsd.jetstream.consumer.DeliveryState.Kind;
import io.jnatsd.jetstream.store.MessageStore;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A consumer of a stream: which message comes next, which ones wait for an ack, and when they are delivered again
 * (JetStream: delivery and acks). New messages come in the order of the stream; a message that is delivered again comes
 * before them.
 *
 * <p>Threads: the actor of the stream.
 */
public final class Consumer {
    /** A message is delivered again this much earlier, so that one wake-up serves those that are due together. */
    private static final long SLACK = 1_000_000;

    private final Host host;
    private final Instant created;
    private ConsumerConfig config;
    private List<SubjectFilter> filters;
    private final AckSubject.Builder ackSubject;
    private final Taker taker;

    /** The sequence in the stream from which on messages are new. */
    private long next;
    /** What comes before {@code next}. */
    private final LastPerSubject firstOnes;
    /** The messages that were not delivered yet. */
    private long available;
    private long nextConsumerSequence = 1;
    private long deliveredSequence;
    private Instant lastDelivery;
    private long floorConsumerSequence;
    private long floorSequence;
    private Instant lastAck;
    private final TreeMap<Long, Pending> pending = new TreeMap<>();
    /** The messages of {@code pending} that are to be delivered again now. */
    private final TreeSet<Long> again = new TreeSet<>();
    /** The messages that were delivered as often as allowed, and never acknowledged. */
    private final Set<Long> exhausted = new HashSet<>();
    private final Replay replay;
    private long lastActivity;
    private boolean hadInterest;
    private boolean ended;
    private final StoredMessage message = new StoredMessage();

    /** @param config complete, with a name */
    public Consumer(Host host, ConsumerConfig config, Instant created) {
        this.host = host;
        this.config = config;
        this.created = created;
        this.filters = filters(config);
        this.ackSubject = new AckSubject.Builder(host.stream(), config.name());
        this.taker = config.isPush() ? new PushTarget(this, host) : new PullRequests(this, host);
        this.firstOnes = new LastPerSubject(config.deliverPolicy() == DeliverPolicy.LAST_PER_SUBJECT
                ? host.store().lastOfEach(filters) : new long[0]);
        begin();
        floorSequence = (firstOnes.isEmpty() ? next : firstOnes.first()) - 1;
        deliveredSequence = floorSequence;
        lastActivity = host.now();
        replay = new Replay(config.replayPolicy() == ReplayPolicy.ORIGINAL ? host.store().state().last() : 0, lastActivity);
        hadInterest = taker.isActive();
        scheduleExpiry();
    }

    private static List<SubjectFilter> filters(ConsumerConfig config) {
        return config.filters().stream().map(SubjectFilter::of).toList();
    }

    private void begin() {
        MessageStore store = host.store();
        MessageStore.State state = store.state();
        long end = state.last() + 1;
        next = switch (config.deliverPolicy()) {
            case ALL, UNDEFINED -> state.first();
            case LAST -> lastMatch(store, end);
            case NEW, LAST_PER_SUBJECT -> end;
            case BY_START_SEQUENCE -> Math.max(config.optStartSeq(), state.first());
            case BY_START_TIME -> store.firstSince(nanos(config.optStartTime()));
        };
        available = firstOnes.count() + store.count(filters, next);
    }

    private long lastMatch(MessageStore store, long end) {
        long last = store.previous(filters, end);
        return last < 0 ? end : last;
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    // ---- what the stream tells ---------------------------------------------------------------------------------

    /** Returns whether it selects a message. */
    public boolean selects(StoredMessage stored) {
        return selects(stored.subject(), stored.subjectLength());
    }

    /** Returns whether it selects a subject. */
    public boolean selects(byte[] subject, int length) {
        if (filters.isEmpty())
            return true;
        for (SubjectFilter filter : filters)
            if (filter.matches(subject, length))
                return true;
        return false;
    }

    /** A message that it selects was stored. */
    public void stored(long sequence) {
        if (sequence >= next)
            available++;
    }

    /**
     * A message is about to be removed from the stream.
     *
     * @return whether there may be something to deliver, or to tell those who wait
     */
    public boolean removed(StoredMessage gone) {
        long sequence = gone.sequence();
        boolean wasNew = sequence >= next ? selects(gone) : firstOnes.remove(sequence);
        if (wasNew)
            available--;
        exhausted.remove(sequence);
        boolean wasPending = pending.remove(sequence) != null;
        if (wasPending) {
            again.remove(sequence);
            moveFloor();
        }
        return wasNew || wasPending;
    }

    /** Returns whether a stream must keep a message for it. The message must be one that it selects. */
    public boolean needs(long sequence) {
        return sequence >= next || pending.containsKey(sequence) || exhausted.contains(sequence)
                || firstOnes.contains(sequence);
    }

    // ---- delivery ----------------------------------------------------------------------------------------------

    /** Delivers as much as possible. */
    public void deliver() {
        if (ended)
            return;
        boolean any = false;
        while (true) {
            Destination to = taker.target();
            if (to == null)
                break;
            long sequence = nextToDeliver();
            if (sequence < 0)
                break;
            if (!deliver(to, sequence))
                break;
            any = true;
        }
        if (any)
            lastActivity = host.now();
        if (again.isEmpty() && available == 0)
            taker.drained();
        schedule(taker.run(host.now()));
    }

    /** Returns the sequence of the next message, -1 if there is none, or it has to wait. */
    private long nextToDeliver() {
        while (!again.isEmpty()) {
            long sequence = again.first();
            Pending waiting = pending.get(sequence);
            if (waiting.deliveries < config.mostDeliveries())
                return sequence;
            exhaust(sequence, waiting);
        }
        if (available == 0 || pending.size() >= config.mostPending())
            return -1;
        if (!firstOnes.isEmpty())
            return firstOnes.first();
        long found = host.store().next(filters, next);
        if (found < 0) {
            next = Math.max(next, host.store().state().last() + 1);
            return -1;
        }
        next = found;
        return replay.covers(found) && mustPause(found) ? -1 : found;
    }

    private boolean mustPause(long sequence) {
        if (!host.store().load(sequence, message))
            return false;
        long now = host.now(), due = replay.due(message.time(), now);
        if (due > now)
            schedule(due);
        return due > now;
    }

    /** Returns false if nobody received the message. */
    private boolean deliver(Destination to, long sequence) {
        Pending waiting = pending.get(sequence);
        if (!host.store().load(sequence, message)) {
            // Cannot happen: removed() is called for every message that goes.
            throw new IllegalStateException("message " + sequence + " of stream " + host.stream() + " is gone");
        }
        int deliveries = waiting == null ? 1 : waiting.deliveries + 1;
        long left = waiting == null ? available - 1 : available;
        ackSubject.set(deliveries, sequence, nextConsumerSequence, message.time(), left);
        int size = message.subjectLength() + ackSubject.length() + message.length();
        if (!taker.fits(size))
            return true;
        if (!host.send(to, message, ackSubject, config.hasHeadersOnly())) {
            taker.unreachable();
            return taker instanceof PullRequests;
        }
        taker.sent(size);
        sent(sequence, waiting, deliveries);
        return true;
    }

    private void sent(long sequence, Pending before, int deliveries) {
        long now = host.now(), consumerSequence = nextConsumerSequence++;
        lastDelivery = Instant.now();
        if (before == null) {
            available--;
            if (!firstOnes.isEmpty())
                firstOnes.removeFirst();
            else
                next = sequence + 1;
            deliveredSequence = Math.max(deliveredSequence, sequence);
            replay.delivered(message.time());
        } else {
            again.remove(sequence);
        }
        if (config.ackPolicy() == AckPolicy.NONE) {
            floorConsumerSequence = consumerSequence;
            floorSequence = sequence;
            host.consumed(this, sequence);
            return;
        }
        Pending waiting = before != null ? before : new Pending(consumerSequence);
        waiting.deliveries = deliveries;
        waiting.delivered = now;
        waiting.due = due(now, config.wait(deliveries));
        if (before == null)
            pending.put(sequence, waiting);
        schedule(waiting.due);
    }

    private static long due(long now, long wait) {
        return wait == Long.MAX_VALUE ? Long.MAX_VALUE : now + wait;
    }

    private void exhaust(long sequence, Pending waiting) {
        again.remove(sequence);
        pending.remove(sequence);
        exhausted.add(sequence);
        moveFloor();
        host.publish(new ConsumerEvent.MaxDeliveries(config.name(), sequence, waiting.deliveries));
    }

    // ---- acks --------------------------------------------------------------------------------------------------

    /**
     * Handles an ack.
     *
     * @param reply the subject to answer to, empty for none
     */
    public void ack(AckSubject subject, String reply, byte[] payload, int start, int length) {
        if (ended || subject.streamSequence() > deliveredSequence)
            return;
        lastActivity = host.now();
        AckPayload said = AckPayload.parse(payload, start, length);
        long sequence = subject.streamSequence();
        switch (said.kind()) {
            case ACK, NEXT -> acknowledge(sequence);
            case NAK -> refuse(sequence, said.delay());
            case PROGRESS -> progress(sequence);
            case TERM -> terminate(sequence, said.text());
            case UNKNOWN -> { }
        }
        if (said.kind() == AckPayload.Kind.NEXT) {
            if (!reply.isEmpty())
                pull(reply, said.text().getBytes(StandardCharsets.UTF_8), 0, said.text().length());
        } else if (!reply.isEmpty()) {
            host.sendEmpty(reply);
        }
        deliver();
    }

    private void acknowledge(long sequence) {
        if (config.ackPolicy() == AckPolicy.ALL) {
            List<Long> done = new ArrayList<>(pending.headMap(sequence, true).keySet());
            for (long each : done)
                take(each);
        } else if (config.ackPolicy() == AckPolicy.EXPLICIT) {
            exhausted.remove(sequence);
            Pending waiting = pending.get(sequence);
            if (waiting != null)
                sample(sequence, waiting);
            take(sequence);
        }
        moveFloor();
    }

    private void sample(long sequence, Pending waiting) {
        int percentage = config.samplePercentage();
        if (percentage > 0 && ThreadLocalRandom.current().nextInt(100) < percentage)
            host.publish(new ConsumerEvent.Acked(config.name(), waiting.consumerSequence, sequence,
                    host.now() - waiting.delivered, waiting.deliveries));
    }

    /** A message is done. */
    private void take(long sequence) {
        Pending waiting = pending.remove(sequence);
        again.remove(sequence);
        if (waiting == null)
            return;
        lastAck = Instant.now();
        host.consumed(this, sequence);
    }

    private void refuse(long sequence, long delay) {
        Pending waiting = pending.get(sequence);
        if (waiting == null)
            return;
        host.publish(new ConsumerEvent.Naked(config.name(), waiting.consumerSequence, sequence, waiting.deliveries));
        if (delay > 0) {
            again.remove(sequence);
            waiting.due = host.now() + delay;
            schedule(waiting.due);
        } else {
            again.add(sequence);
        }
    }

    private void progress(long sequence) {
        Pending waiting = pending.get(sequence);
        if (waiting == null)
            return;
        again.remove(sequence);
        waiting.due = due(host.now(), config.wait(waiting.deliveries));
        schedule(waiting.due);
    }

    private void terminate(long sequence, String reason) {
        Pending waiting = pending.get(sequence);
        if (waiting == null)
            return;
        host.publish(new ConsumerEvent.Terminated(config.name(), waiting.consumerSequence, sequence, waiting.deliveries,
                reason.isEmpty() ? null : reason));
        take(sequence);
        moveFloor();
    }

    private void moveFloor() {
        Map.Entry<Long, Pending> oldest = pending.firstEntry();
        if (oldest == null) {
            floorConsumerSequence = nextConsumerSequence - 1;
            floorSequence = deliveredSequence;
        } else {
            floorConsumerSequence = oldest.getValue().consumerSequence - 1;
            floorSequence = oldest.getKey() - 1;
        }
    }

    // ---- requests ----------------------------------------------------------------------------------------------

    /** Handles a pull request. */
    public void pull(String reply, byte[] payload, int start, int length) {
        if (!(taker instanceof PullRequests requests)) {
            host.sendStatus(new Destination(reply), "409 Consumer is push based", "", "");
            return;
        }
        lastActivity = host.now();
        requests.add(reply, payload, start, length);
        deliver();
    }

    /** A client has answered a flow control request. */
    public void flowControl(String subject) {
        if (taker instanceof PushTarget target) {
            target.confirmed(subject);
            deliver();
        }
    }

    /** Somebody has subscribed or unsubscribed the deliver subject. */
    public void interestChanged() {
        boolean has = taker.isActive();
        if (has || hadInterest)
            lastActivity = host.now();
        if (has && !hadInterest && taker instanceof PushTarget target)
            target.begin();
        hadInterest = has;
        scheduleExpiry();
        deliver();
    }

    // ---- time --------------------------------------------------------------------------------------------------

    private void schedule(long deadline) {
        if (deadline != Long.MAX_VALUE)
            host.wake(this, deadline);
    }

    private void scheduleExpiry() {
        if (config.inactiveThreshold() != null)
            schedule(lastActivity + config.inactiveThreshold());
    }

    /** Does what is due. */
    public void run() {
        if (ended)
            return;
        long now = host.now();
        for (Map.Entry<Long, Pending> each : pending.entrySet()) {
            Pending waiting = each.getValue();
            if (waiting.due <= now + SLACK)
                retry(each.getKey(), waiting);
            else
                schedule(waiting.due);
        }
        giveUp();
        if (expired(now)) {
            host.expire(this);
            return;
        }
        deliver();
    }

    private void retry(long sequence, Pending waiting) {
        waiting.due = Long.MAX_VALUE;
        again.add(sequence);
    }

    /** Messages whose time is up after their last delivery are given up, also if nobody takes messages. */
    private void giveUp() {
        for (long sequence : List.copyOf(again)) {
            Pending waiting = pending.get(sequence);
            if (waiting.due == Long.MAX_VALUE && waiting.deliveries >= config.mostDeliveries())
                exhaust(sequence, waiting);
        }
    }

    private boolean expired(long now) {
        if (config.inactiveThreshold() == null)
            return false;
        if (taker.isActive()) {
            lastActivity = now;
            if (!config.isPush())
                scheduleExpiry();
            return false;
        }
        if (now < lastActivity + config.inactiveThreshold()) {
            scheduleExpiry();
            return false;
        }
        // The end of the last ack's time is a wake-up of its own.
        return !hasAckRunning();
    }

    /** A pull consumer is not idle while a message may still be acknowledged in time. */
    private boolean hasAckRunning() {
        return !config.isPush() && pending.size() > again.size();
    }

    // ---- changes -----------------------------------------------------------------------------------------------

    /** Applies a configuration that {@link ConsumerUpdate} allows. */
    public void update(ConsumerConfig changed) {
        List<SubjectFilter> before = filters;
        boolean slower = !Objects.equals(changed.ackWait(), config.ackWait());
        config = changed;
        filters = filters(changed);
        if (!filters.equals(before)) {
            firstOnes.keep(sequence -> host.store().load(sequence, message) && selects(message));
            available = firstOnes.count() + host.store().count(filters, next);
        }
        if (slower)
            for (Pending waiting : pending.values())
                if (waiting.due != Long.MAX_VALUE)
                    waiting.due = due(waiting.delivered, config.wait(waiting.deliveries));
        if (taker instanceof PushTarget target)
            target.configure();
        scheduleExpiry();
        run();
    }

    /** Messages below a sequence were purged: those that come next are at or above it. */
    public void purged(long first) {
        if (next < first) {
            next = first;
            available = firstOnes.count() + host.store().count(filters, next);
        }
        if (pending.isEmpty() && floorSequence < first - 1)
            floorSequence = Math.max(floorSequence, Math.min(deliveredSequence, first - 1));
    }

    /** Ends it: those who wait get a status. */
    public void end(String status) {
        ended = true;
        taker.end(status);
    }

    // ---- what others see ---------------------------------------------------------------------------------------

    public ConsumerConfig config() {
        return config;
    }

    public Instant created() {
        return created;
    }

    /** Returns how many messages a pull request that does not wait could get. */
    long available() {
        return available + again.size();
    }

    String positionHeaders() {
        return "Nats-Last-Consumer: " + (nextConsumerSequence - 1) + "\r\nNats-Last-Stream: " + deliveredSequence + "\r\n";
    }

    /** A consumer sequence and a stream sequence; the time is null if there was nothing yet. */
    public record Position(long consumerSequence, long streamSequence, Instant time) {
    }

    public Position delivered() {
        return new Position(nextConsumerSequence - 1, nextConsumerSequence == 1 ? floorSequence : deliveredSequence, lastDelivery);
    }

    public Position ackFloor() {
        return new Position(floorConsumerSequence, floorSequence, lastAck);
    }

    public int unacknowledged() {
        return pending.size();
    }

    /** Returns the number of messages that were delivered more than once and are not acknowledged. */
    public long redelivered() {
        if (config.mostDeliveries() == 1)
            return 0;
        return exhausted.size() + pending.values().stream().filter(waiting -> waiting.deliveries > 1).count();
    }

    public int waitingPulls() {
        return taker instanceof PullRequests requests ? requests.count() : 0;
    }

    public long undelivered() {
        return available;
    }

    /** Returns whether it delivers messages, and if not, why. */
    public DeliveryState deliveryState() {
        long now = host.now();
        if (!again.isEmpty())
            return taker.state(now);
        if (available == 0)
            return awaitsRedelivery(now);
        if (pending.size() >= config.mostPending())
            return DeliveryState.of(Kind.MAX_ACK_PENDING);
        DeliveryState state = taker.state(now);
        return state.kind() == Kind.RUNNING && replay.due() > now ? new DeliveryState(Kind.REPLAY, replay.due() - now) : state;
    }

    private DeliveryState awaitsRedelivery(long now) {
        long due = Long.MAX_VALUE;
        for (Pending waiting : pending.values())
            due = Math.min(due, waiting.due);
        return due == Long.MAX_VALUE ? DeliveryState.of(Kind.NO_MESSAGES)
                : new DeliveryState(Kind.REDELIVERY, Math.max(due - now, 1));
    }

    /** Returns whether somebody subscribes the deliver subject of a push consumer. */
    public boolean isBound() {
        return taker instanceof PushTarget && taker.isActive();
    }
}
