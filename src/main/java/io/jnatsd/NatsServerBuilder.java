package io.jnatsd;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsCheck;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.Server;
import io.jnatsd.server.ServerLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The settings of a {@link NatsServer}. Each method changes one setting and returns this object; a value that no server
 * could work with is refused at once.
 *
 * <pre>{@code
 * NatsServer server = NatsServer.builder()
 *         .name("orders-test")
 *         .maxPayload(64 * 1024)
 *         .user("joe", "secret")
 *         .monitoring()
 *         .start();
 * }</pre>
 *
 * <p>Settings may also come from a configuration file or text; those that are set by methods count more. What neither
 * sets has the default of the configuration file, except that the server listens on {@code 127.0.0.1} and any free
 * port.
 *
 * <p>Threads: one at a time. A server keeps a copy, so later changes do not affect it.
 */
public final class NatsServerBuilder {
    private static final String LOGGER = "io.jnatsd";
    private static final String LOOPBACK = "127.0.0.1";
    private static final int ANY_PORT = -1;
    private static final int MAX_PORT = 65535;

    private final List<Consumer<OptionsBuilder>> changes;
    /** At most one of file and text is set. */
    private Path configFile;
    private String configText;
    /** Null for the default. */
    private LogTo logTo;

    /** Opens the log that the program has asked for, with the level and the format of the options. */
    private interface LogTo {
        Log open(LogSettings settings);
    }

    NatsServerBuilder() {
        changes = new ArrayList<>();
    }

    private NatsServerBuilder(NatsServerBuilder other) {
        changes = new ArrayList<>(other.changes);
        configFile = other.configFile;
        configText = other.configText;
        logTo = other.logTo;
    }

    NatsServerBuilder copy() {
        return new NatsServerBuilder(this);
    }

    private NatsServerBuilder set(Consumer<OptionsBuilder> change) {
        changes.add(change);
        return this;
    }

    // ---- configuration ---------------------------------------------------------------------------------------

    /**
     * Reads settings from a configuration file, when the server starts and at each {@link NatsServer#reload()}.
     *
     * @param file in the configuration language of NATS servers
     * @return this
     */
    public NatsServerBuilder config(Path file) {
        configFile = Objects.requireNonNull(file, "file");
        configText = null;
        return this;
    }

    /**
     * Reads settings from a text in the configuration language.
     *
     * @param text as a configuration file has it, {@code "max_payload: 64KB"}
     * @return this
     */
    public NatsServerBuilder configText(String text) {
        configText = Objects.requireNonNull(text, "text");
        configFile = null;
        return this;
    }

    // ---- address and name ------------------------------------------------------------------------------------

