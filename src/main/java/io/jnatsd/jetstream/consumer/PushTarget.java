package io.jnatsd.jetstream.consumer;

import io.jnatsd.delivery.Destination;
import io.jnatsd.jetstream.config.ConsumerConfig;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The deliver subject of a push consumer: its interest, heartbeats, flow control and rate (JetStream: push). Threads:
 * the actor of the stream.
 */
final class PushTarget extends Taker {
    private static final int LARGEST_WINDOW = 32 * 1024 * 1024, FIRST_WINDOW = LARGEST_WINDOW / 16;
    private static final String CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final long BITS_TIMES_NANOS = 8_000_000_000L;

    private final Consumer consumer;
    private final Host host;
    private Destination to;
    private long nextHeartbeat;
    private long window = FIRST_WINDOW;
    /** Bytes sent that the client has not confirmed by an answer to a flow control request. */
    private long unconfirmed;
    /** The reply subject of the flow control request that is open, empty if there is none, and what it confirms. */
    private String request = "";
    private long requested;
    /** The rate allows no message before this time. */
    private long allowedAt;

    PushTarget(Consumer consumer, Host host) {
        this.consumer = consumer;
        this.host = host;
        configure();
        rest(host.now());
    }

    /** Applies a changed configuration. */
    void configure() {
        String subject = config().deliverSubject();
        if (to == null || !to.subject().equals(subject))
            to = new Destination(subject);
        allowedAt = host.now();
    }

    /** Somebody subscribes the deliver subject, which nobody did before. */
    void begin() {
        rest(host.now());
    }

    private ConsumerConfig config() {
        return consumer.config();
    }

    private void rest(long now) {
        nextHeartbeat = config().idleHeartbeat() == null ? Long.MAX_VALUE : Host.after(now, config().idleHeartbeat());
    }

    @Override
    Destination target() {
        return !isStalled() && allowedAt <= host.now() && isActive() ? to : null;
    }

    private boolean isStalled() {
        return config().hasFlowControl() && unconfirmed > window;
    }

    @Override
    boolean fits(int size) {
        return true;
    }

    @Override
    void sent(int size) {
        long now = host.now();
        rest(now);
        if (config().rateLimitBps() != null)
            allowedAt = Math.max(allowedAt, now) + size * BITS_TIMES_NANOS / config().rateLimitBps();
        if (!config().hasFlowControl())
            return;
        unconfirmed += size;
        if (unconfirmed > window / 2 && request.isEmpty()) {
            request = "$JS.FC." + host.stream() + "." + config().name() + "." + random();
            requested = unconfirmed;
            host.sendStatus(to, "100 FlowControl Request", "", request);
        }
    }

    private static String random() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++)
            text.append(CHARS.charAt(ThreadLocalRandom.current().nextInt(CHARS.length())));
        return text.toString();
    }

    /** A client has answered a flow control request. */
    void confirmed(String subject) {
        if (!subject.equals(request))
            return;
        unconfirmed -= requested;
        request = "";
        window = Math.min(2 * window, LARGEST_WINDOW);
    }

    @Override
    void unreachable() {
        // The next look at the interest says that nobody is there.
    }

    @Override
    void drained() {
    }

    @Override
    long run(long now) {
        if (!isActive()) {
            rest(now);
            return Long.MAX_VALUE;
        }
        if (nextHeartbeat <= now) {
            host.sendStatus(to, "100 Idle Heartbeat", consumer.positionHeaders()
                    + (isStalled() ? "Nats-Consumer-Stalled: " + request + "\r\n" : ""), "");
            rest(now);
        }
        return allowedAt > now ? Math.min(allowedAt, nextHeartbeat) : nextHeartbeat;
    }

    @Override
    boolean isActive() {
        String group = config().deliverGroup();
        return group == null ? host.hasInterest(to) : host.hasInterest(to, group);
    }

    @Override
    DeliveryState state(long now) {
        if (!isActive())
            return DeliveryState.of(DeliveryState.Kind.NO_INTEREST);
        if (isStalled())
            return DeliveryState.of(DeliveryState.Kind.FLOW_CONTROL);
        return allowedAt > now ? new DeliveryState(DeliveryState.Kind.RATE_LIMIT, allowedAt - now)
                : DeliveryState.of(DeliveryState.Kind.RUNNING);
    }

    @Override
    long memory() {
        return 0;
    }

    @Override
    void end(String status) {
    }
}
