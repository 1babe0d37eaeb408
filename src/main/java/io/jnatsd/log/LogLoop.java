package io.jnatsd.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.tinylog.core.LogEntry;

/** The log thread of one log. Threads: {@link #run} is that thread, which alone uses the target. */
final class LogLoop implements Runnable {
    /** How soon a target that could not write everything is asked to try again. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final LogQueue queue;
    private final LogTarget.Opener opener;
    private final Losses losses;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private LogSettings settings;
    private LogTarget target;

    /** Begins with the target for these settings; the opener makes later ones. */
    LogLoop(LogQueue queue, LogSettings settings, LogTarget target, LogTarget.Opener opener, Losses losses) {
        this.queue = queue;
        this.settings = settings;
        this.target = target;
        this.opener = opener;
        this.losses = losses;
    }

    /** Completed when everything is written and the target closed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void run() {
        var batch = new ArrayList<LogStep>();
        try {
            while (take(batch)) {
                for (int i = 0; i < batch.size(); i++)
                    attempt(batch.get(i));
                attempt(LogStep.FLUSH);
                batch.clear();
            }
        } finally {
            end(batch);
        }
    }

    /** False if the queue is closed and empty. What the queue throws for lack of memory, it keeps its steps for. */
    private boolean take(List<LogStep> batch) {
        try {
            return queue.take(batch, target.waiting() ? RETRY_NANOS : 0);
        } catch (Throwable e) {
            LockSupport.parkNanos(RETRY_NANOS);
            return true;
        }
    }

    /** Nobody may wait for a thread that is gone. */
    private void end(List<LogStep> left) {
        queue.close();
        left.forEach(LogStep::abandon);
        try {
            target.close();
        } finally {
            ended.complete(null);
        }
    }

    private void attempt(LogStep step) {
        try {
            perform(step);
        } catch (Throwable e) {
            notDone(step, e);
        }
    }

    /** The thread goes on with the next step, whatever is thrown: without it, nobody would be told of anything. */
    private void notDone(LogStep step, Throwable e) {
        losses.lost(1);
        step.abandon();
        try {
            losses.trouble("log line not written", e);
        } catch (Throwable again) {
            // There is no memory for the report either; the count has been kept.
            assert losses.total() > 0;
        }
    }

    private void perform(LogStep step) {
        switch (step) {
            case LogStep.Line(LogEntry entry) -> target.write(entry);
            case LogStep.Flush(CompletableFuture<Void> done) -> {
                target.flush();
                done.complete(null);
            }
            case LogStep.Reopen(CompletableFuture<Void> done) -> {
                reopen();
                done.complete(null);
            }
            case LogStep.Use(LogSettings next, LogTarget nextTarget, CompletableFuture<Void> done) -> {
                settings = next;
                if (nextTarget != null)
                    replaceTarget(nextTarget);
                done.complete(null);
            }
        }
    }

    private void reopen() {
        if (!target.isFile()) {
            say(LogLevel.NOTICE, "File log re-open ignored, not a file logger");
        } else {
            try {
                replaceTarget(opener.open(settings));
                say(LogLevel.NOTICE, "File log re-opened");
            } catch (IOException e) {
                say(LogLevel.ERROR, e.getMessage());
            }
        }
        target.flush();
    }

    private void replaceTarget(LogTarget next) {
        LogTarget old = target;
        target = next;
        old.close();
    }

    /** A line about the log itself. */
    private void say(LogLevel level, String text) {
        if (level.isAtLeast(LogLevel.named(settings.level())))
            target.write(LogLine.of(level, null, text));
    }
}
