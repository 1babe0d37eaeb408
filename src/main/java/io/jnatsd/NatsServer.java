package io.jnatsd;

import io.jnatsd.config.ConfigException;
import io.jnatsd.log.Log;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    private volatile Settings settings;
    /** Written under {@code lock}. */
    private volatile Server server;
    /** Written under {@code lock}. */
    private volatile boolean closed;
    /** Between the end of the old server and the start of the new one. Written under {@code lock}. */
    private volatile boolean restarting;
    private final Waiting waiting = new Waiting(this::runningOrNull);
    private final Set<MessageLog> messageLogs = ConcurrentHashMap.newKeySet();
    private final IncidentLog incidents = new IncidentLog();
    private final Faults faults = new Faults(waiting);

    private NatsServer(Settings settings, Log log) {
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
        return new NatsServerBuilder(new Settings());
    }

    static NatsServer start(Settings settings) {
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
            throw NatsServerException.of(e);
        } finally {
            if (!done && log != null)
                log.close();
        }
    }

    private Server open(OptionsSource.Loaded loaded) throws IOException {
        return Server.start(loaded, () -> settings.load(), log, this::attach);
    }

    /** Observes a server that has just been made, instead of the one before. */
    private void attach(Server made) {
        incidents.attach(made);
        messageLogs.forEach(each -> each.attach(made));
        faults.attach(made);
    }

    Server running() {
        Server current = server;
        if (closed || current.isClosed())
            throw new IllegalStateException(CLOSED);
        return current;
    }

    /** Returns null while the server restarts. */
    private Server runningOrNull() {
        Server current = server;
        if (closed)
            throw new IllegalStateException(CLOSED);
        if (!current.isClosed())
            return current;
        // The new server is set before the restart ends.
        if (restarting || current != server)
            return null;
        throw new IllegalStateException(CLOSED);
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
        return url.substring(0, host) + Settings.encoded(user) + ":" + Settings.encoded(password) + "@" + url.substring(host);
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
     * Waits ten seconds at most for a number of clients, see {@link #awaitConnections(int, Duration)}.
     *
     * @param count how many, 0 to wait until all have left
     * @throws NatsServerException with the reason {@code TIMEOUT}
     */
    public void awaitConnections(int count) {
        awaitConnections(count, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until exactly this number of clients is connected, as {@link #clients} counts them.
     *
     * <pre>{@code
     * server.restart();
     * server.awaitConnections(3, Duration.ofSeconds(30)); // all have come back
     * }</pre>
     *
     * @param count how many, 0 to wait until all have left
     * @param patience how long to wait
     * @throws NatsServerException with the reason {@code TIMEOUT}; the message says who is connected instead
     * @throws IllegalStateException if the server is closed meanwhile, or the thread is interrupted, which stays so
     */
    public void awaitConnections(int count, Duration patience) {
        if (count < 0)
            throw new IllegalArgumentException("the number of clients must be 0 or more, but is " + count);
        waiting.await(patience, count + (count == 1 ? " client" : " clients"),
                s -> Inspection.count(s) == count ? true : null, s -> Waiting.thereAre(Inspection.clients(s)));
    }

    /**
     * Waits ten seconds at most for a client, see {@link #awaitClient(String, Duration)}.
     *
     * @param name the name that the client has given its connection
     * @return the client
     * @throws NatsServerException with the reason {@code TIMEOUT}
     */
    public ConnectedClient awaitClient(String name) {
        return awaitClient(name, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until a client with this name is connected.
     *
     * <pre>{@code
     * application.start();
     * ConnectedClient billing = server.awaitClient("billing", Duration.ofSeconds(30));
     * assertEquals("billing-user", billing.user());
     * }</pre>
     *
     * @param name the name that the client has given its connection
     * @param patience how long to wait
     * @return the client; the one with the lowest id if several have this name
     * @throws NatsServerException with the reason {@code TIMEOUT}; the message says who is connected instead
     * @throws IllegalStateException if the server is closed meanwhile, or the thread is interrupted, which stays so
     */
    public ConnectedClient awaitClient(String name, Duration patience) {
        Objects.requireNonNull(name, "name");
        return waiting.await(patience, "a client named " + name, s -> Inspection.client(s, name),
                s -> Waiting.thereAre(Inspection.clients(s)));
    }

    /**
     * Waits ten seconds at most for a subscription, see {@link #awaitSubscription(String, Duration)}.
     *
     * @param subject the subject of the subscription, as the client has written it
     * @throws NatsServerException with the reason {@code TIMEOUT}
     */
    public void awaitSubscription(String subject) {
        awaitSubscription(subject, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until there is a subscription with exactly this subject, in a queue group or not. A message that is
     * published on this server afterwards reaches it. It may be that of a client of this server, or one that another
     * server of the cluster has told this one of.
     *
     * <pre>{@code
     * application.start();                     // subscribes to orders.> some time later
     * server.awaitSubscription("orders.>");
     * nats.publish("orders.new", order);
     * }</pre>
     *
     * @param subject as the client has written it: {@code "orders.*"} does not stand for {@code "orders.new"}
     * @param patience how long to wait
     * @throws NatsServerException with the reason {@code TIMEOUT}; the message says what is subscribed to instead
     * @throws IllegalStateException if the server is closed meanwhile, or the thread is interrupted, which stays so
     */
    public void awaitSubscription(String subject, Duration patience) {
        Objects.requireNonNull(subject, "subject");
        waiting.await(patience, "a subscription to " + subject,
                s -> Inspection.hasSubscription(s, subject) ? true : null,
                s -> Waiting.thereAre(Inspection.subjects(s)));
    }

    /**
     * Waits ten seconds at most for a cluster, see {@link #awaitClusterOf(int, Duration)}.
     *
     * @param servers how many, this one included
     * @throws NatsServerException with the reason {@code TIMEOUT}
     */
    public void awaitClusterOf(int servers) {
        awaitClusterOf(servers, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until this server has routes to all others of a cluster, which they use as well. The subscriptions that
     * clients of the other servers have made before are known to this server then.
     *
     * <pre>{@code
     * NatsServer one = NatsServer.builder().cluster("test").start();
     * NatsServer two = NatsServer.builder().cluster("test").route(one).start();
     * NatsServer three = NatsServer.builder().cluster("test").route(one).start();
     * for (NatsServer server : List.of(one, two, three))
     *     server.awaitClusterOf(3);
     * }</pre>
     *
     * @param servers how many, this one included
     * @param patience how long to wait
     * @throws NatsServerException with the reason {@code TIMEOUT}; the message says which servers there are instead
     * @throws IllegalStateException if this server has no cluster port, is closed meanwhile, or the thread is
     *         interrupted, which stays so
     */
    public void awaitClusterOf(int servers, Duration patience) {
        if (servers < 1)
            throw new IllegalArgumentException("a cluster has 1 server or more, but " + servers + " are expected");
        clusterPort();
        waiting.await(patience, "routes to " + (servers - 1) + (servers == 2 ? " server" : " servers"),
                s -> Inspection.routes(s).size() == servers - 1 ? true : null,
                s -> Waiting.thereAre(Inspection.routes(s)));
    }

    /**
     * Returns the counters of the server.
     *
     * @return the numbers since the start, or the last {@link #restart}
     */
    public Traffic traffic() {
        return Inspection.traffic(running());
    }

    /**
     * Counts the messages on a subject from now on, and keeps the last of them.
     *
     * <pre>{@code
     * MessageLog orders = server.record("orders.>");
     * }</pre>
     *
     * @param subject may have wildcards; {@code ">"} for all messages
     * @return the messages; it ends with the server, or when it is closed
     * @throws IllegalArgumentException if no client could subscribe to the subject
     */
    public MessageLog record(String subject) {
        MessageLog messages = new MessageLog(subject, this, waiting);
        lock.lock();
        try {
            messages.attach(running());
            messageLogs.add(messages);
            return messages;
        } finally {
            lock.unlock();
        }
    }

    void ended(MessageLog messages) {
        messageLogs.remove(messages);
    }

    /**
     * Returns what the server has refused, and whom it has disconnected for being slow or breaking a rule. It is there
     * before the client is told.
     *
     * <pre>{@code
     * assertEquals(List.of(), server.incidents()); // at the end of a test
     * }</pre>
     *
     * @return oldest first; the last 1,000 if there were more, those before a restart included; also after the server
     *         is closed
     */
    public List<Incident> incidents() {
        return incidents.all();
    }

    /**
     * Waits ten seconds at most for an incident, see {@link #awaitIncident(Incident.Kind, Duration)}.
     *
     * @param kind what is to go wrong
     * @return the oldest one of this kind
     * @throws NatsServerException with the reason {@code TIMEOUT}
     */
    public Incident awaitIncident(Incident.Kind kind) {
        return awaitIncident(kind, Waiting.DEFAULT_PATIENCE);
    }

    /**
     * Waits until there is an incident of a kind; one that has happened before counts as well.
     *
     * <pre>{@code
     * Incident slow = server.awaitIncident(Incident.Kind.SLOW_CONSUMER, Duration.ofSeconds(30));
     * assertEquals("billing", slow.name());
     * }</pre>
     *
     * @param kind what is to go wrong
     * @param patience how long to wait
     * @return the oldest one of this kind
     * @throws NatsServerException with the reason {@code TIMEOUT}; the message says what has happened instead
     * @throws IllegalStateException if the server is closed meanwhile, or the thread is interrupted, which stays so
     */
    public Incident awaitIncident(Incident.Kind kind, Duration patience) {
        Objects.requireNonNull(kind, "kind");
        return waiting.await(patience, "an incident of kind " + kind, s -> incidents.first(kind),
                s -> Waiting.thereAre(incidents.all()));
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
            Settings before = settings, next = before.copy();
            change.accept(new NatsServerBuilder(next));
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
            throw NatsServerException.of(e);
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
                restarting = true;
                faults.detach();
                old.close();
                for (long left = pause.toNanos(); left > 0 && !closed;)
                    left = closing.awaitNanos(left);
                if (closed)
                    throw new IllegalStateException(CLOSED);
                server = open(settings.load());
                done = true;
            } catch (ConfigException | IOException e) {
                throw NatsServerException.of(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted during a restart; this NATS server is closed", e);
            } finally {
                restarting = false;
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
     * Returns the way to make things go wrong: connections that break, messages that are lost, a server that hangs.
     *
     * @return the faults of this server, which stay in force when it is restarted, and end when it is closed
     */
    public Faults faults() {
        return faults;
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
        faults.end();
        log.close();
    }

    /** Returns the URL or the state, for messages and debuggers. */
    @Override
    public String toString() {
        return "NatsServer[" + (isRunning() ? url() : "closed") + "]";
    }
}
