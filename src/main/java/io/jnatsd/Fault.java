package io.jnatsd;

import io.jnatsd.fault.FaultInjection;
import io.jnatsd.fault.InjectedFault;

/**
 * A fault that lasts until it is closed, see {@link Faults}. It also ends when the server is closed, and some end by
 * themselves when they have taken effect.
 *
 * <p>All methods may be called by any thread.
 */
public final class Fault implements AutoCloseable {
    private final FaultInjection injection;
    private final InjectedFault injected;

    Fault(FaultInjection injection, InjectedFault injected) {
        this.injection = injection;
        this.injected = injected;
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

    /** Ends the fault: what was held goes on. What was lost stays lost. A second call has no effect. */
    @Override
    public void close() {
        injection.end(injected);
    }
}
