package io.jnatsd.cluster;

import io.jnatsd.config.RouteUrl;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.text.HostPort;
import io.jnatsd.text.IpText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Dials one server, repeatedly if necessary (protocol.md, section 24). An explicit server is in the configuration and
 * is dialled until it is removed from there. An implicit server is known from gossip.
 *
 * <p>Threads: {@link #run} uses its own virtual thread, which also reads the route; other methods: any thread.
 */
final class RouteDialer implements Runnable {
    private static final int DIAL_MILLIS = 1000;
    private static final int JITTER_MILLIS = 100;
    /** An implicit server whose route lasted this long is dialled again at once. */
    private static final long LONG_LIFE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private final Cluster cluster;
    private final Log log;
    private final RouteUrl url;
    private final boolean explicit;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Socket dialling;
    private volatile Route route;
    private final DialRetries retries;

    RouteDialer(Cluster cluster, RouteUrl url, boolean explicit) {
        this.cluster = cluster;
        this.log = cluster.server().log;
        this.url = url;
        this.explicit = explicit;
        this.retries = new DialRetries(explicit, cluster.options().connectRetries());
    }

    void start() {
        ServerState server = cluster.server();
        if (!server.threads.start("route-dial-" + address(), this))
            server.after(Duration.ofMillis(DialRetries.PAUSE_MILLIS), this);
    }

    @Override
    public void run() {
        try {
            while (!isStopped() && attemptSafely())
                continue;
        } catch (InterruptedException e) {
            log.debug("Dialling " + url + " was interrupted");
        } finally {
            cluster.dialers().finished(this);
        }
    }

    /** Handles anything that an attempt throws as a failure. */
    private boolean attemptSafely() throws InterruptedException {
        try {
            return attempt();
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            cluster.server().threads.failed(null, "dialling of " + url, e);
            return pauseAfterFailure();
        }
    }

    private boolean pauseAfterFailure() throws InterruptedException {
        retries.failed();
        return retries.mayDial() && pause(retries.pauseMillis());
    }

    /** Returns false if the server need not be dialled again. */
    private boolean attempt() throws InterruptedException {
        log.debug("Trying to connect to route on " + address());
        Route connected = dial();
        if (connected == null)
            return pauseAfterFailure();
        long began = System.nanoTime();
        follow(connected);
        if (isStopped())
            return false;
        boolean accepted = !connected.remoteId().isEmpty()
                && connected.closeReason() != CloseReason.PROTOCOL_VIOLATION;
        if (connected.closeReason() == CloseReason.JETSTREAM)
            retries.refused();
        else if (accepted)
            retries.reset();
        else
            retries.failed();
        return shouldRedial(connected, System.nanoTime() - began > LONG_LIFE_NANOS);
    }

    private void follow(Route connected) {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        route = connected;
        // stop() may have been called before the route was set.
        if (isStopped())
            connected.kill(CloseReason.ROUTE_REMOVED);
        try {
            thread.setName(connected.threadName("read"));
            connected.run();
        } finally {
            thread.setName(name);
            route = null;
        }
    }

    private boolean shouldRedial(Route lost, boolean lived) throws InterruptedException {
        String id = lost.remoteId();
        if (id.equals(cluster.serverId())) {
            log.debug("Detected route to self, ignoring \"" + url + "\"");
            return false;
        }
        Route other = cluster.routes().get(id);
        if (other != null && other != lost) {
            log.debug("Not attempting reconnect for solicited route, already connected to \"" + id + "\"");
            if (!explicit)
                return false;
            other.adopt(lost);
            cluster.routes().awaitGone(id, this);
            retries.reset();
        }
        if (!id.isEmpty())
            retries.lost();
        if (isStopped() || !retries.mayDial())
            return false;
        log.debug("Attempting reconnect for solicited route \"" + url + "\"");
        return pause(explicit || !lived ? retries.pauseMillis() : 0);
    }

    /** The pause has a random part, so that two servers that dial each other do not keep doing so at the same time. */
    private boolean pause(long millis) throws InterruptedException {
        return !stopped.await(millis + ThreadLocalRandom.current().nextInt(JITTER_MILLIS), TimeUnit.MILLISECONDS);
    }

    /** Returns null if no server could be reached. If the URL leads to this server only, dialling stops for good. */
    private Route dial() throws InterruptedException {
        String error = "lookup " + url.host() + ": no such host";
        try {
            List<InetAddress> candidates = cluster.ownAddresses().remove(addresses(), url.port());
            if (candidates.isEmpty()) {
                log.debug("Detected route to self, ignoring \"" + url + "\"");
                stopped.countDown();
                return null;
            }
            for (InetAddress candidate : candidates) {
                Socket socket = new Socket();
                dialling = socket;
                try {
                    if (isStopped())
                        throw new IOException("stopped");
                    socket.connect(new InetSocketAddress(candidate, url.port()), DIAL_MILLIS);
                    socket.setTcpNoDelay(true);
                    return new Route(cluster, socket, this);
                } catch (IOException e) {
                    error = new HostPort(IpText.of(candidate), url.port()) + ": " + reason(e);
                    socket.close();
                } catch (Throwable e) {
                    socket.close();
                    throw e;
                }
            }
        } catch (IOException e) {
            error = String.valueOf(e.getMessage());
        } finally {
            dialling = null;
        }
        log.debug("Error trying to connect to route: dial tcp " + error);
        return null;
    }

    private static String reason(IOException e) {
        if (e instanceof SocketTimeoutException)
            return "i/o timeout";
        return e instanceof ConnectException ? "connect: connection refused" : e.getMessage();
    }

    /**
     * Looks up the host on a platform thread: a name server that does not answer would block a virtual thread's
     * carrier.
     */
    private List<InetAddress> addresses() throws UnknownHostException, InterruptedException {
        if (dialsIpAddress())
            return List.of(InetAddress.getByName(url.host()));
        CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
        boolean asked = cluster.server().threads.startPlatform("lookup-" + url.host(), () -> {
            try {
                answer.complete(InetAddress.getAllByName(url.host()));
            } catch (UnknownHostException e) {
                answer.completeExceptionally(e);
            } finally {
                // Has an effect only if another exception was thrown.
                answer.cancel(false);
            }
        });
        if (!asked)
            answer.cancel(false);
        try {
            List<InetAddress> addresses = Arrays.asList(answer.get());
            Collections.shuffle(addresses);
            return addresses;
        } catch (ExecutionException | CancellationException e) {
            throw new UnknownHostException("lookup " + url.host() + ": no such host");
        }
    }

    /** Resets the failures, because gossip has named the server again. */
    void renew() {
        retries.reset();
    }

    /**
     * Stops dialling, and closes the route.
     *
     * @return whether there was a route
     */
    boolean stop(CloseReason why) {
        stopped.countDown();
        Socket socket = dialling;
        try {
            if (socket != null)
                socket.close();
        } catch (IOException e) {
            log.debug("Error closing: " + e.getMessage());
        }
        Route connected = route;
        if (connected != null)
            connected.close(why, "");
        cluster.routes().wake();
        return connected != null;
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    boolean isExplicit() {
        return explicit;
    }

    /** Returns {@code host:port} in lower case, for comparison. */
    String address() {
        String text = url.toString();
        return text.substring(text.indexOf("://") + 3).toLowerCase(Locale.ROOT);
    }

    /** Returns the URL without its login. */
    @Override
    public String toString() {
        return url.toString();
    }

    boolean dialsIpAddress() {
        return IP_ADDRESS.matcher(url.host()).matches();
    }

    String host() {
        return url.host();
    }

    String user() {
        return url.user();
    }

    String password() {
        return url.password();
    }
}
