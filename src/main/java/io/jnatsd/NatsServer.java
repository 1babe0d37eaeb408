package io.jnatsd;

import io.jnatsd.NatsServerException.Reason;
import io.jnatsd.config.ConfigException;
import io.jnatsd.log.Log;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.Server;
import io.jnatsd.tls.TlsException;
import java.io.IOException;
import java.net.BindException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A NATS server in this JVM. It accepts clients when {@link #start} returns, and its ports are free again when
 * {@link #close} does. Any number of servers may run side by side.
 *
 * <pre>{@code
 * try (NatsServer server = NatsServer.builder().user("joe", "secret").start()) {
 *     Connection nats = Nats.connect(server.url("joe", "secret"));
 *     ...
 * }
 * }</pre>
 *
 * <p>Without settings it suits a test: it listens on the loopback address and any free port, writes no files, installs
 * no signal handlers, and logs warnings and errors to the {@link System.Logger} {@code io.jnatsd}.
 *
 * <p>All methods may be called by any thread. Those that ask a server for something that only a running one has throw
 * {@link IllegalStateException} once it is closed.
 */
public final class NatsServer implements AutoCloseable {
    private static final String CLOSED = "this NATS server is closed";

    private final Log log;
    /** Held while the server is reloaded, restarted or closed. */
    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled by {@link #close}, which ends the pause of a restart. */
    private final Condition closing = lock.newCondition();
    /** Written under {@code lock}. */
    private volatile NatsServerBuilder settings;
    /** Written under {@code lock}. */
    private volatile Server server;
    /** Written under {@code lock}. */
    private volatile boolean closed;

    private NatsServer(NatsServerBuilder settings, Log log) {
        this.settings = settings;
        this.log = log;
    }

    /**
     * Starts a server without any settings.
     *
     * @return the server, which accepts clients
     * @throws NatsServerException if the system gives no port
     */
    public static NatsServer start() {
        return builder().start();
    }

    /**
     * Returns the settings of a new server.
     *
     * @return settings that can be changed, and started any number of times
     */
    public static NatsServerBuilder builder() {
        return new NatsServerBuilder();
    }

    static NatsServer start(NatsServerBuilder settings) {
        Log log = null;
        boolean done = false;
        try {
            OptionsSource.Loaded loaded = settings.load();
            log = settings.log(loaded.options().log());
            NatsServer started = new NatsServer(settings, log);
            started.server = started.open(loaded);
            done = true;
            return started;
        } catch (ConfigException | IOException e) {
            throw failure(e);
        } finally {
            if (!done && log != null)
                log.close();
        }
    }

    private Server open(OptionsSource.Loaded loaded) throws IOException {
        return Server.start(loaded, () -> settings.load(), log);
    }

    private static NatsServerException failure(Exception e) {
        Reason reason = e instanceof ConfigException ? Reason.CONFIGURATION : Reason.INPUT_OUTPUT;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException)
                reason = Reason.PORT_IN_USE;
            else if (cause instanceof TlsException)
                reason = Reason.TLS;
            else if (cause instanceof ConfigException)
                reason = Reason.CONFIGURATION;
        }
        return new NatsServerException(reason, e.getMessage(), e);
    }

    Server running() {
        Server current = server;
        if (closed || current.isClosed())
            throw new IllegalStateException(CLOSED);
        return current;
    }

    /**
     * Returns the URL for clients.
     *
     * @return {@code nats://127.0.0.1:40123}; {@code tls://} instead of {@code nats://} if clients must use TLS
     */
    public String url() {
        return running().url();
    }

    /**
     * Returns the URL for clients with a login in it, which most client libraries understand.
     *
     * @param user the name of a user
     * @param password the password
     * @return {@code nats://user:password@127.0.0.1:40123}
     */
    public String url(String user, String password) {
        String url = url();
        int host = url.indexOf("//") + 2;
        return url.substring(0, host) + encoded(user) + ":" + encoded(password) + "@" + url.substring(host);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Returns the port for clients.
     *
     * @return the actual port, also if any free one was asked for
     */
    public int port() {
        return running().port();
    }

    /**
     * Returns the name of the server, as clients see it in INFO.
     *
     * @return the name; the id of the server if it was given none
     */
    public String name() {
        Server s = running();
        String name = s.options().serverName();
        return name.isEmpty() ? s.serverId() : name;
    }

    /**
     * Returns the URL of the monitoring port, see {@link NatsServerBuilder#monitoring}.
     *
     * @return {@code http://127.0.0.1:40124}
     * @throws IllegalStateException if the server has none
     */
    public String monitorUrl() {
        return present(running().monitorUrl(), "monitoring port", "monitoring()");
    }

    /**
     * Returns the URL for clients over WebSocket, see {@link NatsServerBuilder#webSocket}.
     *
     * @return {@code ws://127.0.0.1:40125}, or {@code wss://} with TLS
     * @throws IllegalStateException if the server has no such port
     */
    public String webSocketUrl() {
        return present(running().webSocketUrl(), "WebSocket port", "webSocket()");
    }

    /**
     * Returns the port for other servers, see {@link NatsServerBuilder#cluster}.
     *
     * @return the actual port
     * @throws IllegalStateException if the server is not part of a cluster
     */
    public int clusterPort() {
        int port = running().clusterPort();
        return present(port == 0 ? null : port, "cluster port", "cluster(name)");
    }

    private static <T> T present(T value, String what, String setting) {
        if (value == null)
            throw new IllegalStateException("this NATS server has no " + what + "; NatsServerBuilder." + setting
                    + " opens one");
        return value;
    }

    /**
     * Returns the connected clients. A client counts from the time when its CONNECT was accepted; one that sends none,
     * because it need not log in, from its first subscription or message.
     *
     * <pre>{@code
     * for (ConnectedClient client : server.clients())
     *     System.out.println(client.name() + " has published " + client.messagesIn() + " messages");
     * }</pre>
     *
     * @return the clients in the order of their ids, as they are now
     */
    public List<ConnectedClient> clients() {
        return Inspection.clients(running());
    }

    /**
     * Reads the configuration again, and applies what has changed: users, permissions, limits, certificates, routes.
     * Clients stay connected, unless they are no longer allowed to be.
     *
     * @throws NatsServerException if the new configuration is wrong, or changes something that needs another server,
     *         such as a port; nothing has changed then
     */
    public void reload() {
        reload(settings -> { });
    }

    /**
     * Changes settings of the running server, as {@link #reload()} does for a configuration that has changed.
     *
     * @param change is given the settings of this server
     * @throws NatsServerException as {@link #reload()}
     */
    public void reload(Consumer<NatsServerBuilder> change) {
        lock.lock();
        try {
            Server s = running();
            NatsServerBuilder before = settings, next = before.copy();
            change.accept(next);
            settings = next;
            boolean done = false;
            try {
                s.tryReload();
                done = true;
            } finally {
                if (!done)
                    settings = before;
            }
        } catch (ConfigException | IOException e) {
            throw failure(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes all connections and starts again with the settings in force, on the same ports and under the same name, as
     * a server that has crashed and is restarted.
     *
     * @throws NatsServerException if a port has been taken meanwhile; this server is closed then
     */
    public void restart() {
        restart(Duration.ZERO);
    }

    /**
     * Restarts after some time in which no client can connect.
     *
     * @param pause from the end of the old server to the start of the new one
     * @throws NatsServerException as {@link #restart()}
     */
    public void restart(Duration pause) {
        lock.lock();
        try {
            Server old = running();
            settings = settings.copy().keepPorts(old);
            boolean done = false;
            try {
                old.close();
                for (long left = pause.toNanos(); left > 0 && !closed;)
                    left = closing.awaitNanos(left);
                if (closed)
                    throw new IllegalStateException(CLOSED);
                server = open(settings.load());
                done = true;
            } catch (ConfigException | IOException e) {
                throw failure(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted during a restart; this NATS server is closed", e);
            } finally {
                if (!done && !closed)
                    finish();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Enters lame duck mode: the server accepts no more clients, tells the connected ones to go elsewhere, closes them
     * bit by bit, and then closes itself. Returns at once.
     */
    public void lameDuck() {
        running().lameDuck();
    }

    /**
     * Returns whether the server runs.
     *
     * @return false after {@link #close}, and at the end of {@link #lameDuck}
     */
    public boolean isRunning() {
        return !closed && !server.isClosed();
    }

    /**
     * Closes the server: what waits for clients is written, their connections are closed, and the ports are free. It
     * takes two seconds at most. A second call has no effect.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed)
                finish();
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        closed = true;
        closing.signalAll();
        server.close();
        log.close();
    }

    /** Returns the URL or the state, for messages and debuggers. */
    @Override
    public String toString() {
        return "NatsServer[" + (isRunning() ? url() : "closed") + "]";
    }
}
