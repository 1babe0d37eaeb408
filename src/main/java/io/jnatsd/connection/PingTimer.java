package io.jnatsd.connection;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sends a PING at every {@code ping_interval}, and closes the connection if {@code ping_max} PINGs were not answered
 * (protocol.md, section 10). Threads: {@link #pong}: the reader only; {@link #expired}: a thread of its own; other
 * methods: any thread.
 */
public final class PingTimer {
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    /**
     * The first PING is sent early, because it measures the round trip time. A random part spreads the
     * PINGs of clients that connect at the same time.
     */
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final double SPREAD = 0.2;
    private static final String STALE = "-ERR 'Stale Connection'\r\n";

    private final Connection connection;
    private final AtomicReference<Future<?>> next = new AtomicReference<>();
    private volatile int unanswered;
    /** The time when the last PING was sent, in nanoseconds; 0 if it was answered. */
    private volatile long sent;
    private volatile long roundTripNanos;

    public PingTimer(Connection connection) {
        this.connection = connection;
    }

    public void start() {
        cancel(next.getAndSet(connection.server.after(connection.server.limits.pingInterval(), this::expired)));
        stopIfClosed();
    }

    /**
     * Schedules the next PING after {@link #FIRST} plus a random part, or after the usual interval if that is shorter.
     * Only for a peer that has logged in and therefore expects a PING.
     */
    public void startSoon() {
        Duration usual = connection.server.limits.pingInterval();
        Duration least = usual.compareTo(FIRST) < 0 ? usual : FIRST;
        double nanos = least.toNanos() * (1 + ThreadLocalRandom.current().nextDouble(SPREAD));
        Future<?> before = next.get(), soon = connection.server.after(Duration.ofNanos((long) nanos), this::expired);
        // If the timer has just expired, another PING is already scheduled.
        cancel(next.compareAndSet(before, soon) ? before : soon);
        stopIfClosed();
    }

    public void stop() {
        cancel(next.get());
    }

    /** The connection may have left, and stopped the timer, before the timer was started. */
    private void stopIfClosed() {
        if (connection.closeReason() != null)
            stop();
    }

    private static void cancel(Future<?> timer) {
        if (timer != null)
            timer.cancel(false);
    }

    private void expired() {
        if (connection.closeReason() != null)
            return;
        try {
            ask();
        } catch (Throwable e) {
            // Without a next PING, a dead peer would not be detected.
            connection.kill(CloseReason.STALE);
            throw e;
        }
    }

    private void ask() {
        ServerState server = connection.server;
        server.log.debug(connection, connection.dialect.title() + " Ping Timer");
        if (unanswered + 1 > server.limits.pingMax()) {
            server.log.debug(connection, "Stale Client Connection - Closing");
            connection.close(CloseReason.STALE, STALE);
            return;
        }
        unanswered++;
        if (server.traffic.traceFilter().wants(connection.outbound))
            server.log.trace(connection, "<<- [PING]");
        sent = System.nanoTime();
        connection.outbound.append(PING, Long.MAX_VALUE);
        connection.outbound.flush();
        start();
    }

    /** Sends an additional PING, only to measure the round trip time. */
    public void measure() {
        if (sent != 0 || connection.closeReason() != null)
            return;
        sent = System.nanoTime();
        connection.outbound.append(PING, Long.MAX_VALUE);
        connection.outbound.flush();
    }

    /** The peer may have answered, but its input is not read at the moment. */
    public void postpone() {
        unanswered = 0;
    }

    public boolean isUnanswered() {
        return sent != 0;
    }

    public void pong() {
        long since = sent;
        sent = 0;
        unanswered = 0;
        if (since != 0)
            roundTripNanos = System.nanoTime() - since;
    }

    /** Returns the round trip time of the last PING that was answered; 0 if there was none. */
    public long roundTripNanos() {
        return roundTripNanos;
    }
}
