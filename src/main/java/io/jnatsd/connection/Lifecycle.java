package io.jnatsd.connection;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The state of a connection.
 *
 * <pre>
 *                   close              output written        time is up,
 *  OPENING ---+---------------> CLOSING -------+----> LINGERING -----+
 *     |       |                                |     peer hangs up   |
 *     v       |                                |                     v
 *   OPEN -----+                                +------------------> DEAD
 *
 *  every state --- kill ---> DEAD
 * </pre>
 *
 * <ul>
 * <li>OPENING: TLS, frames and the first lines. OPEN: commands are read and handled.
 * <li>CLOSING: no more commands are handled; pending output is still written.
 * <li>LINGERING: the output is shut down; the peer has a moment to read the rest and to hang up.
 * <li>DEAD: the socket is closed.
 * </ul>
 *
 * <p>The first reason for which a connection ends is kept. Beside this state, a connection leaves the tables of the
 * server once, on its way to CLOSING or DEAD.
 *
 * <p>Threads: any thread. State and reason are one number, so that a change allocates no memory.
 */
final class Lifecycle {
    enum Phase { OPENING, OPEN, CLOSING, LINGERING, DEAD }

    private static final Phase[] PHASES = Phase.values();
    private static final CloseReason[] REASONS = CloseReason.values();
    private static final int PHASE_MASK = 7;
    /** The socket stays open until the peer has read all output, while it may still send. */
    private static final int LINGER = 8;
    /** The ordinal of the reason plus one. */
    private static final int REASON_SHIFT = 4;

    private final AtomicInteger state = new AtomicInteger();
    /** Reached with LINGERING or DEAD. */
    private final CountDownLatch outputFinished = new CountDownLatch(1);

    private static int state(Phase phase, int rest) {
        return rest & ~PHASE_MASK | phase.ordinal();
    }

    private static Phase phase(int state) {
        return PHASES[state & PHASE_MASK];
    }

    Phase phase() {
        return phase(state.get());
    }

    /** Null while the connection is opening or open. */
    CloseReason reason() {
        int reason = state.get() >>> REASON_SHIFT;
        return reason == 0 ? null : REASONS[reason - 1];
    }

    /** Whether it has a reason to end. */
    boolean isEnding() {
        return state.get() >>> REASON_SHIFT != 0;
    }

    boolean lingerNeeded() {
        return (state.get() & LINGER) != 0;
    }

    /** The handshakes are done. Nothing happens if the connection ends already. */
    void opened() {
        state.compareAndSet(Phase.OPENING.ordinal(), Phase.OPEN.ordinal());
    }

    /**
     * From OPENING or OPEN to CLOSING.
     *
     * @return false if it ends already, for an earlier reason
     */
    boolean close(CloseReason why, boolean linger) {
        int next = state(Phase.CLOSING, why.ordinal() + 1 << REASON_SHIFT | (linger ? LINGER : 0));
        int now = state.get();
        while (now >>> REASON_SHIFT == 0) {
            if (state.compareAndSet(now, next))
                return true;
            now = state.get();
        }
        return false;
    }

    /** From CLOSING to LINGERING: all output is written. */
    void linger() {
        int now = state.get();
        if (phase(now) == Phase.CLOSING)
            state.compareAndSet(now, state(Phase.LINGERING, now));
        outputFinished.countDown();
    }

    /** To DEAD; the connection has a reason to end. */
    void die() {
        state.updateAndGet(now -> state(Phase.DEAD, now));
        outputFinished.countDown();
    }

    /** Waits until all output is written or nothing more can be; false if that takes too long. */
    boolean awaitOutput(long millis) throws InterruptedException {
        return outputFinished.await(millis, TimeUnit.MILLISECONDS);
    }
}
