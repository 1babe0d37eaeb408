package io.jnatsd.connection;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks a connection at every {@code ping_interval} whether it is still there, and ends it after {@code ping_max} asks
 * without an answer (protocol reference, section 9). Threads: {@link #pong} the reader's, {@link #expired} runs
 * on a thread of its own, the rest on any thread.
 */
public final class PingTimer {
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    /** The first PING comes early: it tells how far away the peer is. Not all of them at the same time. */
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final double SPREAD = 0.2;
    private static final String STALE = "-ERR 'Stale Connection'\r\n";

    private final Connection connection;
    private final AtomicReference<Future<?>> next = new AtomicReference<>();
    private volatile int unanswered;
    /** When the last PING was sent, in nanoseconds; 0 if it has been answered. */
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
     * The next PING is due soon, in {@link #FIRST} and a little or in the usual time, whichever is less. For a peer
     * that is not confused by it: one that has logged in.
     */
    public void startSoon() {
        Duration usual = connection.server.limits.pingInterval();
        Duration least = usual.compareTo(FIRST) < 0 ? usual : FIRST;
        double nanos = least.toNanos() * (1 + ThreadLocalRandom.current().nextDouble(SPREAD));
        Future<?> before = next.get(), soon = connection.server.after(Duration.ofNanos((long) nanos), this::expired);
        // If it has just expired, there is a new one already.
        cancel(next.compareAndSet(before, soon) ? before : soon);
        stopIfClosed();
    }

    public void stop() {
        cancel(next.get());
    }

    /** The connection may have left, and stopped the timer, before it was started. */
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
            // Without a next PING nobody would notice that the peer has gone.
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

    /** Asks once more, out of turn, only to see how long an answer takes. */
    public void measure() {
        if (sent != 0 || connection.closeReason() != null)
            return;
        sent = System.nanoTime();
        connection.outbound.append(PING, Long.MAX_VALUE);
        connection.outbound.flush();
    }

    public void pong() {
        long since = sent;
        sent = 0;
        unanswered = 0;
        if (since != 0)
            roundTripNanos = System.nanoTime() - since;
    }

    /** How long the last PING took to be answered; 0 if none has been. */
    public long roundTripNanos() {
        return roundTripNanos;
    }
}
