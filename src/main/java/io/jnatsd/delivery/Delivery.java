package io.jnatsd.delivery;

import io.jnatsd.protocol.Arguments;
import io.jnatsd.protocol.Message;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.Receiver;
import io.jnatsd.subject.Run;
import io.jnatsd.subject.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Delivers the messages that one connection reads to their receivers, and counts both. Consecutive plain messages on
 * one subject are held, and then given to each receiver in one call.
 *
 * <p>Threads: the connection's reader only, except {@link #inMessages} and {@link #inBytes}: any thread.
 */
public final class Delivery {
    private static final String NO_RESPONDERS = "NATS/1.0 503\r\n\r\n";

    /** For the busiest subjects, at least one message out of this number is sampled on average. */
    private static final int MOST_PER_SAMPLE = 256;
    /** The average number of samples in a batch. */
    private static final int SAMPLES_PER_BATCH = 8;

    private final Traffic traffic;
    private final Batch batch;
    /** The receiver of the publishing connection, which may not want its own messages. */
    private final Receiver own;
    /** The messages come from a route. */
    private final boolean routed;
    /** The connection receives its own messages. */
    private boolean echo = true;
    private int random;

    /** Messages of the current batch that are not delivered yet. */
    private final Run waiting = new Run();
    /** The last match of the batch, because consecutive messages often have the same subject. */
    private MatchResult last;
    private long batchMessages;
    private long batchBytes;
    /**
     * The next sample is taken when {@link #batchMessages} reaches this value, in a later batch if this one ends
     * before.
     */
    private long nextSample = Long.MAX_VALUE;
    /** Number of messages that the next sample represents, 0 while sampling is off. */
    private int messagesPerSample;
    private long lastBatchMessages;
    private long batchMatches;
    private long batchDelivered;
    private long batchDeliveredBytes;
    /** Written by the reader, once per batch. */
    private volatile long inMessages;
    private volatile long inBytes;

    /**
     * @param own the receiver of the publishing connection
     * @param routed whether the messages come from a route
     */
    public Delivery(Traffic traffic, Batch batch, Receiver own, boolean routed) {
        this.traffic = traffic;
        this.batch = batch;
        this.own = own;
        this.routed = routed;
        this.random = ThreadLocalRandom.current().nextInt() | 1;
        endSampling();
    }

    public void echo(boolean on) {
        echo = on;
    }

    /** Counts a message, whether it is delivered or not. */
    public void received(Message m) {
        batchBytes += m.payloadLength();
        if (++batchMessages >= nextSample)
            sample(m);
    }

    /**
     * Samples single messages at random distances, so that every subject of a batch can be sampled, even if the
     * subjects come in a regular order.
     */
    private void sample(Message m) {
        TopSubjects top = traffic.topSubjects();
        if (top != null)
            top.sample(m, messagesPerSample, (long) messagesPerSample * m.payloadLength());
        planSample();
    }

    /** The distance is between 1 and 2n - 1, and n on average. */
    private void planSample() {
        long size = Math.max(batchMessages, lastBatchMessages);
        messagesPerSample = Math.clamp(size / SAMPLES_PER_BATCH, 1, MOST_PER_SAMPLE);
        int range = 2 * messagesPerSample - 1;
        nextSample = batchMessages + 1 + ((nextRandom() & 0xFFFFFFFFL) * range >>> 32);
    }

    public MatchResult match(Message m) {
        batchMatches++;
        last = traffic.subjects.index().match(last, m.buffer(), m.subjectStart(), m.subjectLength(), m.subjectHash());
        return last;
    }

    /** Does the same for a message whose subject is not used again, such as an answer. */
    public MatchResult matchOnce(Message m) {
        batchMatches++;
        return traffic.subjects.index().matchOnce(m.buffer(), m.subjectStart(), m.subjectLength(), m.subjectHash());
    }

    /**
     * Delivers a client's message to every plain subscription of a client, once to every other server, and to one
     * member of each queue group. A plain message may be held until {@link #settle}.
     *
     * @return false if there is no receiver; a request is never held, so its result is exact
     */
    public boolean publish(MatchResult match, Message m) {
        if (match.fanout() == 0)
            return false;
        if (match.queues().length == 0 && mayWait(match, m)) {
            hold(match, m);
            return true;
        }
        boolean any = false;
        for (Subscription sub : match.plain())
            any |= deliver(sub, m);
        for (Subscription[] carriers : match.routed())
            any |= deliverToFirst(carriers, m);
        for (Subscription[] members : match.queues())
            any |= deliverToOne(members, m);
        return any;
    }

    /** The form of a message that other servers get, made only if one of them does. */
    public interface RoutedForm {
        Message message();
    }

