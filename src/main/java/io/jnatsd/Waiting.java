package io.jnatsd;

import io.jnatsd.NatsServerException.Reason;
import io.jnatsd.server.Server;
import io.jnatsd.text.GoDuration;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Waits until a server is in an expected state. The server is asked again and again: so it need not tell anyone of its
 * changes, which would cost time where messages are handled. Threads: any thread.
 */
final class Waiting {
    static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** A message names this number of things at most. */
    private static final int MOST_NAMED = 20;

    private final Supplier<Server> server;

    /** @param server returns null while the server restarts, and throws if it is closed */
    Waiting(Supplier<Server> server) {
        this.server = server;
    }

    /**
     * Waits for a result.
     *
     * @param expected what is waited for, for messages: {@code 3 clients}
     * @param look returns the result, or null if it is not there yet
     * @param instead says what there is instead: {@code there is none}
     * @throws NatsServerException if there is no result in time
     * @throws IllegalStateException if the server is closed, or the thread is interrupted
     */
    <T> T await(Duration patience, String expected, Function<Server, T> look, Function<Server, String> instead) {
        if (patience.isNegative())
            throw new IllegalArgumentException("the time to wait must not be negative, but is " + patience);
        long begun = System.nanoTime();
        while (true) {
            Server running = server.get();
            T result = running == null ? null : look.apply(running);
            if (result != null)
                return result;
            if (System.nanoTime() - begun >= TimeUnit.NANOSECONDS.convert(patience))
                throw new NatsServerException(Reason.TIMEOUT, "expected " + expected + " within "
                        + GoDuration.format(patience) + ", but "
                        + (running == null ? "the server is restarting" : instead.apply(running)), null);
            if (Thread.currentThread().isInterrupted())
                throw new IllegalStateException("interrupted while waiting for " + expected);
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
    }

    /** Returns {@code there are 2: a, b}, {@code there is 1: a} or {@code there is none}. */
    static String thereAre(Collection<?> things) {
        return switch (things.size()) {
            case 0 -> "there is none";
            case 1 -> "there is 1: " + things.iterator().next();
            default -> "there are " + things.size() + ": " + listed(things);
        };
    }

    private static String listed(Collection<?> things) {
        return things.stream().limit(MOST_NAMED).map(Object::toString).collect(Collectors.joining(", "))
                + (things.size() > MOST_NAMED ? ", ..." : "");
    }
}
