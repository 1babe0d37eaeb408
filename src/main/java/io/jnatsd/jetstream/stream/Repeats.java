package io.jnatsd.jetstream.stream;

/** Counts what happens repeatedly, for a log line at most once a minute. Threads: the actor that owns it. */
public final class Repeats {
    private static final long PAUSE = 60_000_000_000L;

    private long count;
    private boolean any;
    private long last;

    /**
     * Counts what happened. Returns how often it happened since the last line, 0 if it is too early for the next one.
     *
     * @param now a time in nanoseconds
     */
    public long count(long times, long now) {
        count += times;
        if (any && now - last < PAUSE)
            return 0;
        any = true;
        last = now;
        long since = count;
        count = 0;
        return since;
    }
}
