package io.jnatsd;

import io.jnatsd.fault.FaultInjection;
import io.jnatsd.fault.InjectedFault;
import java.time.Duration;

/**
 * A fault that lasts until it is closed, see {@link Faults}. It also ends when the server is closed, and some end by
 * themselves when they have taken effect.
 *
 * <p>All methods may be called by any thread.
 */
public final class Fault implements AutoCloseable {
    private final FaultInjection injection;
    private final InjectedFault injected;
    private final Waiting waiting;

    Fault(FaultInjection injection, InjectedFault injected, Waiting waiting) {
        this.injection = injection;
        this.injected = injected;
        this.waiting = waiting;
    }

    /**
     * Returns how often the fault has taken effect: how many messages were lost, how many connections refused, how often
     * reading or writing had to wait.
     *
     * @return 0 if it had no effect yet; a closed fault keeps its number
     */
    public long count() {
        return injected.count();
    }

    /**
     * Waits until the fault has taken effect a number of times, for 10 seconds at most.
     *
     * @param times that many times or more
     * @throws NatsServerException if it has not in time
     */
    public void awaitCount(long times) {
        awaitCount(times, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until the fault has taken effect a number of times.
     *
     * <pre>{@code
     * try (Fault outage = server.faults().refuseConnections()) {
     *     server.restart();
     *     outage.awaitCount(3, Duration.ofSeconds(30));           // the client has tried three times
     * }
     * }</pre>
     *
     * @param times that many times or more
     * @param patience how long it waits at most
     * @throws NatsServerException if it has not in time
     */
    public void awaitCount(long times, Duration patience) {
        waiting.await(patience, "a fault to take effect " + times + (times == 1 ? " time" : " times"),
                server -> count() >= times ? true : null, server -> "it has taken effect " + count() + " times");
    }

    /** Ends the fault: what was held goes on. What was lost stays lost. A second call has no effect. */
    @Override
    public void close() {
        injection.end(injected);
    }
}
