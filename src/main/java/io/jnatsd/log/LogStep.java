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

    record Line(LogEntry entry) implements LogStep {
        @Override
        public int chars() {
            return entry.getMessage().length();
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

    /** The memory that it holds while it waits, about. */
    default int chars() {
        return 0;
    }

    /** It will not be done. */
    default void abandon() {
    }
}
