package io.jnatsd.jetstream.consumer;

import com.google.gson.JsonParseException;
import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

/**
 * The open pull requests of a consumer, served in turn, one message each (JetStream: pull). Threads: the actor of the
 * stream.
 */
final class PullRequests extends Taker {
    /** The memory of an open request. */
    private static final int REQUEST_BYTES = 400;
    private static final String BAD_REQUEST = "400 Bad Request - ";

    private final Consumer consumer;
    private final Host host;
    private final Queue<PullRequest> waiting = new ArrayDeque<>();
    /** Before this time, no request ends and no heartbeat is due. */
    private long quietUntil = Long.MAX_VALUE;
    /** There may be a request that ends when no message is left. */
    private boolean anyEndsEarly;

    PullRequests(Consumer consumer, Host host) {
        this.consumer = consumer;
        this.host = host;
    }

    /** Takes a request, or answers it with a status. */
    void add(String reply, byte[] payload, int start, int length) {
        PullRequest.Body body;
        try {
            body = PullRequest.Body.parse(payload, start, length);
        } catch (JsonParseException e) {
            refuse(reply, BAD_REQUEST + e.getMessage().lines().findFirst().orElse("invalid JSON"));
            return;
        }
        String refusal = refusal(body);
        if (refusal == null && body.noWait())
            refusal = refusalNow(body);
        if (refusal == null && isFull())
            refusal = "409 Exceeded MaxWaiting";
        if (refusal != null)
            refuse(reply, refusal);
        else
            add(new PullRequest(reply, body, host.now()));
    }

    private void add(PullRequest request) {
        waiting.add(request);
        quietUntil = Math.min(quietUntil, request.due());
        anyEndsEarly |= request.noWait;
    }

    private void refuse(String reply, String status) {
        host.sendStatus(new Destination(reply), status, "", "");
    }

    private String refusal(PullRequest.Body body) {
        ConsumerConfig config = consumer.config();
        if (body.idleHeartbeat() > 0 && body.idleHeartbeat() > body.expires() / 2)
            return BAD_REQUEST + "heartbeat value too large";
        if (config.maxBatch() != null && body.batch() > config.maxBatch())
            return "409 Exceeded MaxRequestBatch of " + config.maxBatch();
        if (config.maxExpires() != null && body.expires() > config.maxExpires())
            return "409 Exceeded MaxRequestExpires of " + GoDuration.format(Duration.ofNanos(config.maxExpires()));
        if (config.maxBytes() != null && body.maxBytes() > config.maxBytes())
            return "409 Exceeded MaxRequestMaxBytes of " + config.maxBytes();
        return null;
    }

    /** A request that does not wait is refused if there is nothing for it. */
    private String refusalNow(PullRequest.Body body) {
        long available = consumer.available(), asked = 0;
        if (available == 0)
            return body.expires() == 0 ? "404 No Messages" : null;
        for (PullRequest request : waiting)
            asked += request.missing;
        return asked >= available ? "408 Requests Pending" : null;
    }

    private boolean isFull() {
        int most = consumer.config().maxWaiting();
        if (waiting.size() >= most || !host.hasRoom(memory())) {
            run(host.now());
            waiting.removeIf(request -> !host.hasInterest(request.reply));
        }
        return waiting.size() >= most || !host.hasRoom(memory());
    }

    int count() {
        return waiting.size();
    }

    @Override
    Destination target() {
        PullRequest first = waiting.peek();
        return first == null ? null : first.reply;
    }

    @Override
    boolean fits(int size) {
        PullRequest first = waiting.element();
        if (first.bytesLeft == PullRequest.UNLIMITED || size <= first.bytesLeft)
            return true;
        waiting.remove();
        host.sendStatus(first.reply, "409 Message Size Exceeds MaxBytes", first.pendingHeaders(), "");
        return false;
    }

    @Override
    void sent(int size) {
        PullRequest first = waiting.remove();
        first.served = true;
        first.missing--;
        first.active(host.now());
        boolean bounded = first.bytesLeft != PullRequest.UNLIMITED;
        if (bounded)
            first.bytesLeft -= size;
        if (first.missing > 0 && (!bounded || first.bytesLeft > 0))
            waiting.add(first);
        else if (bounded && first.missing == 0 && first.bytesLeft > 0)
            host.sendStatus(first.reply, "409 Batch Completed", first.pendingHeaders(), "");
    }

    @Override
    void unreachable() {
        waiting.remove();
    }

    @Override
    void drained() {
        if (!anyEndsEarly)
            return;
        anyEndsEarly = false;
        for (Iterator<PullRequest> all = waiting.iterator(); all.hasNext();) {
            PullRequest request = all.next();
            if (!request.noWait || !request.served && request.deadline != Long.MAX_VALUE) {
                anyEndsEarly |= request.noWait;
                continue;
            }
            all.remove();
            if (request.served)
                host.sendStatus(request.reply, "408 Request Timeout", request.pendingHeaders(), "");
            else
                host.sendStatus(request.reply, "404 No Messages", "", "");
        }
    }

    @Override
    long run(long now) {
        if (now < quietUntil)
            return quietUntil;
        long next = Long.MAX_VALUE;
        for (Iterator<PullRequest> all = waiting.iterator(); all.hasNext();) {
            PullRequest request = all.next();
            if (request.deadline <= now) {
                all.remove();
                host.sendStatus(request.reply, "408 Request Timeout", request.pendingHeaders(), "");
                continue;
            }
            if (request.nextHeartbeat <= now) {
                if (!host.hasInterest(request.reply)) {
                    all.remove();
                    continue;
                }
                host.sendStatus(request.reply, "100 Idle Heartbeat", consumer.positionHeaders(), "");
                request.active(now);
            }
            next = Math.min(next, request.due());
        }
        quietUntil = next;
        return next;
    }

    @Override
    boolean isActive() {
        waiting.removeIf(request -> !host.hasInterest(request.reply));
        return !waiting.isEmpty();
    }

    @Override
    DeliveryState state(long now) {
        return DeliveryState.of(waiting.isEmpty() ? DeliveryState.Kind.NO_PULL_REQUEST : DeliveryState.Kind.RUNNING);
    }

    @Override
    long memory() {
        return (long) REQUEST_BYTES * waiting.size();
    }

    @Override
    void end(String status) {
        boolean deleted = status.equals(Consumer.DELETED);
        for (PullRequest request : waiting)
            host.sendStatus(request.reply, status, deleted ? "" : request.pendingHeaders(), "");
        waiting.clear();
    }
}
