package io.jnatsd.jetstream.stream;

/** Counts what happens repeatedly, for a log line at most once a minute. Threads: the actor of the stream. */
final class Repeats {
    private static final long PAUSE = 60_000_000_000L;

    private long count;
    private boolean any;
    private long last;

    /** Counts once. Returns how often it happened since the last line, 0 if it is too early for the next one. */
    long count(long now) {
        count++;
        if (any && now - last < PAUSE)
            return 0;
        any = true;
        last = now;
        long since = count;
        count = 0;
        return since;
    }
}
