package io.jnatsd.cli;

import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends the process when it is out of memory, so that its supervisor can start it again. The server's own threads catch
 * errors and continue. A thread that ends with an OutOfMemoryError is a thread of the JDK that is not started again;
 * without it the process would keep running but not work.
 *
 * <p>Threads: any thread.
 */
final class EmergencyExit implements UncaughtExceptionHandler {
    static final int CODE = 3;
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(2);
    private static final byte[] FALLBACK_MESSAGE = "jnatsd: out of memory\n".getBytes(StandardCharsets.US_ASCII);
    private static final int RESERVE = 512 * 1024;

    private final Log log;
    private final Threads threads;
    private final AtomicBoolean ending = new AtomicBoolean();
    /** Released at the end, as memory for the last log line. */
    private volatile byte[] reserve = new byte[RESERVE];

    private EmergencyExit(Log log) {
        this.log = log;
        this.threads = new Threads(log);
    }

    /** Installs a handler for all threads that have none of their own. */
    static EmergencyExit install(Log log) {
        EmergencyExit exit = new EmergencyExit(log);
        Thread.setDefaultUncaughtExceptionHandler(exit);
        return exit;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable e) {
        if (e instanceof OutOfMemoryError)
            end("Out of memory in thread " + thread.getName());
        else
            threads.failed(null, "thread " + thread.getName(), e);
    }

    /** Ends the process as soon as one log line is written. */
    void end(String why) {
        if (!ending.compareAndSet(false, true))
            return;
        reserve = null;
        try {
            Thread last = Thread.ofPlatform().daemon().name("exit")
                    .start(() -> log.fatal(why + ", the server ends with exit code " + CODE));
            last.join(PATIENCE_MILLIS);
        } catch (Throwable e) {
            // Memory does not suffice for a log line.
            System.err.write(FALLBACK_MESSAGE, 0, FALLBACK_MESSAGE.length);
        } finally {
            Runtime.getRuntime().halt(CODE);
        }
    }
}
