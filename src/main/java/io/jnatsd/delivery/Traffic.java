package io.jnatsd.delivery;

import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.log.Log;
import io.jnatsd.subject.SubjectSpace;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the deliveries of one server share: the subscriptions, the counters, and what is traced and sampled.
 *
 * <p>Threads: any thread. The counters are concurrent; a reload replaces the volatile fields, each as a whole.
 */
public final class Traffic {
    final SubjectSpace subjects;
    final Log log;

    final LongAdder inMessages = new LongAdder();
    final LongAdder inBytes = new LongAdder();
    final LongAdder outMessages = new LongAdder();
    final LongAdder outBytes = new LongAdder();
    /** Lookups in the subscription index. */
    final LongAdder matches = new LongAdder();

    private volatile TraceFilter traceFilter;
    /** Null unless the busiest subjects are asked for. */
    private volatile TopSubjects topSubjects;
    private volatile long maxPending;
    /** Only one user may publish to subjects that begin with {@code $SYS.}. */
    private volatile boolean systemUser;

    public Traffic(SubjectSpace subjects, Log log) {
        this.subjects = subjects;
        this.log = log;
    }

    /** Messages and payload bytes of all connections ever, and lookups in the subscription index. */
    public record Totals(long inMessages, long inBytes, long outMessages, long outBytes, long matches) {
    }

    /** Options come into force, at the start or by a reload. */
    public void apply(LogOptions logs, Limits limits, boolean sampled) {
        traceFilter = new TraceFilter(logs);
        maxPending = limits.maxPending();
        if (sampled != (topSubjects != null))
            topSubjects = sampled ? new TopSubjects() : null;
    }

    /** Whether only one user may publish to subjects that begin with {@code $SYS.}. */
    public void systemUser(boolean on) {
        systemUser = on;
    }

    public boolean hasSystemUser() {
        return systemUser;
    }

    /** Which connections and subjects are traced. */
    public TraceFilter traceFilter() {
        return traceFilter;
    }

    /** The busiest subjects; null unless they are asked for. */
    public TopSubjects topSubjects() {
        return topSubjects;
    }

    /** Bytes that may wait for one receiver, negative for no limit. */
    long maxPending() {
        return maxPending;
    }

    public Totals totals() {
        return new Totals(inMessages.sum(), inBytes.sum(), outMessages.sum(), outBytes.sum(), matches.sum());
    }
}
