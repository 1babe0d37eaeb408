package io.jnatsd.http;

import io.jnatsd.log.Log;
import io.jnatsd.tls.TlsContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A port for HTTP/1.1 or HTTPS. The number of connections and the time that each client may let the server wait have
 * limits; where connections or descriptors run short, the client that has been waited for longest is hung up on, so
 * slow clients do not keep others out.
 *
 * <p>Threads: all methods any thread; one platform thread accepts, another one ends what has lasted too long, and each
 * connection has a virtual thread.
 */
public final class HttpPort implements AutoCloseable {
    /** Answers requests, in the thread of each connection. */
    public interface Pages {
        void answer(HttpExchange exchange) throws IOException;
    }

    /**
     * @param visits connections at a time
     * @param patience how long a client may let the server wait: for a request, or until it takes a part of an answer
     */
    public record Limits(int visits, Duration patience) {
    }

    private static final int BACKLOG = 128;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;
    private static final long JOIN_MILLIS = 1000;

    private final ServerSocket socket = new ServerSocket();
    /** Null for plain HTTP. */
    private final Supplier<TlsContext> tls;
    private final Limits limits;
    private final Pages pages;
    private final Log log;
    /** Those that run and have not been hung up on. */
    private final Set<Visit> visits = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread accepting = Thread.ofPlatform().daemon().name("http-accept").unstarted(this::acceptAll);
    private final Thread timing = Thread.ofPlatform().daemon().name("http-timer").unstarted(this::hangUpOnTheLate);

    /**
     * Nothing is bound yet.
     *
     * @param tls the certificate that the next connection is shown; null for plain HTTP
     */
    public HttpPort(Supplier<TlsContext> tls, Limits limits, Pages pages, Log log) throws IOException {
        this.tls = tls;
        this.limits = limits;
        this.pages = pages;
        this.log = log;
    }

    /** Takes the port; clients that connect are answered from {@link #serve} on. */
    public void bind(InetSocketAddress address) throws IOException {
        try {
            socket.bind(address, BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public void serve() {
        accepting.start();
        timing.start();
    }

    public boolean isSecure() {
        return tls != null;
    }

    /** The port that it listens to, the real one if any free one was asked for. */
    public int port() {
        return socket.getLocalPort();
    }

    private void acceptAll() {
        try {
            long pause = FIRST_PAUSE_MILLIS;
            while (!socket.isClosed())
                pause = acceptOne() ? FIRST_PAUSE_MILLIS : pauseAfterFailure(pause);
        } catch (InterruptedException e) {
            close();
        }
    }

    /** @return false if the system could not accept, or not run the connection */
    private boolean acceptOne() {
        Socket accepted = null;
        try {
            accepted = socket.accept();
            if (visits.size() >= limits.visits() && !hangUpOnTheSlowest()) {
                accepted.close();
                return true;
            }
            begin(accepted);
            return true;
        } catch (IOException | RuntimeException | Error e) {
            if (!socket.isClosed())
                log.notice("Temporary Monitor Accept Error(" + e.getMessage() + ")");
            close(accepted);
            return false;
        }
    }

    private void close(Socket accepted) {
        try {
            if (accepted != null)
                accepted.close();
        } catch (IOException e) {
            log.debug("Monitor: " + e.getMessage());
        }
    }

    private void begin(Socket accepted) {
        Visit visit = new Visit(accepted, pages, log);
        visits.add(visit);
        // The port may have been closed in between, and those that it knew then.
        if (socket.isClosed())
            visit.close();
        try {
            Thread.ofVirtual().name("http-visit").start(() -> run(visit));
        } catch (RuntimeException | Error e) {
            visits.remove(visit);
            throw e;
        }
    }

    private void run(Visit visit) {
        try {
            visit.run(tls == null ? null : tls.get());
        } catch (RuntimeException | Error e) {
            log.error("Monitor: a connection failed: " + e);
            visit.close();
        } finally {
            visits.remove(visit);
        }
    }

    /** Out of descriptors or memory, as a rule: trying again at once would only burn the processor. */
    private long pauseAfterFailure(long pause) throws InterruptedException {
        hangUpOnTheSlowest();
        return closed.await(pause, TimeUnit.MILLISECONDS) ? 0 : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }

    /** @return false if the server waits for no client */
    private boolean hangUpOnTheSlowest() {
        long now = System.nanoTime(), longest = 0;
        Visit slowest = null;
        for (Visit visit : visits)
            if (visit.waited(now) > longest) {
                longest = visit.waited(now);
                slowest = visit;
            }
        if (slowest == null)
            return false;
        // Its place is free at once; its thread ends by itself.
        visits.remove(slowest);
        slowest.close();
        return true;
    }

    private void hangUpOnTheLate() {
        long limit = limits.patience().toNanos();
        try {
            while (!closed.await(limit / 10, TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                for (Visit visit : visits)
                    if (visit.waited(now) > limit)
                        visit.close();
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    /** Hangs up on everybody, at once. The port is free when this returns. */
    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
            // The system keeps the port until the thread has come back from its accept.
            if (accepting != Thread.currentThread())
                accepting.join(JOIN_MILLIS);
        } catch (IOException e) {
            log.debug("Monitor: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        visits.forEach(Visit::close);
    }
}