    /**
     * Delivers a message to all who subscribe another subject than its own.
     *
     * @param remote the same message for other servers, addressed to that subject
     * @return false if nobody received it
     */
    public boolean redirect(Destination to, Message m, RoutedForm remote) {
        MatchResult match = to.match(traffic);
        batchMatches++;
        boolean any = false;
        for (Subscription sub : match.plain())
            any |= deliver(sub, m);
        for (Subscription[] carriers : match.routed())
            any |= deliverToFirst(carriers, remote.message());
        for (Subscription[] members : match.queues())
            any |= redirectToOne(members, m, remote);
        return any;
    }

    private boolean redirectToOne(Subscription[] members, Message m, RoutedForm remote) {
        int first = randomBelow(members.length);
        for (int i = 0; i < members.length; i++) {
            Subscription member = members[(first + i) % members.length];
            if (deliver(member, member.receiver().remoteId() == null ? m : remote.message()))
                return true;
        }
        return false;
    }

    /**
     * Delivers a message from a route to the plain subscriptions of this server's clients, and never to a route.
     *
     * @param trusted whether the other server lets only the system user publish to {@code $SYS.}
     * @return false if the subject is reserved, so that publishing to it is not allowed
     */
    public boolean deliverHere(Message m, boolean trusted) {
        return deliverHere(m, m, trusted);
    }

    /** Does the same for a message that receivers get in another form. */
    public boolean deliverHere(Message address, Message m, boolean trusted) {
        MatchResult match = match(address);
        if (match.isReserved())
            return false;
        if (match.isSystem() && !trusted && traffic.hasSystemUser() || match.plain().length == 0)
            return true;
        if (address == m && mayWait(match, m)) {
            hold(match, m);
        } else {
            for (Subscription sub : match.plain())
                deliver(sub, m);
        }
        return true;
    }

    /** Returns whether nobody may publish to the subject of a message that is addressed to one queue member. */
    public static boolean isReserved(Message m) {
        return MatchResult.isReserved(m.buffer(), m.subjectStart(), m.subjectLength());
    }

    /** Returns whether only the system user may publish to the subject of such a message. */
    public boolean isForSystemUser(Message m) {
        return MatchResult.isSystem(m.buffer(), m.subjectStart(), m.subjectLength()) && traffic.hasSystemUser();
    }

    /**
     * A request is not held, because no responders must be reported; with tracing, each message must be traced in its
     * place.
     */
    private boolean mayWait(MatchResult match, Message m) {
        return match.oneEach() && m.replyLength() == 0 && m.headerLength() < 0 && !traffic.log.traceOn();
    }

    private void hold(MatchResult match, Message m) {
        if (!waiting.add(match, m)) {
            settle();
            waiting.add(match, m);
        }
    }

    /** Delivers the held messages. Called before anything that must not be sent earlier than they are. */
    public void settle() {
        if (waiting.isEmpty())
            return;
        for (Subscription sub : waiting.match().plain())
            deliver(sub, 0);
        if (!routed)
            for (Subscription[] carriers : waiting.match().routed())
                for (int i = 0, taken = 0; i < carriers.length && taken < waiting.count(); i++)
                    taken += deliver(carriers[i], taken);
        waiting.clear();
    }

    /** Delivers the held messages from an index on to one subscription; returns how many it accepted. */
    private int deliver(Subscription sub, int first) {
        if (sub.receiver() == own && !echo)
            return 0;
        Receiver receiver = sub.receiver();
        int outcome = receiver.deliver(sub, waiting, first, batch.maxPending());
        while (outcome == 0 && receiver.successor() != null) {
            receiver = receiver.successor();
            outcome = receiver.deliver(sub, waiting, first, batch.maxPending());
        }
        int taken = outcome >>> Receiver.COUNT_SHIFT;
        batchDelivered += taken;
        batchDeliveredBytes += waiting.payload(first, first + taken);
        handleOutcome(receiver, sub, outcome);
        return taken;
    }

    /**
     * Delivers a message to one member of a queue group, preferably to one that is connected to this server.
     *
     * @param address the message as it came, which other servers get
     * @return false if there is no member
     */
    public boolean deliverToGroup(String queue, Message address, Message m) {
        for (Subscription[] members : match(address).queues()) {
            if (!members[0].queue().equals(queue))
                continue;
            for (Subscription member : members)
                if (member.receiver().remoteId() == null && deliver(member, m))
                    return true;
            return deliverToOne(members, address);
        }
        return false;
    }

    private boolean deliverToFirst(Subscription[] subs, Message m) {
        for (Subscription sub : subs)
            if (deliver(sub, m))
                return true;
        return false;
    }

    /**
     * Answers a request without receivers with status 503, through the requester's own subscription (protocol.md,
     * section 11).
     */
    public void reportNoResponders(Message request) {
        settle();
        Message answer = Message.ofHeaders(request.replyText(), NO_RESPONDERS);
        for (Subscription sub : match(answer).plain())
            if (sub.receiver() == own && send(sub, answer))
                return;
    }

