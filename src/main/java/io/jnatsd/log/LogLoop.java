package io.jnatsd.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The log thread of one log. Threads: {@link #run} is that thread, and only it uses the target; {@link #await} any
 * other thread.
 */
final class LogLoop implements Runnable {
    /** The pause before the next attempt to write what could not be written. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** If a step takes longer than this, the target is stuck. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The longest wait of a caller, even if the target is only slow. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LogQueue queue;
    private final LogTarget.Opener opener;
    private final Losses losses;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** The number of steps attempted. Written by the log thread. */
    private final AtomicLong attempts = new AtomicLong();
    private LogSettings settings;
    private LogTarget target;

    /**
     * @param target the open target for the settings
     * @param opener opens later targets
     */
    LogLoop(LogQueue queue, LogSettings settings, LogTarget target, LogTarget.Opener opener, Losses losses) {
        this.queue = queue;
        this.settings = settings;
        this.target = target;
        this.opener = opener;
        this.losses = losses;
    }

    /** Completed when everything is written and the target is closed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * Waits until the log thread has completed the future. Gives up when the thread is stuck in one step for a second,
     * and after ten seconds in any case. An interrupt does not end the wait; the thread's interrupt status is kept.
     */
    void await(CompletableFuture<Void> done) {
        long start = System.nanoTime(), left = WAIT_NANOS, before;
        do {
            before = attempts.get();
            done.copy().completeOnTimeout(null, Math.min(STEP_NANOS, left), TimeUnit.NANOSECONDS).join();
            left = WAIT_NANOS - (System.nanoTime() - start);
        } while (!done.isDone() && attempts.get() != before && left > 0);
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
            attempt(LogStep.FLUSH); // reports lines dropped since the last flush
        } finally {
            end(batch);
        }
    }

    /** Returns false if the queue is closed and empty. If the queue throws an OutOfMemoryError, it keeps its steps. */
    private boolean take(List<LogStep> batch) {
        try {
            return queue.take(batch, target.waiting() ? RETRY_NANOS : 0);
        } catch (Throwable e) {
            LockSupport.parkNanos(RETRY_NANOS);
            return true;
        }
    }

    /** Abandons the remaining steps, so that no thread waits for them. */
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
        attempts.incrementAndGet();
    }

    /** Records a failed step. The log thread continues with the next step after any Throwable. */
    private void notDone(LogStep step, Throwable e) {
        losses.lost(1);
        step.abandon();
        try {
            losses.trouble("log line not written", e);
        } catch (Throwable again) {
            // There is no memory for the report either. The count is already updated.
            assert losses.total() > 0;
        }
    }

    private void perform(LogStep step) {
        switch (step) {
            case LogStep.Line line -> target.write(line.entry());
            case LogStep.Flush(CompletableFuture<Void> done) -> {
                target.flush();
                reportDropped();
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

    /**
     * Reports dropped lines, but only when all earlier lines are written, so that a stuck target does not accumulate
     * reports.
     */
    private void reportDropped() {
        if (target.waiting())
            return;
        long dropped = losses.takeDropped();
        if (dropped > 0) {
            say(LogLevel.WARN, "Lost " + dropped + " log lines, they came faster than they could be written");
            target.flush();
        }
    }

    private void replaceTarget(LogTarget next) {
        LogTarget old = target;
        target = next;
        old.close();
    }

    /** Writes a line about the log itself. */
    private void say(LogLevel level, String text) {
        if (level.isAtLeast(LogLevel.named(settings.level())))
            target.write(LogLine.of(level, null, text));
    }
}
