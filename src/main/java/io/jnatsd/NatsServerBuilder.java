package io.jnatsd;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.log.Log;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final int MAX_PORT = 65535;

    final Settings settings;

    NatsServerBuilder(Settings settings) {
        this.settings = settings;
    }

    private NatsServerBuilder set(Consumer<OptionsBuilder> change) {
        settings.change(change);
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
        settings.configFile(Objects.requireNonNull(file, "file"));
        return this;
    }

    /**
     * Reads settings from a text in the configuration language.
     *
     * @param text as a configuration file has it, {@code "max_payload: 64KB"}
     * @return this
     */
    public NatsServerBuilder configText(String text) {
        settings.configText(Objects.requireNonNull(text, "text"));
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
        return port == 0 ? Settings.ANY_PORT : port;
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
        return user(NatsUser.password(name, password));
    }

    /**
     * Adds a user with permissions, or one that logs in by an nkey or a certificate. It replaces the user of that name.
     * With users, clients must log in.
     *
     * @param user made by {@link NatsUser#password}, {@link NatsUser#nkey} or {@link NatsUser#certificate}
     * @return this
     */
    public NatsServerBuilder user(NatsUser user) {
        if (user.proof() == NatsUser.Proof.AUTHENTICATOR)
            throw new IllegalArgumentException("the user \"" + user.name() + "\" has no password, nkey or certificate"
                    + " to log in with; NatsUser.named is for what an Authenticator returns");
        settings.user(user);
        return this;
    }

    /**
     * Lets clients connect without a login, as one of the users.
     *
     * @param user the name of a user that logs in by password
     * @return this
     */
    public NatsServerBuilder noAuthUser(String user) {
        String checked = notEmpty("noAuthUser", user);
        return set(o -> o.noAuthUser = checked);
    }

    /**
     * Reserves subjects under {@code $SYS} for one user, and answers its requests there.
     *
     * @param user the name, or the nkey, of a user
     * @return this
     */
    public NatsServerBuilder systemUser(String user) {
        String checked = notEmpty("systemUser", user);
        return set(o -> o.systemUser = checked);
    }

    private static String notEmpty(String what, String name) {
        if (name.isEmpty())
            throw new IllegalArgumentException(what + " needs the name of a user, but it is empty");
        return name;
    }

    /**
     * Sets the token that all clients log in with. A server has either a token or users.
     *
     * @param token not empty; plain text, or a bcrypt hash
     * @return this
     */
    public NatsServerBuilder token(String token) {
        if (token.isEmpty())
            throw new IllegalArgumentException("the token must not be empty");
        return set(o -> o.token = token);
    }

    /**
     * Sets who decides about logins. Users and a token, if there are any, have no effect then.
     *
     * @param authenticator called by many threads
     * @return this
     */
    public NatsServerBuilder authenticator(Authenticator authenticator) {
        settings.authenticator(Objects.requireNonNull(authenticator, "authenticator"));
        return this;
    }

    /**
     * Sets the time in which a client must log in.
     *
     * @param time longer than zero; 2 seconds by default
     * @return this
     */
    public NatsServerBuilder authTimeout(Duration time) {
        Duration checked = positive("authTimeout", time);
        return set(o -> o.authTimeout = checked);
    }

    // ---- TLS -------------------------------------------------------------------------------------------------

    /**
     * Sets TLS for the client port, and for HTTPS.
     *
     * @param tls the certificate, and how clients are checked
     * @return this
     */
    public NatsServerBuilder tls(NatsTls tls) {
        return set(o -> {
            o.tls = tls.options();
            o.allowNonTls = tls.allowsPlain();
        });
    }

    /**
     * Sets TLS for the cluster. Both sides of a route show a certificate, and verify that of the other.
     *
     * @param tls the certificate, with its authorities; the name in it is the host in the URL of a route
     * @return this
     */
    public NatsServerBuilder clusterTls(NatsTls tls) {
        TlsOptions options = tls.optionsWithoutChoice("clusterTls");
        settings.needsCluster("clusterTls");
        return set(o -> o.clusterTls = options);
    }

    /**
     * Sets TLS for the WebSocket port.
     *
     * @param tls the certificate, and how clients are checked
     * @return this
     */
    public NatsServerBuilder webSocketTls(NatsTls tls) {
        TlsOptions options = tls.optionsWithoutChoice("webSocketTls");
        settings.needsWebSocket("webSocketTls");
        return set(o -> o.webSocketTls = options);
    }

    // ---- JetStream -------------------------------------------------------------------------------------------

    /**
     * Switches JetStream on: streams, consumers, key-value buckets and object stores, in memory unless {@link
     * #jetStream(Path)} is called too. All streams together may take a third of the heap.
     *
     * @return this
     */
    public NatsServerBuilder jetStream() {
        return set(o -> o.jetStream = true);
    }

    /**
     * Switches JetStream on.
     *
     * @param maxMemory bytes that all streams may take, 1 or more; a message beyond it is refused
     * @return this
     */
    public NatsServerBuilder jetStream(long maxMemory) {
        long checked = atLeast(1, "maxMemory", maxMemory);
        return set(o -> {
            o.jetStream = true;
            o.jetStreamMemory = checked;
        });
    }

    /**
     * Switches JetStream on, with files for the streams that ask for them. Streams and consumers are there again in the next
     * server with this folder; {@link NatsServer#close} removes nothing.
     *
     * @param storeDir the folder, which one server uses at a time; it is made if there is none
     * @return this
     */
    public NatsServerBuilder jetStream(Path storeDir) {
        Path checked = Objects.requireNonNull(storeDir, "storeDir");
        return set(o -> {
            o.jetStream = true;
            o.storeDir = checked;
        });
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
                o.webSocketHost = Settings.LOOPBACK;
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
                o.clusterHost = Settings.LOOPBACK;
        });
    }

    /**
     * Has the server connect to another server of its cluster. It is told of further servers by that one.
     *
     * @param other a server with a cluster port in this JVM
     * @return this
     */
    public NatsServerBuilder route(NatsServer other) {
        settings.joins(other.running().options().cluster().name());
        return route(URI.create("nats://" + Settings.LOOPBACK + ":" + other.clusterPort()));
    }

    /**
     * Has the server connect to another server of its cluster.
     *
     * @param url {@code nats://host:port} of its cluster port; a user and password in it count more than
     *        {@link #clusterCredentials}
     * @return this
     */
    public NatsServerBuilder route(URI url) {
        try {
            RouteUrl.of(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("a route must be a URL such as nats://host:6222, but: " + e.getReason());
        }
        settings.route(url);
        return this;
    }

    /**
     * Sets the login of the cluster: other servers must have it, and this server sends it to those it connects to.
     *
     * @param user not empty
     * @param password not empty; plain text
     * @return this
     */
    public NatsServerBuilder clusterCredentials(String user, String password) {
        if (user.isEmpty() || password.isEmpty())
            throw new IllegalArgumentException("clusterCredentials needs a user and a password, but the "
                    + (user.isEmpty() ? "user" : "password") + " is empty");
        settings.clusterCredentials(user, password);
        return this;
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
        settings.logTo(format -> Log.to(() -> logger, format));
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
        settings.logTo(format -> Log.to(lines, format));
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
        return NatsServer.start(settings.copy());
    }
}
