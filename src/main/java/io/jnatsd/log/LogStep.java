package io.jnatsd.log;

import java.util.concurrent.CompletableFuture;
import org.tinylog.core.LogEntry;

/**
 * What the log thread has to do, in the order in which it was asked. Threads: immutable; the log thread completes the
 * futures.
 */
sealed interface LogStep {
    /** Get everything out; nobody waits for it. */
    LogStep FLUSH = new Flush(new CompletableFuture<>());

    /** @param bytes the memory that it holds while it waits, about */
    record Line(LogEntry entry, long bytes) implements LogStep {
        /** The objects of a line without their texts. */
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

    /** Get everything before this out. */
    record Flush(CompletableFuture<Void> done) implements LogStep {
        @Override
        public void abandon() {
            done.complete(null);
        }
    }

    /** Go on in a file that is opened now. */
    record Reopen(CompletableFuture<Void> done) implements LogStep {
        @Override
        public void abandon() {
            done.complete(null);
        }
    }

    /** Go on as these settings say, in this target, or the old one if it is null. */
    record Use(LogSettings settings, LogTarget target, CompletableFuture<Void> done) implements LogStep {
        @Override
        public void abandon() {
            done.complete(null);
        }
    }

    /** The memory that counts towards the bound of the queue. */
    default long bytes() {
        return 0;
    }

    /** Not a line, but something that a caller asks for and waits for. */
    default boolean isControl() {
        return true;
    }

    /** It will not be done. */
    default void abandon() {
    }
}
