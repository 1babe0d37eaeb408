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
 * How the messages that one connection reads get to those who want them, and the count of both. Plain messages that
 * come in a row on one subject are held until the row ends, and then given to each receiver in one go.
 *
 * <p>Threads: the connection's reader, alone; any thread may call {@link #inMessages} and {@link #inBytes}.
 */
public final class Delivery {
    private static final String NO_RESPONDERS = "NATS/1.0 503\r\n\r\n";

    /** At most so many messages go by, on average, for one that is sampled for the busiest subjects, */
    private static final int MOST_PER_SAMPLE = 256;
    /** and about so many of a batch are. */
    private static final int SAMPLES_PER_BATCH = 8;

    private final Traffic traffic;
    private final Batch batch;
    /** Of whoever publishes: it may not want its own messages. */
    private final Receiver own;
    /** The messages come from another traffic. */
    private final boolean routed;
    /** Its own messages come back to it. */
    private boolean echo = true;
    private int random;

    /** Messages of the present batch that are yet to be delivered. */
    private final Run waiting = new Run();
    /** The batch's last match: messages on one subject tend to come in a row. */
    private MatchResult last;
    private long batchMessages;
    private long batchBytes;
    /** The next sample is due when {@link #batchMessages} is this, in a later batch if this one has fewer. */
    private long nextSample = Long.MAX_VALUE;
    /** Messages that the next sample stands for, 0 while samples are not wanted. */
    private int messagesPerSample;
    private long lastBatchMessages;
    private long batchMatches;
    private long batchDelivered;
    private long batchDeliveredBytes;
    /** Written by the reader, once per batch. */
    private volatile long inMessages;
    private volatile long inBytes;

    /**
     * @param own the receiver of whoever publishes
     * @param routed the messages come from another server
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

    /** Counts a message, whatever becomes of it. */
    public void received(Message m) {
        batchBytes += m.payloadLength();
        if (++batchMessages >= nextSample)
            sample(m);
    }

    /**
     * One message at a time, and at random distances: every subject of a batch has its chance, also if subjects come
     * in a regular order.
     */
    private void sample(Message m) {
        TopSubjects top = traffic.topSubjects();
        if (top != null)
            top.sample(m, messagesPerSample, (long) messagesPerSample * m.payloadLength());
        planSample();
    }

    /** The distance is 1 to 2n - 1, and n on average. */
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

    /**
     * A client's message: to every client, to every other server once, and to one member of each queue group. A plain
     * one may wait for those that come behind it, until {@link #settle}.
     *
     * @return false if nobody gets it; a request is never held, so of that this is certain
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

    /**
     * Another server's message: to every client here, and no further.
     *
     * @param trusted the other server sees to it that only the system user says anything under {@code $SYS}
     * @return false if nobody may publish to its subject
     */
    public boolean deliverHere(Message m, boolean trusted) {
        MatchResult match = match(m);
        if (match.isReserved())
            return false;
        if (match.isSystem() && !trusted && traffic.hasSystemUser() || match.plain().length == 0)
            return true;
        if (mayWait(match, m)) {
            hold(match, m);
        } else {
            for (Subscription sub : match.plain())
                deliver(sub, m);
        }
        return true;
    }

    /** Who asks may have to be told that nobody answers, and a trace shows each message where it belongs. */
    private boolean mayWait(MatchResult match, Message m) {
        return match.oneEach() && m.replyLength() == 0 && m.headerLength() < 0 && !traffic.log.traceOn();
    }

    private void hold(MatchResult match, Message m) {
        if (!waiting.add(match, m)) {
            settle();
            waiting.add(match, m);
        }
    }

    /** Delivers what waits. Called before anything that must not overtake it. */
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

    /** Gives a subscription what waits, from one message on; returns how many it took. */
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
        tell(receiver, sub, outcome);
        return taken;
    }

    /**
     * To some member of a queue group, to one that is connected here if there is any.
     *
     * @return false if there is none
     */
    public boolean deliverToGroup(String queue, Message m) {
        for (Subscription[] members : match(m).queues()) {
            if (!members[0].queue().equals(queue))
                continue;
            for (Subscription member : members)
                if (member.receiver().remoteId() == null && deliver(member, m))
                    return true;
            return deliverToOne(members, m);
        }
        return false;
    }

    private boolean deliverToFirst(Subscription[] subs, Message m) {
        for (Subscription sub : subs)
            if (deliver(sub, m))
                return true;
        return false;
    }

    /** Answers a request that nobody got, at the asker's own subscription for replies (protocol reference, 19.4). */
    public void reportNoResponders(Message request) {
        settle();
        Message answer = Message.ofHeaders(request.replyText(), NO_RESPONDERS);
        for (Subscription sub : match(answer).plain())
            if (sub.receiver() == own && send(sub, answer))
                return;
    }

    /** Any member with the same probability; if it has just gone, the next one that has not. */
    private boolean deliverToOne(Subscription[] members, Message m) {
        int first = (int) ((nextRandom() & 0xFFFFFFFFL) * members.length >>> 32);
        for (int i = 0; i < members.length; i++) {
            int at = first + i;
            if (deliver(members[at < members.length ? at : at - members.length], m))
                return true;
        }
        return false;
    }

    /** To one subscription, which it matches, behind what came before. False if that has gone. */
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
            tell(receiver, sub, outcome);
        if (traffic.log.traceOn())
            trace(sub, m, stripped);
        return true;
    }

    private void tell(Receiver receiver, Subscription sub, int outcome) {
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

    /** Xorshift: queue groups need evenness, not secrecy. */
    private int nextRandom() {
        random ^= random << 13;
        random ^= random >>> 17;
        return random ^= random << 5;
    }

    /** Writes a received message to the log, if it is to be traced. */
    public void trace(String command, Message m) {
        // Traces are asked for first: this is called for every message, and the rest takes calls.
        if (!traffic.log.traceOn() || !own.isTraced() || !traffic.traceFilter().wants(m))
            return;
        traffic.log.trace(own, "->> [" + command + " " + m.lineText() + "]");
        int shown = traffic.traceFilter().payload(m.payloadLength());
        traffic.log.trace(own, "->> MSG_PAYLOAD: ["
                + new String(m.buffer(), m.payloadStart(), shown, StandardCharsets.UTF_8)
                + (shown < m.payloadLength() ? "..." : "") + "]");
    }

    /**
     * The batch is done: what waits is delivered, and its figures become visible.
     *
     * @return whether it had messages
     */
    public boolean endBatch() {
        settle();
        // Kept no longer: it refers to connections that may be gone soon.
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

    /** Counts on in the next batch, and sees whether samples are wanted there. */
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
