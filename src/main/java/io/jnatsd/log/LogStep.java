package io.jnatsd.log;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.tinylog.core.LogEntry;

/**
 * What the log thread has to do, in the order in which it was asked. Threads: immutable; the log thread completes the
 * futures.
 */
sealed interface LogStep {
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

    /** Go on as these settings say; the future gets why that is not possible, or null. */
    record Apply(LogSettings settings, CompletableFuture<IOException> failure) implements LogStep {
        @Override
        public void abandon() {
            failure.complete(new IOException("the log is closed"));
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
