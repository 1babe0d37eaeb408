package io.jnatsd.campaign;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * A jnats client that leaves a server in lame duck mode as an application should: it connects to another one, repeats its
 * subscriptions there, sends its next requests there, and drains the connection that it leaves. Threads: any thread.
 */
final class MovingClient implements AutoCloseable {
    private static final Duration DRAINED = Duration.ofSeconds(10), CONNECTED = Duration.ofSeconds(5);

    private final List<String> urls;
    private final Consumer<Connection> begin;
    /** A request holds the read lock: a connection is drained when its requests have ended. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Guarded by the lock. */
    private Connection connection;
    /** The connection from which it moves. A server may say more than once that it is leaving. Guarded by the lock. */
    private Connection leaving;
    private volatile boolean closed;

    /**
     * @param first index of the first server to try
     * @param begin subscribes on a new connection
     */
    MovingClient(List<String> urls, int first, Consumer<Connection> begin) throws IOException, InterruptedException {
        this.urls = new ArrayList<>(urls);
        this.begin = begin;
        Collections.rotate(this.urls, -first);
        connection = connect(this.urls);
    }

    private Connection connect(List<String> to) throws IOException, InterruptedException {
        Connection next = Nats.connect(Options.builder().servers(to.toArray(String[]::new)).noRandomize().maxReconnects(-1)
                .userInfo("app", "app").connectionTimeout(CONNECTED).ignoreDiscoveredServers().errorListener(new ErrorListener() { })
                .connectionListener((connected, event) -> {
                    if (event == Events.LAME_DUCK)
                        Thread.ofPlatform().daemon().start(() -> move(connected));
                }).build());
        try {
            begin.accept(next);
            next.flush(DRAINED);
            return next;
        } catch (TimeoutException e) {
            next.close();
            throw new IOException(e);
        }
    }

    private void move(Connection from) {
        if (!beginToLeave(from))
            return;
        List<String> others = new ArrayList<>(urls);
        others.remove(from.getConnectedUrl());
        try {
            Connection next = connectInTheEnd(others);
            lock.writeLock().lock();
            try {
                connection = next;
                if (closed)
                    next.close();
            } finally {
                lock.writeLock().unlock();
            }
            from.drain(DRAINED).get(DRAINED.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | IllegalStateException e) {
            from.getOptions().getErrorListener().exceptionOccurred(from, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean beginToLeave(Connection from) {
        lock.writeLock().lock();
        try {
            // An event may come before the constructor has stored the first connection.
            boolean first = leaving != from && (connection == null || connection == from);
            if (first)
                leaving = from;
            return first;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The others may be busy, or one of them may be leaving, too. */
    private Connection connectInTheEnd(List<String> to) throws InterruptedException {
        while (true) {
            try {
                return connect(to);
            } catch (IOException e) {
                if (closed)
                    throw new InterruptedException();
                Collections.rotate(to, 1);
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** Returns the answer, null if there is none in time. */
    Message request(String subject, Duration time) throws InterruptedException, CancellationException {
        lock.readLock().lock();
        try {
            return connection.request(subject, new byte[16], time);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        lock.writeLock().lock();
        try {
            connection.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
