package io.jnatsd.campaign;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener.Events;
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
    private static final Duration DRAINED = Duration.ofSeconds(10);

    private final List<String> urls;
    private final Consumer<Connection> begin;
    /** A request holds the read lock: a connection is drained when its requests have ended. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private Connection connection;
    private volatile boolean closed;

    /** @param begin subscribes on a new connection */
    MovingClient(List<String> urls, int first, Consumer<Connection> begin) throws IOException, InterruptedException {
        this.urls = new ArrayList<>(urls);
        this.begin = begin;
        Collections.rotate(this.urls, first);
        connection = connect(this.urls);
    }

    private Connection connect(List<String> to) throws IOException, InterruptedException {
        Connection next = Nats.connect(Options.builder().servers(to.toArray(String[]::new)).noRandomize().maxReconnects(-1)
                .connectionTimeout(Duration.ofSeconds(5)).ignoreDiscoveredServers().connectionListener((connected, event) -> {
                    if (event == Events.LAME_DUCK)
                        Thread.ofPlatform().start(() -> move(connected));
                }).build());
        begin.accept(next);
        try {
            next.flush(DRAINED);
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
        return next;
    }

    private void move(Connection from) {
        List<String> others = new ArrayList<>(urls);
        others.remove(from.getConnectedUrl());
        try {
            Connection next = connect(others);
            lock.writeLock().lock();
            try {
                if (connection != from)
                    return;
                connection = next;
            } finally {
                lock.writeLock().unlock();
            }
            from.drain(DRAINED).get(DRAINED.toSeconds(), TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            if (!closed)
                System.out.println("A client cannot leave " + from.getConnectedUrl() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
        lock.readLock().lock();
        try {
            connection.close();
        } finally {
            lock.readLock().unlock();
        }
    }
}
