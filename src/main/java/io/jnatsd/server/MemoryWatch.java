package io.jnatsd.server;

import io.jnatsd.connection.MemoryReserve;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Threads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Detects that a server stays out of memory. A single OutOfMemoryError ends what it was thrown in, usually one
 * connection, and thereby frees memory. If errors follow each other for many seconds, that has not helped. Some of them
 * are never thrown: without memory, the JDK cannot unmount a waiting virtual thread from its carrier, and when all
 * carriers are pinned in this way, no connection is served. Therefore, while memory is short, the watch also starts a
 * virtual thread from time to time and checks that it runs.
 *
 * <p>Threads: {@link #check} the timer.
 */
final class MemoryWatch {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** After this many checks in a row without improvement the server gives up. */
    static final int MOST = 10;

    private final Threads threads;
    private final MemoryReserve reserve;
    private final BooleanSupplier isShort;
    private final Executor virtual;
    private final Runnable giveUp;
    private final Runnable markRun = this::setHasRun;
    /** True if the last virtual thread that was started has run. Written by that thread and the timer. */
    private volatile boolean hasRun = true;
    /** The number of errors at the last check. */
    private long seen;
    private int inARow;

    /**
     * @param isShort whether memory is short now
     * @param virtual runs tasks on virtual threads
     * @param giveUp called in the timer's thread, each second for as long as nothing improves
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
                state.threads.executor("markRun"), giveUp);
        state.timer().scheduleWithFixedDelay(state.threads.guarded("memory watch", watch::check), PAUSE.toNanos(),
                PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    }

    void check() {
        long now = threads.outOfMemory();
        // A virtual thread that has not run yet was started while memory was short. More memory does not free its
        // carrier.
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
            virtual.execute(markRun);
        }
    }

    private void setHasRun() {
        hasRun = true;
    }
}
