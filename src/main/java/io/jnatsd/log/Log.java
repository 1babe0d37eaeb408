package io.jnatsd.log;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The log of one server, in gnatsd's format. Methods only queue lines; a platform thread {@code log} formats and writes
 * them in batches. The log has tinylog writers of its own, because tinylog's static configuration is global for the JVM
 * and cannot change after the first line. Threads: any thread.
 *
 * <p>Lines of one thread keep their order. A line has the time of the call. A thread that logs never waits: when the
 * target is slow or stuck and the queue is full, the line is dropped, counted ({@link #lost}) and reported in a later
 * line. The other methods wait for the log thread as long as it makes progress, ten seconds at most. Text is written as
 * UTF-8.
 */
public final class Log implements AutoCloseable {
    private final LogQueue queue;
    private final Losses losses;
    private final LogLoop loop;
    private final LogTarget.Opener opener;
    private volatile LogSettings settings;
    private volatile boolean debug, trace;
    private volatile LogLevel least;

    /**
     * Opens the log that the settings describe.
     *
     * @throws IOException if it cannot be opened; the message is one line in gnatsd's words
     */
    public Log(LogSettings settings) throws IOException {
        this(settings, LogHost.ofProcess());
    }

    Log(LogSettings settings, LogHost host) throws IOException {
        useSwitches(settings);
        losses = new Losses(host.stderr());
        queue = new LogQueue(losses);
        opener = next -> LogTarget.open(next, host, losses);
        loop = new LogLoop(queue, settings, opener.open(settings), opener, losses);
        startLoop();
    }

    private Log(LogTarget target, LogSettings settings) {
        useSwitches(settings);
        losses = new Losses(System.err);
        queue = new LogQueue(losses);
        opener = next -> null; // the target stays, whatever is set
        loop = new LogLoop(queue, settings, target, opener, losses);
        startLoop();
    }

    private Log() {
        useSwitches(LogSettings.STDERR);
        least = LogLevel.FATAL;
        opener = null;
        losses = new Losses(System.err);
        queue = new LogQueue(losses);
        loop = null;
        queue.close();
    }

    /**
     * Passes lines to an embedding program, in the format of the settings and without a newline. The target of the
     * settings has no effect. The consumer is called by the log thread. A line for which it throws is counted as lost.
     */
    public static Log to(Consumer<String> lines, LogSettings settings) {
        return new Log(new ConsumerTarget(lines, LineFormat.of(settings, ProcessHandle.current().pid(), false)), settings);
    }

    /**
     * Passes lines to a logger of an embedding program, without the time. The target of the settings has no effect.
     *
     * @param logger called by the log thread for the first line: most servers of tests log nothing, and the logging of
     *        the JDK takes a while to load
     */
    public static Log to(Supplier<System.Logger> logger, LogSettings settings) {
        return new Log(new LoggerTarget(logger), settings);
    }

    /** Returns a log that writes nothing. */
    public static Log silent() {
        return new Log();
    }

    private void startLoop() {
        Thread.ofPlatform().name("log").daemon().start(loop);
    }

    private void useSwitches(LogSettings next) {
        settings = next;
        debug = next.debug();
        trace = next.trace();
        least = LogLevel.named(next.level());
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

    /** Logs a line and waits for it to be written, as {@link #flush} does, because the process is about to end. */
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

    /** Returns when everything logged before has been written or has failed, or when the target is stuck. */
    public void flush() {
        var done = new CompletableFuture<Void>();
        if (queue.put(new LogStep.Flush(done)))
            loop.await(done);
    }

    /**
     * Opens the configured file again, after another program has renamed it. Lines logged before are in the old file.
     * If the new file cannot be opened, the old one stays in use. If the old file is stuck, this returns before the log
     * uses the new one.
     */
    public void reopen() {
        var done = new CompletableFuture<Void>();
        if (queue.put(new LogStep.Reopen(done)))
            loop.await(done);
    }

    /** Settings with an open target, for {@link #use}. */
    public static final class Prepared {
        private final LogSettings settings;
        /** Null to keep the present target. */
        private final LogTarget target;

        private Prepared(LogSettings settings, LogTarget target) {
            this.settings = settings;
            this.target = target;
        }
    }

    /**
     * Opens the target of other settings, so that {@link #use} cannot fail. The log does not change yet.
     *
     * @throws IOException as the constructor
     */
    public Prepared prepare(LogSettings next) throws IOException {
        LogLevel.named(next.level()); // throws before anything is opened
        return new Prepared(next, loop == null || next.sameTarget(settings) ? null : opener.open(next));
    }

    /**
     * Changes to other settings. Lines logged before go to the old target, which is closed when this returns, unless it
     * is stuck.
     */
    public void use(Prepared next) {
        var done = new CompletableFuture<Void>();
        if (queue.put(new LogStep.Use(next.settings, next.target, done))) {
            loop.await(done);
            useSwitches(next.settings);
        } else if (next.target != null) {
            next.target.close();
        }
    }

    /**
     * Changes to other settings, as {@link #use}.
     *
     * @throws IOException as the constructor; then nothing has changed
     */
    public void apply(LogSettings next) throws IOException {
        use(prepare(next));
    }

    /** Counts a line for which there was no memory. */
    void lineLost() {
        losses.lost();
    }

    /**
     * Returns the number of lines that could not be written because a disk was full, a syslog server not reachable, or
     * the queue full.
     */
    public long lost() {
        return losses.total();
    }

    /** Writes what was logged before, unless the target is stuck. Later lines are discarded. */
    @Override
    public void close() {
        queue.close();
        if (loop != null)
            loop.await(loop.ended());
    }
}
