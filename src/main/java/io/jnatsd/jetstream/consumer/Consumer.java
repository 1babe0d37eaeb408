package io.jnatsd.jetstream.consumer;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.jetstream.config.ConsumerConfig.AckPolicy;
import io.jnatsd.jetstream.config.ConsumerConfig.ReplayPolicy;
import io.jnatsd.jetstream.consumer.DeliveryState.Kind;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.jetstream.store.SubjectFilter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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

    /** A deliver loop that has sent as many bytes as this gives way to others. */
    private static final int TURN_BYTES = 128 * 1024;

    /** What those who wait are told when it is deleted. */
    public static final String DELETED = "409 Consumer Deleted";

    /** When the consumer has something to do. */
    static final class Wake extends Deadlines.Element {
        final Consumer consumer;

        private Wake(Consumer consumer) {
            this.consumer = consumer;
        }
    }

    private final Consumers consumers;
    private final Host host;
    private final Instant created;
    private final Wake wake = new Wake(this);
    /** The consumer is in the queue of those that may have something to deliver. */
    private boolean ready;
    private ConsumerConfig config;
    private final Cursor cursor;
    private final AckSubject.Builder ackSubject;
    private final Taker taker;
    private final Progress progress = new Progress();
    private final PendingMessages pending = progress.pending();
    private final AckStall stall = new AckStall();
    private final Replay replay;
    private long lastActivity;
    private boolean hadInterest;
    private boolean ended;
    private final MemoryUse memory;
    private final StoredMessage message = new StoredMessage();
    /** It is kept in a file, and in the list of those that have changed since they were saved. */
    private final boolean persistent;
    private boolean unsaved;

    /**
     * @param config complete, with a name
     * @param saved how far it was, null for a new one
     */
    Consumer(Consumers consumers, Host host, ConsumerConfig config, SavedConsumer saved) {
        this.consumers = consumers;
        this.host = host;
        this.config = config;
        this.created = saved == null ? Instant.now() : saved.created();
        this.persistent = host.store().isPersistent() && config.memStorage() == null && !config.isDirect();
        this.cursor = new Cursor(this, consumers, host.store(), config, saved);
        this.ackSubject = new AckSubject.Builder(host.stream(), config.name());
        this.taker = config.isPush() ? new PushTarget(this, host) : new PullRequests(this, host);
        if (config.isPush())
            consumers.delivers(this, config.deliverSubject());
        this.memory = new MemoryUse(host);
        lastActivity = host.now();
        if (saved == null)
            progress.begin(cursor.position() - 1);
        else
            progress.restore(saved, cursor::exists).forEach(each -> setDue(each, due(lastActivity, config.wait(each.deliveries))));
        replay = new Replay(saved != null ? saved.replayUntil()
                : config.replayPolicy() == ReplayPolicy.ORIGINAL ? host.store().state().last() : 0, lastActivity);
        hadInterest = taker.isActive();
        scheduleExpiry();
        memory.configure(config);
        countMemory();
        save();
    }

    // ---- what the stream tells ---------------------------------------------------------------------------------

    Wake wake() {
        return wake;
    }

    boolean isReady() {
        return ready;
    }

    void ready(boolean is) {
        ready = is;
    }

    /** A message that it selects is about to be removed from the stream. */
    void removed(long sequence) {
        if (cursor.removed(sequence)) {
            save();
            changed();
        }
        forget(sequence);
    }

    /** A message that was delivered is about to be removed. */
    void forget(long sequence) {
        if (!progress.forget(sequence))
            return;
        progress.moveFloor();
        save();
        changed();
    }

    /** What is kept in a file has changed. */
    private void save() {
        if (persistent && !unsaved) {
            unsaved = true;
            consumers.unsaved(this);
        }
    }

    /** Returns what is to be kept in a file. */
    SavedConsumer saved() {
        unsaved = false;
        return new SavedConsumer(host.json(config), created, progress.delivered(), progress.floor(), cursor.next(), replay.until(),
                cursor.savedFirstOnes(), progress.savedPending(), progress.savedExhausted());
    }

    /** There may be something to deliver, or to tell those who wait. */
    private void changed() {
        if (taker.target() != null)
            consumers.ready(this);
    }

    /** Returns whether a stream must keep a message for it. The message must be one that it selects. */
    boolean needs(long sequence) {
        return cursor.isLeft(sequence) || progress.knows(sequence);
    }

    // ---- delivery ----------------------------------------------------------------------------------------------

    /** Delivers a part of what is possible. It is ready if that is not all. */
    void deliver() {
        if (ended)
            return;
        long sent = 0;
        while (true) {
            Destination to = taker.target();
            if (to == null)
                break;
            long sequence = nextToDeliver();
            if (sequence < 0)
                break;
            if (sent >= TURN_BYTES) {
                consumers.ready(this);
                break;
            }
            int size = deliver(to, sequence);
            if (size < 0)
                break;
            sent += size;
        }
        if (sent > 0) {
            lastActivity = host.now();
            progress.sent(Instant.now());
        }
        if (pending.firstAgain() == null && cursor.left() == 0) {
            taker.drained();
            if (taker.target() != null)
                cursor.await();
        }
        schedule(taker.run(host.now()));
        message.clear();
        countMemory();
    }

    private void countMemory() {
        memory.changed(progress.size(), cursor.firstOnes(), taker.memory());
    }

    /** Returns the sequence of the next message, -1 if there is none, or it has to wait. */
    private long nextToDeliver() {
        for (Pending first; (first = pending.firstAgain()) != null;) {
            if (first.deliveries < config.mostDeliveries())
                return first.sequence;
            exhaust(first);
        }
        if (cursor.left() == 0 || !memory.hasRoom())
            return -1;
        if (isLimited()) {
            schedule(stall.limited(host.now(), progress.lastAck()));
            return -1;
        }
        long found = cursor.peek();
        return found >= 0 && replay.covers(found) && mustPause(found) ? -1 : found;
    }

    /** Returns whether no new message is delivered because too many are not acknowledged. */
    private boolean isLimited() {
        return cursor.left() > 0 && pending.size() >= config.mostPending();
    }

    private boolean mustPause(long sequence) {
        if (!host.store().load(sequence, message))
            return false;
        long now = host.now(), due = replay.due(message.time(), now);
        if (due > now)
            schedule(due);
        return due > now;
    }

    /** Returns the size of the message, 0 if another target is to be tried, -1 if there is none. */
    private int deliver(Destination to, long sequence) {
        Pending waiting = pending.get(sequence);
        // One that is damaged has been removed.
        if (!host.store().load(sequence, message))
            return 0;
        int deliveries = waiting == null ? 1 : waiting.deliveries + 1;
        long left = waiting == null ? cursor.left() - 1 : cursor.left();
        ackSubject.set(deliveries, sequence, progress.nextConsumerSequence(), message.time(), left);
        int size = message.subjectLength() + ackSubject.length() + message.length();
        if (!taker.fits(size))
            return 0;
        if (!host.send(to, message, ackSubject, config.hasHeadersOnly())) {
            taker.unreachable();
            return taker instanceof PullRequests ? 0 : -1;
        }
        taker.sent(size);
        sent(sequence, waiting, deliveries);
        return size;
    }

    private void sent(long sequence, Pending before, int deliveries) {
        long now = host.now(), consumerSequence = progress.deliver();
        save();
        if (before == null) {
            cursor.advance(sequence);
            progress.reached(sequence);
            replay.delivered(message.time());
        } else {
            pending.notAgain(before);
        }
        if (config.ackPolicy() == AckPolicy.NONE) {
            progress.done(consumerSequence, sequence);
            host.consumed(this, sequence);
            return;
        }
        Pending waiting = before != null ? before : new Pending(sequence, consumerSequence);
        waiting.deliveries = deliveries;
        waiting.delivered = now;
        if (before == null)
            pending.add(waiting);
        countMemory();
        setDue(waiting, due(now, config.wait(deliveries)));
    }

    private void setDue(Pending waiting, long deadline) {
        pending.due(waiting, deadline);
        schedule(deadline);
    }

    private static long due(long now, long wait) {
        return Host.after(now, wait);
    }

    private void exhaust(Pending waiting) {
        progress.exhaust(waiting);
        save();
        host.publish(new ConsumerEvent.MaxDeliveries(config.name(), waiting.sequence, waiting.deliveries));
    }

    // ---- acks --------------------------------------------------------------------------------------------------

    /** Returns whether acks mean something to this consumer; if not, a client that waits for an answer gets status 503. */
    public boolean takesAcks() {
        return config.ackPolicy() != AckPolicy.NONE;
    }

    /**
     * Handles an ack.
     *
     * @param reply the subject to answer to, empty for none
     */
    public void ack(AckSubject subject, String reply, byte[] payload, int start, int length) {
        if (ended || !progress.wasDelivered(subject.streamSequence()))
            return;
        lastActivity = host.now();
        AckPayload said = AckPayload.parse(payload, start, length);
        switch (said.kind()) {
            case ACK, NEXT -> acknowledge(subject);
            case NAK -> refuse(subject, said.delay());
            case PROGRESS -> progress(subject.streamSequence());
            case TERM -> terminate(subject, said.text());
            case UNKNOWN -> { }
        }
        if (said.kind() == AckPayload.Kind.NEXT) {
            if (!reply.isEmpty())
                pull(reply, said.text().getBytes(StandardCharsets.ISO_8859_1), 0, said.text().length());
        } else if (!reply.isEmpty()) {
            host.sendEmpty(reply);
        }
        consumers.ready(this);
    }

    private void acknowledge(AckSubject subject) {
        Pending waiting = pending.get(subject.streamSequence());
        if (waiting != null && config.ackPolicy() == AckPolicy.EXPLICIT)
            sample(subject, waiting);
        done(subject.streamSequence());
    }

    private void sample(AckSubject subject, Pending waiting) {
        int percentage = config.samplePercentage();
        if (percentage > 0 && ThreadLocalRandom.current().nextInt(100) < percentage)
            host.publish(new ConsumerEvent.Acked(config.name(), subject.consumerSequence(), waiting.sequence,
                    host.now() - waiting.delivered, subject.deliveries()));
    }

    /** A message is done, and those before it, too, if one ack is for all. */
    private void done(long sequence) {
        if (config.ackPolicy() == AckPolicy.ALL)
            progress.forEachBefore(sequence, this::take);
        take(sequence);
        progress.moveFloor();
    }

    private void take(long sequence) {
        if (!progress.acknowledge(sequence, Instant.now()))
            return;
        save();
        host.consumed(this, sequence);
    }

    private void refuse(AckSubject subject, long delay) {
        Pending waiting = pending.get(subject.streamSequence());
        if (waiting == null)
            return;
        host.publish(new ConsumerEvent.Naked(config.name(), subject.consumerSequence(), waiting.sequence, subject.deliveries()));
        if (delay > 0) {
            pending.notAgain(waiting);
            setDue(waiting, Host.after(host.now(), delay));
        } else {
            pending.again(waiting);
        }
    }

    private void progress(long sequence) {
        Pending waiting = pending.get(sequence);
        if (waiting == null)
            return;
        pending.notAgain(waiting);
        setDue(waiting, due(host.now(), config.wait(waiting.deliveries)));
    }

    private void terminate(AckSubject subject, String reason) {
        if (pending.get(subject.streamSequence()) != null)
            host.publish(new ConsumerEvent.Terminated(config.name(), subject.consumerSequence(), subject.streamSequence(),
                    subject.deliveries(), reason.isEmpty() ? null : reason));
        done(subject.streamSequence());
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

    /** A client has subscribed or unsubscribed the deliver subject. */
    void interestChanged() {
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
            consumers.wake(wake, deadline);
    }

    private void scheduleExpiry() {
        if (config.inactiveThreshold() != null)
            schedule(lastActivity + config.inactiveThreshold());
    }

    /** Does what is due. */
    void run() {
        if (ended)
            return;
        long now = host.now();
        List<Pending> again = new ArrayList<>();
        for (Pending due; (due = pending.pollDue(now + SLACK)) != null;)
            again.add(due);
        // Those that are due at the same time come in the order of the stream.
        again.sort(Comparator.comparingLong(due -> due.sequence));
        again.forEach(this::retry);
        schedule(pending.earliestDue());
        if (stall.isStalled(now, isLimited(), progress.lastAck()))
            host.stalled(this);
        schedule(stall.nextCheck());
        if (expired(now)) {
            host.expire(this);
            return;
        }
        deliver();
    }

    /** A message whose time is up after its last delivery is given up, also if nobody takes messages. */
    private void retry(Pending waiting) {
        if (waiting.deliveries >= config.mostDeliveries())
            exhaust(waiting);
        else
            pending.again(waiting);
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
        return !config.isPush() && pending.size() > pending.again().size();
    }

    // ---- changes -----------------------------------------------------------------------------------------------

    /** Applies a configuration that {@link ConsumerUpdate} allows. */
    public void update(ConsumerConfig changed) {
        boolean slower = !Objects.equals(changed.ackWait(), config.ackWait())
                || !Objects.equals(changed.backoff(), config.backoff());
        if (config.isPush()) {
            consumers.deliversNoMore(this, config.deliverSubject());
            consumers.delivers(this, changed.deliverSubject());
        }
        config = changed;
        memory.configure(changed);
        if (cursor.refilter(changed))
            consumers.refiltered(this);
        if (slower)
            for (Pending waiting = pending.first(); waiting != null; waiting = waiting.after)
                if (waiting.place >= 0)
                    pending.due(waiting, due(waiting.delivered, config.wait(waiting.deliveries)));
        for (long sequence : List.copyOf(pending.again()))
            if (pending.get(sequence).place < 0 && pending.get(sequence).deliveries >= config.mostDeliveries())
                exhaust(pending.get(sequence));
        if (taker instanceof PushTarget target)
            target.configure();
        scheduleExpiry();
        save();
        run();
    }

    /**
     * Messages were purged. If they were all that it can select, its position moves to the first one that is left.
     *
     * @param first the first sequence that is left
     */
    void purged(SubjectFilter purged, long first) {
        if (!cursor.isWithin(purged))
            return;
        cursor.purged(first);
        progress.reached(first - 1);
        progress.moveFloor();
        save();
    }

    /** Ends it: those who wait get a status. */
    void end(String status) {
        ended = true;
        cursor.leave();
        if (config.isPush())
            consumers.deliversNoMore(this, config.deliverSubject());
        taker.end(status);
        memory.end();
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
        return cursor.left() + pending.again().size();
    }

    String positionHeaders() {
        return "Nats-Last-Consumer: " + (progress.nextConsumerSequence() - 1) + "\r\nNats-Last-Stream: " + cursor.examined()
                + "\r\n";
    }

    public Progress.Position delivered() {
        return progress.delivered();
    }

    public Progress.Position ackFloor() {
        return progress.floor();
    }

    public int unacknowledged() {
        return pending.size();
    }

    /** Returns the number of messages that were delivered more than once and are not acknowledged. */
    public long redelivered() {
        if (config.mostDeliveries() == 1)
            return 0;
        return progress.exhausted() + pending.redelivered();
    }

    /** Returns the number of messages that were not delivered yet. */
    public long undelivered() {
        return cursor.left();
    }

    public int waitingPulls() {
        return taker instanceof PullRequests requests ? requests.count() : 0;
    }

    /** Returns whether it delivers messages, and if not, why. */
    public DeliveryState deliveryState() {
        long now = host.now();
        if (pending.firstAgain() != null)
            return taker.state(now);
        if (cursor.left() == 0)
            return awaitsRedelivery(now);
        if (pending.size() >= config.mostPending())
            return DeliveryState.of(Kind.MAX_ACK_PENDING);
        if (!memory.hasRoom())
            return DeliveryState.of(Kind.MEMORY_LIMIT);
        DeliveryState state = taker.state(now);
        return state.kind() == Kind.RUNNING && replay.due() > now ? new DeliveryState(Kind.REPLAY, replay.due() - now) : state;
    }

    private DeliveryState awaitsRedelivery(long now) {
        long due = pending.earliestDue();
        return due == Long.MAX_VALUE ? DeliveryState.of(Kind.NO_MESSAGES)
                : new DeliveryState(Kind.REDELIVERY, Math.max(due - now, 1));
    }

    /** Returns whether somebody subscribes the deliver subject of a push consumer. */
    public boolean isBound() {
        return taker instanceof PushTarget && taker.isActive();
    }
}
