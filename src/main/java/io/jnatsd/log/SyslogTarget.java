package io.jnatsd.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.tinylog.core.LogEntry;

/**
 * Writes lines to a syslog server. While the server is not reachable, lines are kept up to a bound and lost beyond it,
 * because an unreachable syslog must not stop the server. Threads: see {@link LogTarget}; each dial after the first
 * runs in a virtual thread of its own.
 */
final class SyslogTarget implements LogTarget {
    private static final int KEPT_LINES = 16 * 1024, KEPT_CHARS = 16 * 1024 * 1024;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /**
     * A server that has only restarted accepts a connection within this time, so that a caller that waits for a flush
     * finds its lines written.
     */
    private static final long DIAL_WAIT_MILLIS = 200;

    private final SyslogLink.Dialer dialer;
    private final Losses losses;
    private final Deque<LogEntry> waiting = new ArrayDeque<>();
    private long waitingChars;
    private SyslogLink link;
    private CompletableFuture<Dialled> dialling;
    private long nextDialNanos = System.nanoTime();
    private long pauseNanos = FIRST_PAUSE_NANOS;

    /** The result of a dial: one of the two is null. */
    private record Dialled(SyslogLink link, IOException failure) {
    }

    private SyslogTarget(SyslogLink.Dialer dialer, SyslogLink link, Losses losses) {
        this.dialer = dialer;
        this.link = link;
        this.losses = losses;
    }

    static SyslogTarget open(SyslogLink.Dialer dialer, Losses losses) throws IOException {
        try {
            return new SyslogTarget(dialer, dialer.dial(), losses);
        } catch (IOException e) {
            throw new IOException("error connecting to syslog: \"" + e.getMessage() + "\"", e);
        }
    }

    @Override
    public void write(LogEntry entry) {
        if (isFull())
            flush();
        if (isFull()) {
            losses.lost(1);
            return;
        }
        waiting.add(entry);
        waitingChars += entry.getMessage().length();
    }

    private boolean isFull() {
        return waiting.size() >= KEPT_LINES || waitingChars >= KEPT_CHARS;
    }

    @Override
    public void flush() {
        if (waiting.isEmpty() || !connected())
            return;
        try {
            for (LogEntry entry = waiting.peek(); entry != null; entry = waiting.peek()) {
                link.send(entry);
                waiting.remove();
                waitingChars -= entry.getMessage().length();
            }
            allowDialAtOnce();
            long lost = losses.over();
            if (lost > 0)
                link.send(LogLine.of(LogLevel.WARN, null, "Lost " + lost + " log lines, syslog was away"));
        } catch (IOException e) {
            losses.trouble("error writing to syslog", e);
            dropLink();
            pauseDials();
        }
    }

    @Override
    public boolean waiting() {
        return !waiting.isEmpty();
    }

    private boolean connected() {
        if (link != null && link.lost())
            dropLink();
        if (link != null)
            return true;
        if (dialling == null)
            startDial();
        if (dialling != null && dialling.isDone())
            finishDial();
        return link != null;
    }

    private void startDial() {
        if (System.nanoTime() - nextDialNanos < 0)
            return;
        pauseDials();
        dialling = CompletableFuture.supplyAsync(this::dial, task -> Thread.ofVirtual().name("log-dial").start(task));
        dialling.copy().completeOnTimeout(null, DIAL_WAIT_MILLIS, TimeUnit.MILLISECONDS).join();
    }

    /**
     * Schedules the next dial. The pause grows until all lines were written once, so that a server that accepts
     * connections but does not read costs little time.
     */
    private void pauseDials() {
        nextDialNanos = System.nanoTime() + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    }

    private void allowDialAtOnce() {
        nextDialNanos = System.nanoTime();
        pauseNanos = FIRST_PAUSE_NANOS;
    }

    /** Runs in the dialling thread. */
    private Dialled dial() {
        try {
            return new Dialled(dialer.dial(), null);
        } catch (IOException e) {
            return new Dialled(null, e);
        }
    }

    private void finishDial() {
        CompletableFuture<Dialled> finished = dialling;
        dialling = null;
        Dialled dialled = finished.join();
        link = dialled.link;
        if (link == null)
            losses.trouble("error connecting to syslog", dialled.failure);
    }

    private void dropLink() {
        SyslogLink dropped = link;
        link = null;
        try {
            dropped.close();
        } catch (IOException e) {
            losses.trouble("error closing the syslog connection", e);
        }
    }

    @Override
    public void close() {
        flush();
        losses.lost(waiting.size());
        if (link != null)
            dropLink();
        if (dialling != null)
            dialling.thenAccept(SyslogTarget::closeLate);
    }

    private static void closeLate(Dialled dialled) {
        try {
            if (dialled.link != null)
                dialled.link.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
