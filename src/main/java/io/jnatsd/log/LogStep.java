package io.jnatsd.log;

import java.util.concurrent.CompletableFuture;
import org.tinylog.core.LogEntry;

/**
 * A task of the log thread. Tasks are done in the order in which they were queued. Threads: immutable; the log thread
 * completes the futures.
 */
sealed interface LogStep {
    /** A flush that no thread waits for. */
    LogStep FLUSH = new Flush(new CompletableFuture<>());

    /** @param bytes the approximate memory of the queued line */
    record Line(LogEntry entry, long bytes) implements LogStep {
        /** The size of the objects of a line without their texts. */
        private static final int OVERHEAD = 256;

        Line(LogEntry entry) {
            this(entry, OVERHEAD + 2 * chars(entry));
        }

        private static long chars(LogEntry entry) {
            long chars = entry.getMessage().length();
            for (String value : entry.getContext().values())
                chars += value.length();
            return chars;
        }

        @Override
        public boolean isControl() {
            return false;
        }
    }

    /** Writes everything before this step. */
    record Flush(CompletableFuture<Void> done) implements LogStep {
        @Override
        public void abandon() {
            done.complete(null);
        }
    }

    /** Opens the file again. */
    record Reopen(CompletableFuture<Void> done) implements LogStep {
        @Override
        public void abandon() {
            done.complete(null);
        }
    }

    /** Changes to these settings and this target; null keeps the present target. */
    record Use(LogSettings settings, LogTarget target, CompletableFuture<Void> done) implements LogStep {
        @Override
        public void abandon() {
            done.complete(null);
        }
    }

    /** Returns the memory that counts towards the bound of the queue. */
    default long bytes() {
        return 0;
    }

    /** Returns whether this is a request that a caller waits for, not a line. */
    default boolean isControl() {
        return true;
    }

    /** Tells the caller that the step will not be done. */
    default void abandon() {
    }
}
