package io.jnatsd.jetstream.stream;

import io.jnatsd.delivery.Batch;
import io.jnatsd.delivery.Delivery;
import io.jnatsd.delivery.Destination;
import io.jnatsd.delivery.Traffic;
import io.jnatsd.jetstream.store.StoredMessage;
import io.jnatsd.protocol.Message;
import io.jnatsd.protocol.MessageBuilder;
import io.jnatsd.subject.MatchResult;
import io.jnatsd.subject.Receiver;
import java.nio.charset.StandardCharsets;

/**
 * What a component of JetStream sends. Messages are collected and flushed at the end of a batch. Threads: the actor
 * that owns it.
 */
public final class Output {
    private final Traffic traffic;
    private final Batch batch = new Batch();
    private final Delivery delivery;
    private final MessageBuilder builder = new MessageBuilder();
    /** For the form that other servers get, since a message is valid until the next one is built. */
    private final MessageBuilder remoteBuilder = new MessageBuilder();

    /** For an actor, which does not wait for other actors, since these may wait for it. */
    public Output(Traffic traffic, Receiver own) {
        this(traffic, own, 0);
    }

    /** @param patience how long to wait for an actor that is behind, in nanoseconds per batch */
    public Output(Traffic traffic, Receiver own, long patience) {
        this.traffic = traffic;
        this.delivery = new Delivery(traffic, batch, own, false);
        batch.limitPatience(patience);
        begin();
    }

    private void begin() {
        batch.begin(traffic.maxPending());
    }

    /**
     * Returns whether a subject is one that a client must have the permission to publish to. Nothing is sent there, since
     * a client could choose it as a reply or deliver subject, and do with the rights of the server what it may not do.
     */
    private static boolean isControl(String subject) {
        return subject.startsWith("$") && (subject.startsWith("$SYS.") || subject.startsWith("$JS.") && !subject.startsWith("$JS.EVENT."));
    }

    /** Publishes a message; returns false if nobody received it. */
    private boolean publish(Message m) {
        return publish(delivery.match(m), m);
    }

    private boolean publish(MatchResult match, Message m) {
        boolean received = delivery.publish(match, m);
        // It must not be held: the next message takes its place in the buffer.
        delivery.settle();
        return received;
    }

    private static boolean asksForControl(Inbox.Contents request) {
        // Only a few subjects begin like this: others cost no text.
        return request.bytes()[request.replyStart()] == '$' && isControl(request.reply());
    }

    /** Answers a message that has a reply subject, at a place of an array, with a number between two texts. */
    void answer(byte[] replyIn, int replyStart, int replyLength, byte[] before, long number, byte[] behind) {
        if (replyIn[replyStart] == '$' && isControl(new String(replyIn, replyStart, replyLength, StandardCharsets.ISO_8859_1)))
            return;
        Message m = builder.begin(replyIn, replyStart, replyLength)
                .append(before, 0, before.length).append(number).append(behind, 0, behind.length).end(false);
        publish(delivery.matchOnce(m), m);
    }

    /** Answers a message that has a reply subject with a stored one and more headers behind its own. */
    void answer(Inbox.Contents request, StoredMessage stored, CharSequence more) {
        if (asksForControl(request))
            return;
        Message m = body(builder.begin(request.bytes(), request.replyStart(), request.replyLength()), stored, more, false).end(false);
        publish(delivery.matchOnce(m), m);
    }

    public boolean publish(String subject, byte[] payload) {
        return !isControl(subject) && publish(builder.begin(subject).append(payload, 0, payload.length).end(false));
    }

    public void publish(String subject, CharSequence payload) {
        if (!isControl(subject))
            publish(builder.begin(subject).append(payload).end(false));
    }

    /** Publishes stored headers and a payload with more headers behind the stored ones. */
    public void republish(String subject, StoredMessage stored, CharSequence more, boolean headersOnly) {
        if (!isControl(subject))
            publish(body(builder.begin(subject), stored, more, headersOnly).end(false));
    }

    private static MessageBuilder body(MessageBuilder to, StoredMessage stored, CharSequence more, boolean headersOnly) {
        int headers = stored.headerLength(), payloadStart = stored.start() + Math.max(headers, 0);
        to.headers(stored.array(), stored.start(), headers, more);
        return headersOnly ? to : to.append(stored.array(), payloadStart, stored.start() + stored.length() - payloadStart);
    }

    /** Sends a status to a destination, with its own subject. */
    public boolean status(Destination to, String status, String headers, String reply) {
        if (isControl(to.subject()))
            return false;
        builder.begin(to.subject());
        if (!reply.isEmpty())
            builder.reply(reply);
        builder.append("NATS/1.0 ").append(status).append("\r\n").append(headers).append("\r\n").headersEnd();
        Message m = builder.end(false);
        return delivery.redirect(to, m, () -> m);
    }

    /** Sends a stored message under its own subject to a destination; returns false if nobody received it. */
    public boolean redirect(Destination to, StoredMessage stored, CharSequence ack, boolean headersOnly) {
        if (isControl(to.subject()))
            return false;
        String more = headersOnly ? "Nats-Msg-Size: " + (stored.length() - Math.max(stored.headerLength(), 0)) + "\r\n" : "";
        builder.begin(stored.subject(), 0, stored.subjectLength()).reply(ack);
        Message m = body(builder, stored, more, headersOnly).end(true);
        return delivery.redirect(to, m, () -> body(remoteBuilder.begin(to.subject()).reply(ack + "@" + stored.subjectText()),
                stored, more, headersOnly).end(false));
    }

    /** Publishes a message under another subject; returns false if nobody received it. */
    public boolean forward(String subject, Inbox.Contents m) {
        builder.begin(subject);
        if (m.hasReply())
            builder.reply(m.reply());
        builder.headers(m.bytes(), m.bodyStart(), m.headerLength(), "");
        return publish(builder.append(m.bytes(), m.payloadStart(), m.payloadLength()).end(false));
    }

    public boolean hasInterest(Destination to) {
        return to.hasInterest(traffic);
    }

    public boolean hasInterest(Destination to, String queue) {
        return to.hasInterest(traffic, queue);
    }

    /** Returns whether anybody subscribes a subject. */
    public boolean hasInterest(String subject) {
        return new Destination(subject).hasInterest(traffic);
    }

    /** Ends a batch: sends what was collected. */
    public void flush() throws InterruptedException {
        delivery.endBatch();
        batch.flush(false);
        builder.trim();
        remoteBuilder.trim();
        begin();
    }
}
