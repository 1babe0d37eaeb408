package io.jnatsd.junit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last lines of a server's log, for a test that fails. Threads: the log thread of the server adds, those of tests
 * read; {@code lock} guards all fields.
 */
final class RecentLog {
    /** For Latin-1 text, the bytes of the kept lines without those of their objects. */
    private static final int MOST_CHARS = 32 * 1024;
    private static final int MOST_CHARS_PER_LINE = 4 * 1024;
    /** Logging is asynchronous: a line about what made a test fail may come a little later. */
    private static final long QUIET_MILLIS = 20, LONGEST_WAIT_MILLIS = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Deque<String> lines = new ArrayDeque<>();
    private int chars;
    /** How many lines were ever added. */
    private long total;

    void add(String line) {
        String kept = line.length() <= MOST_CHARS_PER_LINE ? line : line.substring(0, MOST_CHARS_PER_LINE) + "...";
        lock.lock();
        try {
            lines.add(kept);
            chars += kept.length();
            while (chars > MOST_CHARS)
                chars -= lines.remove().length();
            total++;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many lines there have been, which {@link #since} takes. */
    long total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing has been added for some milliseconds, and a fraction of a second at most. */
    void awaitQuiet() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
        lock.lock();
        try {
            long before;
            do {
                before = total;
                for (long left = TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS); left > 0 && before == total;)
                    left = added.awaitNanos(left);
            } while (before != total && System.nanoTime() - end < 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the lines that were added after there were so many, indented; empty if there are none. */
    String since(long mark) {
        lock.lock();
        try {
            StringBuilder text = new StringBuilder();
            long number = total - lines.size();
            if (number > mark)
                text.append("\n    (").append(number - mark).append(" earlier lines are left out)");
            for (String line : lines)
                if (number++ >= mark)
                    text.append("\n    ").append(line);
            return text.toString();
        } finally {
            lock.unlock();
        }
    }
}
