package io.jnatsd.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight Recorder event: the streams have as much memory as they may have. Threads: created and committed by one thread. */
@Name("jnatsd.MemoryLimit")
@Label("Memory Limit")
@Category("jnatsd")
@StackTrace(false)
public final class MemoryLimitEvent extends Event {
    @Label("Used")
    @DataAmount
    private final long used;
    @Label("Limit")
    @DataAmount
    private final long limit;

    private MemoryLimitEvent(long used, long limit) {
        this.used = used;
        this.limit = limit;
    }

    /** Commits the event. */
    public static void commit(long used, long limit) {
        new MemoryLimitEvent(used, limit).commit();
    }
}
