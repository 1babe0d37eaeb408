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
 * One server that is dialled, again and again if it must be (cluster reference, section 9). An explicit one is in the
 * configuration and is never given up; an implicit one was heard of from another server.
 *
 * <p>Threads: {@link #run} has a virtual one of its own, which reads the route while there is one; the rest is
 * anybody's.
 */
final class RouteDialer implements Runnable {
    private static final int DIAL_MILLIS = 1000;
    private static final long PAUSE_MILLIS = 1000;
    private static final int JITTER_MILLIS = 100;
    /** After so many failures in a row an explicit server is dialled less often, down to every five seconds. */
    private static final int PATIENCE = 30;
    private static final int EXPLICIT_LONGEST = 5;
    /** A server that is lost is dialled so often in vain: gnatsd never does, and a mesh that lost a link stays torn. */
    private static final int ATTEMPTS_AFTER_LOSS = 10;
    private static final int IMPLICIT_LONGEST = 8;
    /** An implicit route that lived so long is dialled again at once. */
    private static final long LONG_LIFE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private final Cluster cluster;
    private final Log log;
    private final RouteUrl url;
    private final boolean explicit;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Socket dialling;
    private volatile Route route;
    /** Attempts in a row that came to nothing. Written by {@link #run} and {@link #renew}. */
    private volatile int failures;
    /** How many are allowed, for an implicit server. */
    private int allowed;

    RouteDialer(Cluster cluster, RouteUrl url, boolean explicit) {
        this.cluster = cluster;
        this.log = cluster.server().log;
        this.url = url;
        this.explicit = explicit;
    }

    void start() {
        ServerState server = cluster.server();
        if (!server.threads.start("route-dial-" + address(), this))
            server.after(Duration.ofMillis(PAUSE_MILLIS), this);
    }

    @Override
    public void run() {
        try {
            allowed = 1 + Math.max(cluster.options().connectRetries(), 0);
            while (!isStopped() && attemptSafely())
                continue;
        } catch (InterruptedException e) {
            log.debug("Dialling " + url + " was interrupted");
        } finally {
            cluster.dialers().finished(this);
        }
    }

    /** An attempt in which something is thrown is one that has failed. */
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
        failures++;
        return (explicit || failures < allowed) && pause(PAUSE_MILLIS * patience());
    }

    /** False if there is nothing more to be done. */
    private boolean attempt() throws InterruptedException {
        log.debug("Trying to connect to route on " + address());
        Route connected = dial();
        if (connected == null)
            return pauseAfterFailure();
        long began = System.nanoTime();
        follow(connected);
        if (isStopped())
            return false;
        boolean welcome = !connected.remoteId().isEmpty()
                && connected.closeReason() != CloseReason.PROTOCOL_VIOLATION;
        failures = welcome ? 0 : failures + 1;
        return wantsBack(connected, System.nanoTime() - began > LONG_LIFE_NANOS);
    }

    private void follow(Route connected) {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        route = connected;
        // It may have been too late for stop() to see it.
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

    private boolean wantsBack(Route lost, boolean lived) throws InterruptedException {
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
            failures = 0;
        }
        if (!id.isEmpty())
            allowed = Math.max(allowed, ATTEMPTS_AFTER_LOSS);
        if (isStopped() || !explicit && failures >= allowed)
            return false;
        log.debug("Attempting reconnect for solicited route \"" + url + "\"");
        return pause(explicit || !lived ? PAUSE_MILLIS * patience() : 0);
    }

    /** How many times the usual pause. */
    private long patience() {
        return explicit ? Math.clamp(failures - PATIENCE, 1, EXPLICIT_LONGEST)
                : Math.min(1L << Math.max(failures - 1 - cluster.options().connectRetries(), 0), IMPLICIT_LONGEST);
    }

    /** With a little chance, so that two servers that dial each other do not go on to do so at the same time. */
    private boolean pause(long millis) throws InterruptedException {
        return !stopped.await(millis + ThreadLocalRandom.current().nextInt(JITTER_MILLIS), TimeUnit.MILLISECONDS);
    }

    /** Null if no server could be reached. The dialer stops for good if the URL leads to this server only. */
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

    /** A name server that does not answer would keep a virtual thread from its carrier, and all others with it. */
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
                // Of use only where something else was thrown.
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

    /** The server has been heard of again: it gets another chance. */
    void renew() {
        failures = 0;
    }

    /**
     * Ends the route, too.
     *
     * @return whether there was one
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

    /** {@code host:port}, for comparison with others. */
    String address() {
        String text = url.toString();
        return text.substring(text.indexOf("://") + 3).toLowerCase(Locale.ROOT);
    }

    /** Without the login. */
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
