package io.jnatsd;

import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a process that has no memory left to work, so that whatever supervises it starts it again. The server's own
 * threads catch what they throw and go on; a thread that ends of an OutOfMemoryError is one that the JDK relies on, and
 * that nobody starts again: without it the server would look alive and not be.
 *
 * <p>Threads: all methods any thread.
 */
final class EmergencyExit implements UncaughtExceptionHandler {
    static final int CODE = 3;
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(2);
    private static final byte[] LAST_WORDS = "jnatsd: out of memory\n".getBytes(StandardCharsets.US_ASCII);
    private static final int RESERVE = 512 * 1024;

    private final Log log;
    private final Threads threads;
    private final AtomicBoolean ending = new AtomicBoolean();
    /** Given back at the end, for the last line of the log. */
    private volatile byte[] reserve = new byte[RESERVE];

    private EmergencyExit(Log log) {
        this.log = log;
        this.threads = new Threads(log);
    }

    /** From now on also threads that nobody has told what to do with an error are looked after. */
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

    /** Ends the process at once, but for the time that one line in the log takes. */
    void end(String why) {
        if (!ending.compareAndSet(false, true))
            return;
        reserve = null;
        try {
            Thread last = Thread.ofPlatform().daemon().name("exit")
                    .start(() -> log.fatal(why + ", the server ends with exit code " + CODE));
            last.join(PATIENCE_MILLIS);
        } catch (Throwable e) {
            // There is no memory for a line of the log.
            System.err.write(LAST_WORDS, 0, LAST_WORDS.length);
        } finally {
            Runtime.getRuntime().halt(CODE);
        }
    }
}
