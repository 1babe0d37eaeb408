package io.jnatsd.server;

import io.jnatsd.connection.Connection;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.text.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A port, or a Unix domain socket, and the thread that accepts its connections. Threads: {@link #listen} and {@link
 * #serve} the thread that starts the server, {@link #close} any thread. The accept loop runs on a platform thread of its
 * own and gives each socket to a virtual thread.
 */
final class Listener {
    /** Where connections come from. {@link #close} ends a call of {@link #accept}. */
    interface Endpoint {
        /** Returns the address; null without one. */
        InetSocketAddress address();

        void listen(int backlog) throws IOException;

        Socket accept() throws IOException;

        boolean isClosed();

        void close() throws IOException;
    }

    /** Takes over an accepted socket. If it throws, the socket is closed. */
    interface Acceptor {
        Connection accept(Socket socket) throws IOException;
    }

    private static final int BACKLOG = 4096;
    /** The longest time that the accept loop waits for the virtual thread of a new connection to start. */
    private static final long LONGEST_WAIT_NANOS = 500_000;
    /** If a virtual thread takes longer to start, no processor was free. */
    private static final long SHORTAGE_NANOS = 200_000;
    /** If {@code accept} returns sooner, the connection was already in the backlog. */
    private static final long QUEUED_NANOS = 50_000;
    /**
     * In a connection storm the accept loop pauses for this multiple of the time that a virtual thread has waited for a
     * processor.
     */
    private static final int PAUSE_FACTOR = 4;
    /** The measured time may include a pause of the whole process, which is no reason to wait longer. */
    static final long LONGEST_REST_NANOS = 20_000_000;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;
    private static final long SHORTAGE_PAUSE_MILLIS = 100;
    /** The interval of the warning that file descriptors or memory are short. */
    private static final long SHORTAGE_LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final Log log;
    private final ServerState state;
    private final Threads threads;
    private final Endpoint endpoint;
    private final Acceptor acceptor;
    private final Thread thread;
    /** A permit means that the virtual thread of the newest connection has started. */
    private final Semaphore begun = new Semaphore(0);
    /** Used by the accept loop. */
    private final Descriptors descriptors = Descriptors.ofThisProcess();
    /** When a shortage was last logged. Used by the accept loop. */
    private long shortageLogged = System.nanoTime() - SHORTAGE_LOG_INTERVAL_NANOS;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Accepts no connections before {@link #listen}. */
    Listener(String name, Endpoint endpoint, ServerState state, Acceptor acceptor) {
        this.name = name;
        this.endpoint = endpoint;
        this.log = state.log;
        this.state = state;
        this.threads = state.threads;
        this.acceptor = acceptor;
        this.thread = Thread.ofPlatform().name("accept-" + name).unstarted(this::acceptAll);
    }

    /**
     * Returns {@code scheme://host:port} for clients on this machine; a wildcard address becomes the loopback address.
     */
    static String url(String scheme, String host, int port) {
        return scheme + "://" + new HostPort(host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host, port);
    }

    InetSocketAddress address() {
        return endpoint.address();
    }

    int port() {
        return address().getPort();
    }

    /** Listens. Connections wait until {@link #serve}. */
    void listen() throws IOException {
        endpoint.listen(BACKLOG);
    }

    void serve() {
        thread.start();
    }

    private void acceptAll() {
        try {
            acceptUntilClosed();
        } catch (InterruptedException e) {
            close();
        }
    }

    /**
     * When connections queue up and processors are short, this accepts at a fifth of the rate at which virtual threads
     * start. Otherwise a connection storm would fill the scheduler's queue, in which the readers of all other
     * connections wait as well.
     */
    private void acceptUntilClosed() throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (!endpoint.isClosed()) {
            try {
                if (!descriptors.sufficeForAnother()) {
                    waitFor("Too few file descriptors are");
                    continue;
                }
                if (!state.hasRoomForAnother()) {
                    waitFor("Too little memory is");
                    continue;
                }
                long before = System.nanoTime();
                Socket accepted = endpoint.accept();
                boolean queued = System.nanoTime() - before < QUEUED_NANOS;
                long handed = System.nanoTime();
                handOver(accepted);
                if (queued)
                    restAfter(handed);
                pause = FIRST_PAUSE_MILLIS;
            } catch (IOException e) {
                if (endpoint.isClosed())
                    return;
                log.notice("Temporary " + name + " Accept Error(" + e.getMessage() + "), sleeping " + pause + "ms");
                pause = pauseAfter(pause);
            } catch (InterruptedException e) {
                throw e;
            } catch (Throwable e) {
                threads.failed(null, thread.getName(), e);
                pause = pauseAfter(pause);
            }
        }
    }

    private void waitFor(String shortage) throws InterruptedException {
        long now = System.nanoTime();
        if (now - shortageLogged >= SHORTAGE_LOG_INTERVAL_NANOS) {
            shortageLogged = now;
            log.warn(shortage + " left: " + name + " connections wait");
        }
        closed.await(SHORTAGE_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Usually file descriptors or memory are exhausted. Without a pause this loop would use a whole processor. */
    private long pauseAfter(long pause) throws InterruptedException {
        return closed.await(pause, TimeUnit.MILLISECONDS) ? 0 : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }

    private void handOver(Socket accepted) throws IOException {
        try {
            accepted.setTcpNoDelay(true);
            Connection connection = acceptor.accept(accepted);
            begun.drainPermits();
            boolean started = threads.start(connection, connection.threadName("read"), () -> {
                begun.release();
                connection.run();
            });
            if (!started)
                connection.discard();
        } catch (IOException e) {
            // The peer has closed the connection already. Only this connection is lost.
            log.debug("Accept error: " + e.getMessage());
            accepted.close();
        } catch (Throwable e) {
            accepted.close();
            throw e;
        }
    }

    /** Measures how long the thread of the new connection takes to start, and pauses if that is long. */
    private void restAfter(long handed) throws InterruptedException {
        begun.tryAcquire(LONGEST_WAIT_NANOS, TimeUnit.NANOSECONDS);
        long waited = System.nanoTime() - handed;
        if (waited > SHORTAGE_NANOS)
            closed.await(rest(waited), TimeUnit.NANOSECONDS);
    }

    static long rest(long waited) {
        return waited > LONGEST_REST_NANOS / PAUSE_FACTOR ? LONGEST_REST_NANOS : waited * PAUSE_FACTOR;
    }

    /** Stops accepting. Accepted connections stay open. The port is free when this returns. */
    void close() {
        closed.countDown();
        try {
            endpoint.close();
            // The system keeps the port in use until the thread has returned from accept.
            if (thread != Thread.currentThread())
                thread.join(LONGEST_PAUSE_MILLIS);
        } catch (IOException e) {
            log.debug("Error closing the " + name + " listener: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