    /** Chooses a random member, all with the same probability; if it has just left, the next one that has not. */
    private boolean deliverToOne(Subscription[] members, Message m) {
        int first = randomBelow(members.length);
        for (int i = 0; i < members.length; i++) {
            int at = first + i;
            if (deliver(members[at < members.length ? at : at - members.length], m))
                return true;
        }
        return false;
    }

    /**
     * Delivers a message to one subscription, after all held messages. Returns false if the subscription no longer
     * exists.
     */
    public boolean deliver(Subscription sub, Message m) {
        settle();
        return (sub.receiver() != own || echo) && send(sub, m);
    }

    private boolean send(Subscription sub, Message m) {
        Receiver receiver = sub.receiver();
        if (m.replyLength() > 0 && sub.replies() != null)
            sub.replies().expect(m);
        int outcome = receiver.deliver(sub, m, batch.maxPending());
        while (outcome == 0 && receiver.successor() != null) {
            receiver = receiver.successor();
            outcome = receiver.deliver(sub, m, batch.maxPending());
        }
        if (outcome == 0)
            return false;
        batchDelivered++;
        boolean stripped = (outcome & Receiver.STRIPPED) != 0;
        batchDeliveredBytes += m.payloadLength() - (stripped ? m.headerLength() : 0);
        if (outcome != Receiver.DELIVERED)
            handleOutcome(receiver, sub, outcome);
        if (traffic.log.traceOn())
            trace(sub, m, stripped);
        return true;
    }

    private void handleOutcome(Receiver receiver, Subscription sub, int outcome) {
        batch.sent(receiver, outcome);
        if ((outcome & Receiver.LAST) != 0)
            sub.receiver().exhausted(sub);
    }

    private void trace(Subscription sub, Message m, boolean stripped) {
        if (sub.receiver().isTraced() && traffic.traceFilter().wants(m))
            traffic.log.trace(sub.receiver(), "<<- [" + (m.headerLength() < 0 || stripped ? "MSG " : "HMSG ")
                    + m.subjectText() + " " + Arguments.text(sub.sid()) + " "
                    + (stripped ? m.headerlessTailText() : m.tailText()) + "]");
    }

    private int randomBelow(int bound) {
        return (int) ((nextRandom() & 0xFFFFFFFFL) * bound >>> 32);
    }

    /** Xorshift: the choice in queue groups must be uniform, but need not be unpredictable. */
    private int nextRandom() {
        random ^= random << 13;
        random ^= random >>> 17;
        return random ^= random << 5;
    }

    /** Traces a received message, if tracing is on for its connection and subject. */
    public void trace(String command, Message m) {
        // traceOn is checked first, because this method is called for every message and the other checks cost more.
        if (!traffic.log.traceOn() || !own.isTraced() || !traffic.traceFilter().wants(m))
            return;
        traffic.log.trace(own, "->> [" + command + " " + m.lineText() + "]");
        int shown = traffic.traceFilter().payload(m.payloadLength());
        traffic.log.trace(own, "->> MSG_PAYLOAD: ["
                + new String(m.buffer(), m.payloadStart(), shown, StandardCharsets.UTF_8)
                + (shown < m.payloadLength() ? "..." : "") + "]");
    }

    /**
     * Ends the batch: delivers the held messages, and publishes the counters.
     *
     * @return whether the batch had messages
     */
    public boolean endBatch() {
        settle();
        // Not kept between batches: it refers to connections that may close.
        last = null;
        endSampling();
        boolean any = batchMessages > 0;
        if (any) {
            inMessages += batchMessages;
            inBytes += batchBytes;
            traffic.inMessages.add(batchMessages);
            traffic.inBytes.add(batchBytes);
            traffic.matches.add(batchMatches);
            batchMessages = batchBytes = batchMatches = 0;
        }
        if (batchDelivered > 0) {
            traffic.outMessages.add(batchDelivered);
            traffic.outBytes.add(batchDeliveredBytes);
            batchDelivered = batchDeliveredBytes = 0;
        }
        return any;
    }

    /** Adjusts the distance of the next sample to the next batch, and starts or stops sampling. */
    private void endSampling() {
        boolean wanted = traffic.topSubjects() != null;
        if (wanted && messagesPerSample == 0) {
            planSample();
        } else if (!wanted) {
            messagesPerSample = 0;
            nextSample = Long.MAX_VALUE;
        }
        if (wanted)
            nextSample -= batchMessages;
        lastBatchMessages = batchMessages;
    }

    public long inMessages() {
        return inMessages;
    }

    public long inBytes() {
        return inBytes;
    }
}
