package io.jnatsd.log;

import io.jnatsd.text.OsError;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Trouble with the target of one log: says on stderr when it begins and counts the lines that it costs. Threads: the
 * log thread; {@link #lost()}, {@link #dropped} and {@link #total} by any thread.
 */
final class Losses {
    private final PrintStream stderr;
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private boolean inTrouble;
    private long lostInTrouble;

    Losses(OutputStream stderr) {
        this.stderr = new PrintStream(stderr, true, StandardCharsets.UTF_8);
    }

    /** Only the first report of a trouble is printed, until {@link #over}. */
    void trouble(String what, Throwable e) {
        if (inTrouble)
            return;
        inTrouble = true;
        stderr.println(what + ": " + OsError.text(e));
    }

    void lost(long lines) {
        total.addAndGet(lines);
        lostInTrouble += lines;
    }

    /** A line that was lost before it reached the log thread. Called by any thread. */
    void lost() {
        total.incrementAndGet();
    }

    /** A line that was lost because the queue was full. Called by any thread. */
    void dropped() {
        total.incrementAndGet();
        dropped.incrementAndGet();
    }

    /** The number of lines dropped since this was last called. */
    long takeDropped() {
        return dropped.getAndSet(0);
    }

    /** The target works: the number of lines lost since it last did. */
    long over() {
        long lost = lostInTrouble;
        inTrouble = false;
        lostInTrouble = 0;
        return lost;
    }

    /** All lines ever lost. */
    long total() {
        return total.get();
    }
}
