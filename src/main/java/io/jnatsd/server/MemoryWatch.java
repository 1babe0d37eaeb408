package io.jnatsd.server;

import io.jnatsd.connection.MemoryReserve;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Threads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Notices that a server is out of memory for good. One OutOfMemoryError ends what it was thrown in, a connection as a
 * rule, and frees its memory; where more of them follow second after second, that has not helped. Nor are all of them
 * thrown: for lack of memory the JDK has a virtual thread that waits keep its carrier, and when all carriers are kept, no
 * connection is served. So while memory is short, the watch also starts a virtual thread now and then, to see whether it
 * runs.
 *
 * <p>Threads: {@link #look} the timer.
 */
final class MemoryWatch {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** So many looks in a row that find no improvement are too many. */
    static final int MOST = 10;

    private final Threads threads;
    private final MemoryReserve reserve;
    private final BooleanSupplier isShort;
    private final Executor virtual;
    private final Runnable giveUp;
    private final Runnable pulse = this::beat;
    /** The last virtual thread that was started has run. Written by that thread and the timer. */
    private volatile boolean hasRun = true;
    /** The number of errors at the last look. */
    private long seen;
    private int inARow;

    /**
     * @param isShort whether there is little memory now
     * @param virtual runs tasks on virtual threads
     * @param giveUp called in the timer's thread, again each second for as long as nothing improves
     */
    MemoryWatch(Threads threads, MemoryReserve reserve, BooleanSupplier isShort, Executor virtual, Runnable giveUp) {
        this.threads = threads;
        this.reserve = reserve;
        this.isShort = isShort;
        this.virtual = virtual;
        this.giveUp = giveUp;
    }

    /** Watches a server for as long as its timer runs. */
    static void start(ServerState state, Runnable giveUp) {
        MemoryWatch watch = new MemoryWatch(state.threads, state.reserve, state.reserve::isNeeded,
                state.threads.executor("pulse"), giveUp);
        state.timer().scheduleWithFixedDelay(state.threads.guarded("memory watch", watch::look), PAUSE.toNanos(),
                PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    void look() {
        long now = threads.outOfMemory();
        // It was started while memory was short. That there is more now does not free a carrier.
        boolean thrown = now != seen, stuck = !hasRun;
        seen = now;
        if (thrown || stuck) {
            reserve.release();
            inARow++;
        } else {
            inARow = 0;
            reserve.renew();
        }
        if (inARow >= MOST)
            giveUp.run();
        if (hasRun && (thrown || isShort.getAsBoolean())) {
            hasRun = false;
            virtual.execute(pulse);
        }
    }

    private void beat() {
        hasRun = true;
    }
}
