package io.jnatsd.delivery;

import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.log.Log;
import io.jnatsd.subject.SubjectSpace;
import java.util.concurrent.atomic.LongAdder;

/**
 * The state that all deliveries of one server share: the subscriptions, the counters, and the options for tracing and
 * sampling.
 *
 * <p>Threads: any thread. The counters are concurrent; a reload replaces each volatile field as a whole.
 */
public final class Traffic {
    final SubjectSpace subjects;
    final Log log;

    final LongAdder inMessages = new LongAdder();
    final LongAdder inBytes = new LongAdder();
    final LongAdder outMessages = new LongAdder();
    final LongAdder outBytes = new LongAdder();
    /** Number of lookups in the subscription index. */
    final LongAdder matches = new LongAdder();

    private volatile TraceFilter traceFilter;
    /** Null while sampling is off. */
    private volatile TopSubjects topSubjects;
    private volatile long maxPending;
    /** Only one user may publish to subjects that begin with {@code $SYS.}. */
    private volatile boolean systemUser;

    public Traffic(SubjectSpace subjects, Log log) {
        this.subjects = subjects;
        this.log = log;
    }

    /** Messages and payload bytes of all connections since the start, and lookups in the subscription index. */
    public record Totals(long inMessages, long inBytes, long outMessages, long outBytes, long matches) {
    }

    /** Applies options, at the start or in a reload. */
    public void apply(LogOptions logs, Limits limits, boolean sampled) {
        traceFilter = new TraceFilter(logs);
        maxPending = limits.maxPending();
        if (sampled != (topSubjects != null))
            topSubjects = sampled ? new TopSubjects() : null;
    }

    /** Sets whether only one user may publish to subjects that begin with {@code $SYS.}. */
    public void systemUser(boolean on) {
        systemUser = on;
    }

    public boolean hasSystemUser() {
        return systemUser;
    }

    /** Returns the clients and subjects that are traced. */
    public TraceFilter traceFilter() {
        return traceFilter;
    }

    /** Returns the busiest subjects, or null while sampling is off. */
    public TopSubjects topSubjects() {
        return topSubjects;
    }

    /** Returns the limit of pending bytes of one receiver, negative for no limit. */
    public long maxPending() {
        return maxPending;
    }

    public Totals totals() {
        return new Totals(inMessages.sum(), inBytes.sum(), outMessages.sum(), outBytes.sum(), matches.sum());
    }
}
