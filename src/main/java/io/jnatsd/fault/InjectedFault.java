package io.jnatsd.fault;

import java.util.concurrent.atomic.AtomicLong;

/** A fault that lasts until it is ended, or has taken effect as often as it may. Threads: any thread. */
public abstract sealed class InjectedFault permits ClientFault, OpeningFault, RouteFault {
    private final AtomicLong count = new AtomicLong();
    /** 0 for no limit. */
    private final long limit;
    private volatile boolean over;

    InjectedFault(long limit) {
        this.limit = limit;
    }

    /** Returns how often it has taken effect. */
    public final long count() {
        return count.get();
    }

    /** Returns whether it takes effect no more. */
    final boolean isOver() {
        return over;
    }

    final void end() {
        over = true;
    }

    /** Counts an effect. Returns false if it must not take effect any more. Takes no lock and does not wait. */
    final boolean takesEffect() {
        long before = count.get();
        while (!over && (limit == 0 || before < limit)) {
            if (count.compareAndSet(before, before + 1)) {
                if (before + 1 == limit)
                    over = true;
                return true;
            }
            before = count.get();
        }
        return false;
    }
}