    /**
     * Sets the name of the server.
     *
     * @param name not empty, without spaces
     * @return this
     */
    public NatsServerBuilder name(String name) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' '))
            throw new IllegalArgumentException("name must be a text without spaces, but is \"" + name + "\"");
        return set(o -> o.serverName = name);
    }

    /**
     * Sets the address for clients.
     *
     * @param host a host name or an IP address; {@code 0.0.0.0} for all addresses of this machine
     * @return this
     */
    public NatsServerBuilder host(String host) {
        if (host.isEmpty())
            throw new IllegalArgumentException("host must be a host name or an IP address, but is empty");
        return set(o -> o.host = host);
    }

    /**
     * Sets the port for clients.
     *
     * @param port 0 for any free port, the default; {@link NatsServer#port} returns the actual one
     * @return this
     */
    public NatsServerBuilder port(int port) {
        int checked = port("port", port);
        return set(o -> o.port = checked);
    }

    private static int port(String what, int port) {
        if (port < 0 || port > MAX_PORT)
            throw new IllegalArgumentException(what + " must be 0 (any free port) to " + MAX_PORT + ", but is " + port);
        return port == 0 ? ANY_PORT : port;
    }

    /** Sets the ports of a server that ran with these settings. */
    NatsServerBuilder keepPorts(Server running) {
        int client = running.port(), cluster = running.clusterPort();
        String http = running.monitorUrl(), webSocket = running.webSocketUrl(), id = running.serverId();
        return set(o -> {
            o.port = client;
            o.clusterPort = cluster;
            if (http != null && o.httpPort != 0)
                o.httpPort = URI.create(http).getPort();
            else if (http != null)
                o.httpsPort = URI.create(http).getPort();
            if (webSocket != null)
                o.webSocketPort = URI.create(webSocket).getPort();
            if (o.serverName.isEmpty())
                o.serverName = id;
        });
    }

    // ---- limits ----------------------------------------------------------------------------------------------

    /**
     * Sets the largest payload of a message; a client that sends a larger one is disconnected.
     *
     * @param bytes 1 or more; 1 MB by default
     * @return this
     */
    public NatsServerBuilder maxPayload(int bytes) {
        int checked = atLeast(1, "maxPayload", bytes);
        return set(o -> o.maxPayload = checked);
    }

    /**
     * Sets the number of clients that may be connected.
     *
     * @param count 1 or more; 65,536 by default
     * @return this
     */
    public NatsServerBuilder maxConnections(int count) {
        int checked = atLeast(1, "maxConnections", count);
        return set(o -> o.maxConnections = checked);
    }

    /**
     * Sets the number of subscriptions of one client.
     *
     * @param count 1 or more; no limit by default
     * @return this
     */
    public NatsServerBuilder maxSubscriptions(int count) {
        int checked = atLeast(1, "maxSubscriptions", count);
        return set(o -> o.maxSubscriptions = checked);
    }

    /**
     * Sets the number of bytes that may wait for one client. A client for which more wait is a slow consumer and is
     * disconnected.
     *
     * @param bytes not less than {@link #maxPayload}; 64 MB by default
     * @return this
     */
    public NatsServerBuilder maxPending(long bytes) {
        long checked = atLeast(1, "maxPending", bytes);
        return set(o -> o.maxPending = checked);
    }

    /**
     * Sets the longest line of the protocol.
     *
     * @param bytes 1 or more; 4,096 by default
     * @return this
     */
    public NatsServerBuilder maxControlLine(int bytes) {
        int checked = atLeast(1, "maxControlLine", bytes);
        return set(o -> o.maxControlLine = checked);
    }

    /**
     * Sets the time between two PINGs to a client.
     *
     * @param time longer than zero; 2 minutes by default
     * @return this
     */
    public NatsServerBuilder pingInterval(Duration time) {
        Duration checked = positive("pingInterval", time);
        return set(o -> o.pingInterval = checked);
    }

    /**
     * Sets after how many PINGs without an answer a client is disconnected.
     *
     * @param count 1 or more; 2 by default
     * @return this
     */
    public NatsServerBuilder maxPingsOut(int count) {
        int checked = atLeast(1, "maxPingsOut", count);
        return set(o -> o.pingMax = checked);
    }

    /**
     * Sets how long one write to a client may take. A client for which it takes longer is a slow consumer and is
     * disconnected.
     *
     * @param time longer than zero; 10 seconds by default
     * @return this
     */
    public NatsServerBuilder writeDeadline(Duration time) {
        Duration checked = positive("writeDeadline", time);
        return set(o -> o.writeDeadline = checked);
    }

    /**
     * Sets how lame duck mode ends clients.
     *
     * @param grace the time before the first client is closed
     * @param duration the time in which all are closed, longer than the grace period
     * @return this
     */
    public NatsServerBuilder lameDuck(Duration grace, Duration duration) {
        if (grace.isNegative() || grace.compareTo(duration) >= 0)
            throw new IllegalArgumentException("the grace period of lameDuck must not be negative, and shorter than the"
                    + " duration, but they are " + grace + " and " + duration);
        return set(o -> {
            o.lameDuckGracePeriod = grace.isZero() ? Duration.ofNanos(1) : grace;
            o.lameDuckDuration = duration;
        });
    }

    private static int atLeast(int least, String what, int value) {
        return (int) atLeast(least, what, (long) value);
    }

    private static long atLeast(long least, String what, long value) {
        if (value < least)
            throw new IllegalArgumentException(what + " must be " + least + " or more, but is " + value);
        return value;
    }

    private static Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero())
            throw new IllegalArgumentException(what + " must be longer than zero, but is " + value);
        return value;
    }

    // ---- logins ----------------------------------------------------------------------------------------------

    /**
     * Adds a user, who may publish and subscribe to everything. With users, clients must log in.
     *
     * @param name not empty
     * @param password not empty; plain text, or a bcrypt hash
     * @return this
     */
    public NatsServerBuilder user(String name, String password) {
        if (name.isEmpty() || password.isEmpty())
            throw new IllegalArgumentException("a user needs a name and a password, but one of them is empty");
        return set(o -> {
            List<User> users = o.users == null ? new ArrayList<>() : new ArrayList<>(o.users);
            users.removeIf(user -> user.name().equals(name));
            users.add(new User(name, password, "", null, 0));
            o.users = users;
        });
    }

    /**
     * Sets the token that all clients log in with.
     *
     * @param token not empty; plain text, or a bcrypt hash
     * @return this
     */
    public NatsServerBuilder token(String token) {
        if (token.isEmpty())
            throw new IllegalArgumentException("the token must not be empty");
        return set(o -> o.token = token);
    }

    // ---- other ports -----------------------------------------------------------------------------------------

    /**
     * Opens a port for monitoring, on any free port: {@link NatsServer#monitorUrl}.
     *
     * @return this
     */
    public NatsServerBuilder monitoring() {
        return monitoring(0);
    }

    /**
     * Opens a port for monitoring.
     *
     * @param port 0 for any free port
     * @return this
     */
    public NatsServerBuilder monitoring(int port) {
        int checked = port("the port for monitoring", port);
        return set(o -> o.httpPort = checked);
    }

    /**
     * Opens a port for clients over WebSocket, on any free port: {@link NatsServer#webSocketUrl}.
     *
     * @return this
     */
    public NatsServerBuilder webSocket() {
        return webSocket(0);
    }

    /**
     * Opens a port for clients over WebSocket.
     *
     * @param port 0 for any free port
     * @return this
     */
    public NatsServerBuilder webSocket(int port) {
        int checked = port("the port for WebSocket", port);
        return set(o -> {
            o.webSocketPort = checked;
            if (o.webSocketHost.isEmpty())
                o.webSocketHost = LOOPBACK;
        });
    }

    /**
     * Makes the server part of a cluster: it listens for other servers on any free port.
     *
     * @param name of the cluster, not empty
     * @return this
     */
    public NatsServerBuilder cluster(String name) {
        return cluster(name, 0);
    }

    /**
     * Makes the server part of a cluster.
     *
     * @param name of the cluster, not empty
     * @param port for other servers, 0 for any free port
     * @return this
     */
    public NatsServerBuilder cluster(String name, int port) {
        if (name.isEmpty())
            throw new IllegalArgumentException("a cluster needs a name, but it is empty");
        int checked = port("the port of the cluster", port);
        return set(o -> {
            o.clusterName = name;
            o.clusterPort = checked;
            if (o.clusterHost.isEmpty())
                o.clusterHost = LOOPBACK;
        });
    }

    /**
     * Has the server connect to another server of its cluster. It is told of further servers by that one.
     *
     * @param other a server with a cluster port in this JVM
     * @return this
     */
    public NatsServerBuilder route(NatsServer other) {
        return route(URI.create("nats://" + LOOPBACK + ":" + other.clusterPort()));
    }

    /**
     * Has the server connect to another server of its cluster.
     *
     * @param url {@code nats://host:port} of its cluster port
     * @return this
     */
    public NatsServerBuilder route(URI url) {
        Objects.requireNonNull(url, "url");
        return set(o -> {
            List<URI> routes = new ArrayList<>(o.routes);
            routes.add(url);
            o.routes = List.copyOf(routes);
        });
    }

    // ---- log -------------------------------------------------------------------------------------------------

    /**
     * Logs to a logger of the application: what operators see, and with {@link #debug} or {@link #trace} more.
     *
     * @param logger called by one thread of the server
     * @return this
     */
    public NatsServerBuilder logTo(System.Logger logger) {
        Objects.requireNonNull(logger, "logger");
        logTo = settings -> Log.to(logger, settings);
        return this;
    }

    /**
     * Passes each line of the log to the application, in the format of the log file.
     *
     * @param lines called by one thread of the server, which must not wait for the server
     * @return this
     */
    public NatsServerBuilder logTo(Consumer<String> lines) {
        Objects.requireNonNull(lines, "lines");
        logTo = settings -> Log.to(lines, settings);
        return this;
    }

    /**
     * Also logs what clients do.
     *
     * @return this
     */
    public NatsServerBuilder debug() {
        return set(o -> o.debug = true);
    }

    /**
     * Also logs each line of the protocol, without passwords.
     *
     * @return this
     */
    public NatsServerBuilder trace() {
        return set(o -> {
            o.debug = true;
            o.trace = true;
        });
    }

    // ---- start -----------------------------------------------------------------------------------------------

    /**
     * Starts a server with these settings.
     *
     * @return the server, which accepts clients
     * @throws NatsServerException if the configuration is wrong, a port is in use, or a file cannot be read; the reason
     *         and the message say which
     */
    public NatsServer start() {
        return NatsServer.start(copy());
    }

    OptionsSource.Loaded load() throws ConfigException {
        OptionsReader.ReadResult read = configFile != null ? OptionsReader.read(configFile)
                : OptionsReader.read("configText", configText == null ? "" : configText, System::getenv);
        OptionsBuilder options = read.options();
        if (options.host.isEmpty())
            options.host = LOOPBACK;
        if (options.port == 0)
            options.port = ANY_PORT;
        changes.forEach(change -> change.accept(options));
        // Plain passwords are usual in tests, so they cause no warning.
        return new OptionsSource.Loaded(OptionsCheck.build(options), read.warnings(), false);
    }

    /** Opens the log: that of the program, or the file or syslog that the configuration names, or a quiet one. */
    Log log(LogOptions options) throws IOException {
        LogSettings configured = ServerLog.settings(options);
        if (logTo != null)
            return logTo.open(configured);
        if (!configured.file().isEmpty() || configured.syslog() || !configured.remoteSyslog().isEmpty())
            return ServerLog.open(options);
        String level = options.level().equals("info") ? "warn" : options.level();
        return Log.to(System.getLogger(LOGGER), new LogSettings(options.debug(), options.trace(), false, level, "text",
                "", 0, 0, false, ""));
    }
}
