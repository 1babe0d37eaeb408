package io.jnatsd.server;

import io.jnatsd.client.Clients;
import io.jnatsd.config.ServerOptions.ListenOptions;
import io.jnatsd.connection.Connection;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.text.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A port and the thread that accepts from it. Threads: {@link #listen} and {@link #serve} the one that starts the server,
 * {@link #close} any thread; the accept loop runs on a platform thread of its own and hands each socket to a virtual one.
 */
final class Listener {
    /** What becomes of an accepted socket; it may throw, and then the socket is closed. */
    interface Acceptor {
        Connection accept(Socket socket) throws IOException;
    }

    private static final int BACKLOG = 4096;
    /** How long the next connection waits at most for a thread to begin with this one. */
    private static final long LONGEST_WAIT_NANOS = 500_000;
    /** A thread that takes longer has waited for a processor. */
    private static final long SHORTAGE_NANOS = 200_000;
    /** An accept that takes less has found a connection that was there already. */
    private static final long QUEUED_NANOS = 50_000;
    /** So many times as long as a thread has waited for a processor, in a storm, processors are left to others. */
    private static final int REST = 4;
    /** The time waited may be one in which the whole process stood still: that is no reason to rest for longer. */
    static final long LONGEST_REST_NANOS = 20_000_000;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;
    private static final long DESCRIPTOR_PAUSE_MILLIS = 100;
    /** A server that stays full says so once in this time. */
    private static final long SHORTAGE_SAID_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final Log log;
    private final Threads threads;
    private final ReservedPort port;
    private final ServerSocket socket;
    private final Acceptor acceptor;
    private final Thread thread;
    /** A permit says that a thread has begun with the newest connection. */
    private final Semaphore begun = new Semaphore(0);
    /** Used by the accept loop. */
    private final Descriptors descriptors = Descriptors.ofThisProcess();
    /** When the log was last told that they are too few. Used by the accept loop. */
    private long shortageSaid = System.nanoTime() - SHORTAGE_SAID_NANOS;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Accepts no connections before {@link #listen}. */
    Listener(String name, ReservedPort port, ServerState state, Acceptor acceptor) throws IOException {
        this.name = name;
        this.port = port;
        this.socket = new ServerSocket();
        this.log = state.log;
        this.threads = state.threads;
        this.acceptor = acceptor;
        this.thread = Thread.ofPlatform().name("accept-" + name).unstarted(this::acceptAll);
    }

    /** For the port where clients come in, with a message that says which. */
    static Listener forClients(ListenOptions at, Reservations ports, ServerState state, Clients clients)
            throws IOException {
        try {
            return new Listener("Client", ports.reserve(at.host(), at.port()), state, clients::accept);
        } catch (IOException e) {
            throw new IOException("Error listening on port: " + new HostPort(at.host(), at.port()) + ", \"" + e.getMessage()
                    + "\"", e);
        }
    }

    /** {@code scheme://host:port}, where a client on this machine reaches a bound host. */
    static String url(String scheme, String host, int port) {
        return scheme + "://" + new HostPort(host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host, port);
    }

    InetSocketAddress address() {
        return port.address();
    }

    int port() {
        return port.address().getPort();
    }

    /** Listens; connections wait until {@link #serve}. */
    void listen() throws IOException {
        port.listen(address -> socket.bind(address, BACKLOG));
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
     * Where connections queue up and processors are short, they are taken in at a fifth of the pace at which threads
     * come to run: a storm of them would fill the queue in which the messages of all others wait as well.
     */
    private void acceptUntilClosed() throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (!socket.isClosed()) {
            try {
                if (!descriptors.sufficeForAnother()) {
                    waitForDescriptors();
                    continue;
                }
                long asked = System.nanoTime();
                Socket accepted = socket.accept();
                boolean queued = System.nanoTime() - asked < QUEUED_NANOS;
                long handed = System.nanoTime();
                handOver(accepted);
                if (queued)
                    restAfter(handed);
                pause = FIRST_PAUSE_MILLIS;
            } catch (IOException e) {
                if (socket.isClosed())
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

    private void waitForDescriptors() throws InterruptedException {
        long now = System.nanoTime();
        if (now - shortageSaid >= SHORTAGE_SAID_NANOS) {
            shortageSaid = now;
            log.warn("Too few file descriptors are left: " + name + " connections wait");
        }
        closed.await(DESCRIPTOR_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Out of descriptors or memory, as a rule: trying again at once would only burn the processor. */
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
            // The peer has gone before it was looked at: its loss alone.
            log.debug("Accept error: " + e.getMessage());
            accepted.close();
        } catch (Throwable e) {
            accepted.close();
            throw e;
        }
    }

    /** Sees how long it takes until a thread begins with a connection, and leaves processors to others if that is long. */
    private void restAfter(long handed) throws InterruptedException {
        begun.tryAcquire(LONGEST_WAIT_NANOS, TimeUnit.NANOSECONDS);
        long waited = System.nanoTime() - handed;
        if (waited > SHORTAGE_NANOS)
            closed.await(rest(waited), TimeUnit.NANOSECONDS);
    }

    static long rest(long waited) {
        return waited > LONGEST_REST_NANOS / REST ? LONGEST_REST_NANOS : waited * REST;
    }

    /** No more connections. Those accepted stay. The port is free when this returns. */
    void close() {
        closed.countDown();
        try {
            port.close();
            socket.close();
            // The system keeps the port until the thread has come back from its accept.
            if (thread != Thread.currentThread())
                thread.join(LONGEST_PAUSE_MILLIS);
        } catch (IOException e) {
            log.debug("Error closing the " + name + " listener: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
