package io.jnatsd.log;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.tinylog.writers.Writer;

/**
 * The log of one server, in gnatsd's format. Threads: its methods are called by anyone; lines are only queued here, and
 * a platform thread {@code log} formats and writes them, in batches. It owns its tinylog writers itself, because
 * tinylog's static configuration is one for the whole JVM and freezes at the first line.
 *
 * <p>Lines of one caller keep their order. A line carries the time of the call. Callers wait only when 16,384 lines are
 * queued; a syslog server that is away never makes them wait, it costs lines instead ({@link #lost}). Text is written
 * as UTF-8.
 */
public final class Log implements AutoCloseable {
    private final LogQueue queue = new LogQueue();
    private final Losses losses;
    private final LogLoop loop;
    private volatile boolean debug, trace;
    private volatile LogLevel least;

    /**
     * Opens what the settings ask for.
     *
     * @throws IOException with the one line that says why it cannot be opened, as gnatsd says it
     */
    public Log(LogSettings settings) throws IOException {
        this(settings, LogHost.ofProcess());
    }

    Log(LogSettings settings, LogHost host) throws IOException {
        useSwitches(settings);
        losses = new Losses(host.stderr());
        LogTarget.Opener opener = next -> LogTarget.open(next, host, losses);
        loop = new LogLoop(queue, settings, opener.open(settings), opener, losses);
        startLoop();
    }

    private Log(Writer writer, LogSettings settings) {
        useSwitches(settings);
        losses = new Losses(System.err);
        var target = new WriterTarget(writer, losses);
        loop = new LogLoop(queue, settings, target, next -> target, losses);
        startLoop();
    }

    private Log() {
        least = LogLevel.FATAL;
        losses = new Losses(System.err);
        loop = null;
        queue.close();
    }

    /**
     * Writes to a writer of tinylog's that an embedding application has made, whose format and target it then is; of
     * the settings only the level and the switches count. The log closes the writer.
     */
    public static Log to(Writer writer, LogSettings settings) {
        return new Log(writer, settings);
    }

    /** Writes nothing. */
    public static Log silent() {
        return new Log();
    }

    private void startLoop() {
        Thread.ofPlatform().name("log").daemon().start(loop);
    }

    private void useSwitches(LogSettings settings) {
        debug = settings.debug();
        trace = settings.trace();
        least = LogLevel.named(settings.level());
    }

    public boolean debugOn() {
        return debug;
    }

    public boolean traceOn() {
        return trace;
    }

    public void notice(String text) {
        notice(null, text);
    }

    public void warn(String text) {
        warn(null, text);
    }

    public void error(String text) {
        error(null, text);
    }

    /** Returns when the line is written, since the process is about to end. */
    public void fatal(String text) {
        put(LogLevel.FATAL, null, text);
        flush();
    }

    public void debug(String text) {
        debug(null, text);
    }

    public void trace(String text) {
        trace(null, text);
    }

    public void notice(LogOrigin from, String text) {
        if (LogLevel.NOTICE.isAtLeast(least))
            put(LogLevel.NOTICE, from, text);
    }

    public void warn(LogOrigin from, String text) {
        if (LogLevel.WARN.isAtLeast(least))
            put(LogLevel.WARN, from, text);
    }

    public void error(LogOrigin from, String text) {
        put(LogLevel.ERROR, from, text);
    }

    public void debug(LogOrigin from, String text) {
        if (debug)
            put(LogLevel.DEBUG, from, text);
    }

    public void trace(LogOrigin from, String text) {
        if (trace)
            put(LogLevel.TRACE, from, text);
    }

    private void put(LogLevel level, LogOrigin from, String text) {
        if (loop != null)
            queue.put(new LogStep.Line(LogLine.of(level, from, text)));
    }

    /** Returns when everything logged before is written, or could not be. */
    public void flush() {
        var done = new CompletableFuture<Void>();
        if (queue.put(new LogStep.Flush(done)))
            done.join();
    }

    /**
     * Goes on in a new file of the configured name, after somebody renamed the old one. Lines logged before are in the
     * old file; if the new one cannot be opened, the old one stays in use.
     */
    public void reopen() {
        var done = new CompletableFuture<Void>();
        if (queue.put(new LogStep.Reopen(done)))
            done.join();
    }

    /**
     * Goes on with other settings. Lines logged before go to the old target, which is closed when this returns.
     *
     * @throws IOException as the constructor; then nothing has changed
     */
    public void apply(LogSettings settings) throws IOException {
        LogLevel.named(settings.level()); // refused before anything is changed
        var failure = new CompletableFuture<IOException>();
        if (!queue.put(new LogStep.Apply(settings, failure)))
            return;
        IOException cause = failure.join();
        if (cause != null)
            throw new IOException(cause.getMessage(), cause);
        useSwitches(settings);
    }

    /** Lines that could not be written, because a disk was full or a syslog server away. */
    public long lost() {
        return losses.total();
    }

    /** Writes what was logged before; what is logged after goes nowhere. */
    @Override
    public void close() {
        queue.close();
        if (loop != null)
            loop.ended().join();
    }
}
