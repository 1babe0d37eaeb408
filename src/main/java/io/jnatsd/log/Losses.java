package io.jnatsd.log;

import io.jnatsd.text.OsError;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the lines that one log has lost, and reports the first failure of its target on stderr. Threads: the log
 * thread; {@link #lost()}, {@link #dropped} and {@link #total} any thread.
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

    /** Reports a failure. Further failures are not printed until {@link #over} is called. */
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

    /** Counts a line that was lost before it reached the log thread. Called by any thread. */
    void lost() {
        total.incrementAndGet();
    }

    /** Counts a line that was lost because the queue was full. Called by any thread. */
    void dropped() {
        total.incrementAndGet();
        dropped.incrementAndGet();
    }

    /** Returns the number of lines dropped since the last call. */
    long takeDropped() {
        return dropped.getAndSet(0);
    }

    /** Records that the target works. Returns the number of lines lost since it last worked. */
    long over() {
        long lost = lostInTrouble;
        inTrouble = false;
        lostInTrouble = 0;
        return lost;
    }

    /** Returns the number of lines lost since the start. */
    long total() {
        return total.get();
    }
}
