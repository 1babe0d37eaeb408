package io.jnatsd.server;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.client.Clients;
import io.jnatsd.cluster.Cluster;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsCheck;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.connection.MemoryReserve;
import io.jnatsd.connection.ServerState;
import io.jnatsd.events.EventRecording;
import io.jnatsd.events.ReloadEvent;
import io.jnatsd.jetstream.api.JetStream;
import io.jnatsd.log.Log;
import io.jnatsd.monitor.JetStreamSource;
import io.jnatsd.monitor.Views;
import io.jnatsd.protocol.Dialect;
import io.jnatsd.text.HostPort;
import io.jnatsd.tls.CertWatch;
import io.jnatsd.tls.TlsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A NATS server in this JVM. It is ready when {@link #start} returns, and gone when {@link #close} does; any number
 * may run side by side.
 *
 * <pre>{@code
 * try (Server server = Server.start(ServerOptions.defaults().withPort(-1))) {
 *     Connection nats = Nats.connect(server.url());
 *     ...
 * }
 * }</pre>
 *
 * <p>Threads: any thread may call all methods.
 */
public final class Server implements AutoCloseable {
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(2);
    /** The longest wait for the check of a password, as a multiple of the authorization timeout. */
    private static final int LOGIN_WAIT_FACTOR = 5;

    private final OptionsSource source;
    private final Log log;
    private final String serverId = ServerId.next();
    private final ServerState state;
    private final Clients clients;
    /** Null until the start has reserved them. Written by the start. */
    private volatile ClientPorts clientPorts;
    /** Written by the start, once the client port is known. */
    private volatile InfoPublisher infoPublisher;
    /** Null without a cluster. Written by the start. */
    private volatile ClusterPort cluster;
    /** Null without JetStream. Written by the start. */
    private volatile JetStream jetStream;
    /** Null without a WebSocket port. Written by the start. */
    private volatile WebSocketPort webSockets;
    /** The authenticator of the program, null to use the users of the options. Written under {@code reloadLock}. */
    private Authenticator authenticator;
    private final PasswordCheck passwords;
    private volatile Security security;
    /** Null while there is nothing to watch. Written by the start and by a reload. */
    private volatile CertWatch certificates;
    /** Written by the start. */
    private SystemAccess systemAccess;
    private final ReentrantLock reloadLock = new ReentrantLock();
    /** Written under {@code reloadLock}. */
    private volatile ServerOptions options;
    private volatile Instant configLoaded = Instant.now();
    private Path portsFile;
    /** Null without monitoring. Written by the start. */
    private volatile Monitoring monitoring;
    /** Run when the server stays out of memory; null to close the server. */
    private volatile Runnable exhaustion;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private Server(OptionsSource.Loaded loaded, OptionsSource source, Log log, MemoryReserve reserve)
            throws IOException {
        this.options = loaded.options();
        this.source = source;
        this.authenticator = loaded.authenticator();
        this.log = log;
        this.passwords = new PasswordCheck(Duration.ofMillis(LOGIN_WAIT_FACTOR * options.auth().timeout().toMillis()));
        this.state = new ServerState(log, options, reserve);
        this.clients = new Clients(state);
        try {
            this.security = new Security(options, authenticator, passwords, state.timer());
            security.install(clients, log);
        } catch (TlsException | IllegalArgumentException e) {
            stopThreads();
            throw new IOException(e.getMessage(), e);
        }
    }

    private void stopThreads() {
        state.stopTimer();
        passwords.close();
    }

    /**
     * Starts a server that logs nothing.
     *
     * @throws IOException if a port cannot be opened; the message says which and why
     */
    public static Server start(ServerOptions options) throws IOException {
        return start(options, Log.silent());
    }

    /** Starts a server. The caller closes the log. */
    public static Server start(ServerOptions options, Log log) throws IOException {
        return start(options, (Authenticator) null, log);
    }

    /** Starts a server with an authenticator that replaces the users of the options, unless it is null. */
    static Server start(ServerOptions options, Authenticator authenticator, Log log) throws IOException {
        require(options);
        OptionsSource.Loaded loaded = new OptionsSource.Loaded(options, List.of(), false, authenticator);
        return start(loaded, OptionsSource.fixed(loaded), log);
    }

    /** Starts a server whose options {@link #reload} loads again from the source. */
    public static Server start(ServerOptions options, OptionsSource source, Log log) throws IOException {
        require(options);
        return start(new OptionsSource.Loaded(options, List.of(), false), source, log);
    }

    private static void require(ServerOptions options) throws IOException {
        try {
            OptionsCheck.require(options);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Starts a server with options that its source has already loaded and checked; warnings are logged. */
    public static Server start(OptionsSource.Loaded loaded, OptionsSource source, Log log) throws IOException {
        return start(loaded, source, log, MemoryReserve.ofProcess(), made -> { });
    }

    /**
     * Starts a server that an embedding program observes, with options that are checked.
     *
     * @param made is given the server before its ports are open, so that no client is missed
     */
    public static Server start(OptionsSource.Loaded loaded, OptionsSource source, Log log, Consumer<Server> made)
            throws IOException {
        return start(loaded, source, log, MemoryReserve.embedded(), made);
    }

    private static Server start(OptionsSource.Loaded loaded, OptionsSource source, Log log, MemoryReserve reserve,
            Consumer<Server> made) throws IOException {
        log.notice("Starting jnatsd version " + Version.TEXT);
        log.debug("Java version " + Runtime.version());
        for (Problem warning : loaded.warnings())
            log.warn(warning.toString());
        if (loaded.plainTextSecrets())
            log.warn("Plaintext passwords detected, use bcrypt hashes as made by mkpasswd");
        Server server = new Server(loaded, source, log, reserve);
        boolean started = false;
        try {
            made.accept(server);
            server.start();
            started = true;
            return server;
        } finally {
            // Also after an Error: an embedding program has no server that it could close.
            if (!started)
                server.stop();
        }
    }

    private void start() throws IOException {
        reservePorts();
        prepare();
        listen();
        serve();
        announce();
    }

    /**
     * Reserves ports in the order in which they are opened later, so that the first one that cannot be opened is
     * reported.
     */
    private void reservePorts() throws IOException {
        Reservations ports = new Reservations();
        monitoring = Monitoring.reserve(options.monitor(), security.tls().monitoring() != null, ports);
        if (options.cluster().port() != 0)
            cluster = new ClusterPort(state, options, ports);
        if (options.webSocket().port() != 0)
            webSockets = new WebSocketPort(state, clients, options.webSocket(), ports);
        clientPorts = new ClientPorts(options.client(), ports, state, clients);
    }

    /** Does everything that may fail or take time. No port accepts connections yet. */
    private void prepare() throws IOException {
        security.tls().warmUp(log);
        MemoryWatch.start(state, this::exhausted);
        Views views = Monitoring.views(this);
        if (monitoring != null)
            monitoring.prepare(views, passwords, () -> security.tls().monitoring(), log);
        infoPublisher = new InfoPublisher(state, clients, serverId, port());
        infoPublisher.apply(options, security);
        if (cluster != null) {
            cluster.create(options, serverId, port(), passwords, infoPublisher::push);
            cluster.apply(options, security.tls().routes());
        }
        if (options.jetStream().enabled())
            jetStream = JetStreamStart.start(state, options.jetStream());
        systemAccess = new SystemAccess(this, views);
        systemAccess.update();
        watchCertificates(options);
        if (options.pidFile() != null)
            RunFiles.writePid(options.pidFile());
        if (options.profPort() != 0)
            log.notice("profiling port: none, use Flight Recorder instead (jcmd " + ProcessHandle.current().pid()
                    + " JFR.start)");
    }

    /** Opens the ports directly one after the other, the client port last. */
    private void listen() throws IOException {
        if (monitoring != null)
            monitoring.listen();
        if (cluster != null)
            cluster.listen();
        if (webSockets != null)
            webSockets.listen();
        clientPorts.listen();
    }

    private void serve() {
        clientPorts.serve();
        if (webSockets != null)
            webSockets.serve();
        if (cluster != null)
            cluster.serve();
        if (monitoring != null)
            monitoring.serve();
    }

    /** Logs that the server is ready, then dials other servers. From then on these may send clients here. */
    private void announce() throws IOException {
        clientPorts.announce(log);
        if (security.tlsRequired())
            log.notice("TLS required for client connections");
        if (webSockets != null)
            webSockets.announce();
        if (options.portsFileDir() != null)
            portsFile = RunFiles.writePorts(options.portsFileDir(), urls());
        log.debug("Server id is " + serverId);
        log.notice("Server is ready");
        if (cluster != null) {
            log.notice("Listening for route connections on "
                    + new HostPort(options.cluster().host(), cluster.port()));
            cluster.dial();
        }
    }

    private void install(Security renewed) {
        security = renewed;
        security.install(clients, log);
        infoPublisher.apply(options, renewed);
        if (cluster != null) {
            cluster.apply(options, security.tls().routes());
            cluster.dial();
        }
        systemAccess.update();
    }

    private void watchCertificates(ServerOptions next) {
        if (certificates != null)
            certificates.close();
        certificates = TlsSetup.watch(next, state, this::renewCertificates);
    }

    private void renewCertificates() {
        reloadLock.lock();
        try {
            install(new Security(options, authenticator, passwords, state.timer()));
            log.notice("Renewed TLS certificates");
        } catch (TlsException e) {
            log.error("Failed to renew TLS certificates: " + e.getMessage());
        } finally {
            reloadLock.unlock();
        }
    }

    private Map<String, List<String>> urls() {
        Map<String, List<String>> urls = new LinkedHashMap<>();
        urls.put("nats", List.of(url()));
        if (monitoring != null)
            urls.put("monitoring", List.of(monitoring.url()));
        if (cluster != null)
            urls.put("cluster", List.of(Listener.url("nats", options.cluster().host(), cluster.port())));
        if (webSockets != null)
            urls.put("websocket", List.of(webSocketUrl()));
        return urls;
    }

    /**
     * Loads the options again and applies those that can change while the server runs.
     *
     * @return false if the reload failed; then nothing has changed, and the log says why
     */
    public boolean reload() {
        try {
            tryReload();
            return true;
        } catch (ConfigException | IOException e) {
            return false;
        }
    }

    /**
     * Does the same as {@link #reload} and throws the reason of a failure.
     *
     * @throws ConfigException if the options are invalid, or one has changed that cannot change while the server runs
     * @throws IOException if a file or port that they name cannot be opened
     */
    public void tryReload() throws ConfigException, IOException {
        reloadLock.lock();
        try {
            if (EventRecording.isPossible())
                loadAndRecord();
            else
                loadAndApply();
        } finally {
            reloadLock.unlock();
        }
    }

    private void loadAndRecord() throws ConfigException, IOException {
        ReloadEvent event = new ReloadEvent();
        try {
            loadAndApply();
            event.succeeded();
        } finally {
            event.commit();
        }
    }

    private void loadAndApply() throws ConfigException, IOException {
        try {
            OptionsSource.Loaded loaded = source.load();
            ServerOptions next = loaded.options();
            OptionsCheck.require(next);
            Reload reload = new Reload(options, next);
            reload.refuseFixed();
            for (Problem warning : loaded.warnings())
                log.warn(warning.toString());
            Security renewed = new Security(next, loaded.authenticator(), passwords, state.timer());
            apply(reload, loaded, renewed);
            configLoaded = Instant.now();
            log.notice("Reloaded server configuration");
        } catch (TlsException e) {
            log.error("Failed to reload server configuration: " + e.getMessage());
            throw new IOException(e.getMessage(), e);
        } catch (ConfigException | IOException e) {
            for (String line : e.getMessage().split("\n"))
                log.error("Failed to reload server configuration: " + line);
            throw e;
        }
    }

    /** The steps that can fail come first; then everything is applied. */
    private void apply(Reload reload, OptionsSource.Loaded loaded, Security renewed) throws IOException {
        ServerOptions next = loaded.options();
        // The log of an embedding program is kept unless the log options have changed.
        Log.Prepared nextLog = reload.changes(ServerOptions::log) ? log.prepare(ServerLog.settings(next.log())) : null;
        boolean pidMoved = reload.changes(ServerOptions::pidFile) && next.pidFile() != null;
        boolean newCertificate = renewed.tls().renews(security.tls()) && !reload.changes(ServerOptions::tls);
        boolean otherAuthenticator = authenticator != loaded.authenticator();
        options = next;
        authenticator = loaded.authenticator();
        state.apply(next);
        install(renewed);
        if (jetStream != null)
            JetStreamStart.apply(next.jetStream(), jetStream);
        if (reload.changes(ServerOptions::tls) || reload.changes(o -> o.cluster().tls()))
            watchCertificates(next);
        int excess = clients.closeExcess();
        if (pidMoved)
            RunFiles.movePid(next.pidFile(), log);
        for (String line : reload.lines(excess))
            log.notice(line);
        if (newCertificate)
            log.notice("Reloaded: tls = enabled");
        if (nextLog != null)
            log.use(nextLog);
        if (otherAuthenticator || reload.changes(ServerOptions::auth) || reload.changes(o -> TlsOptions.maps(o.tls())))
            clients.recheck();
    }

    /**
     * Enters lame duck mode: accepts no new clients, tells the connected ones, closes them one by one, and then closes
     * the server. Returns at once.
     */
    public void lameDuck() {
        if (!leaving.compareAndSet(false, true))
            return;
        clients.stopAdmitting();
        closeClientPorts();
        infoPublisher.leave();
        if (cluster != null)
            cluster.cluster().sayGoodbye();
        state.threads.start("lame-duck", () -> {
            try {
                new LameDuck(options.lameDuck(), clients, log,
                        time -> stopping.await(time.toNanos(), TimeUnit.NANOSECONDS)).run();
            } catch (InterruptedException e) {
                log.debug("Lame duck mode interrupted");
            } finally {
                close();
            }
        });
    }

    /**
     * Returns the port that clients connect to; the actual one if the options ask for any free port, 0 if clients connect
     * only to a Unix domain socket.
     */
    public int port() {
        return clientPorts.port();
    }

    /** Returns {@code nats://host:port}, or {@code tls://} if TLS is required, for a client on this machine. */
    public String url() {
        return clientPorts.url(security.tlsRequired());
    }

    /**
     * Returns {@code ws://host:port} or {@code wss://host:port}, for a client on this machine; null without a WebSocket
     * port.
     */
    public String webSocketUrl() {
        return webSockets == null ? null : webSockets.url();
    }

    /** Returns what the monitor shows of JetStream; null if it is off. */
    JetStreamSource jetStream() {
        return jetStream == null ? null : jetStream.monitor();
    }

    /** Returns this server's side of the cluster; null if it has none. */
    public Cluster cluster() {
        return cluster == null ? null : cluster.cluster();
    }

    /** Returns the port that other servers connect to, 0 without a cluster. */
    public int clusterPort() {
        return cluster == null ? 0 : cluster.port();
    }

    /** Returns {@code http://host:port} of the monitor; null if there is none. */
    public String monitorUrl() {
        return monitoring == null ? null : monitoring.url();
    }

    public String serverId() {
        return serverId;
    }

    /** Returns the options in force. */
    public ServerOptions options() {
        return options;
    }

    /** Returns why the server is not healthy; empty if it is. */
    public String healthProblem() {
        return state.info.lameDuck() ? "lame duck mode" : "";
    }

    /** Returns when the options in force were loaded. */
    public Instant configLoaded() {
        return configLoaded;
    }

    /** Returns the state that the connections share, with live statistics. */
    public ServerState state() {
        return state;
    }

    /** Returns the connected clients, with live statistics. */
    public Clients clients() {
        return clients;
    }

    /**
     * Sets the task to run, instead of closing the server, if it stays out of memory. The task is called in the timer's
     * thread, may block it, and may be called again.
     */
    public void onExhaustion(Runnable task) {
        exhaustion = task;
    }

    void exhausted() {
        Runnable task = exhaustion;
        if (task != null)
            task.run();
        else if (!closing.get())
            state.threads.startPlatform("exhausted", () -> {
                log.error("Out of memory for too long, the server closes");
                close();
            });
    }

    /** Returns whether the server has been closed, or is about to be. */
    public boolean isClosed() {
        return closing.get();
    }

    /** Waits until the server has been closed. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /**
     * Stops accepting, writes pending data, closes every connection and waits for them: two seconds at most, and one
     * second if a peer does not read. A second call has no effect.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true))
            return;
        try {
            stop();
            log.notice("Server Exiting..");
        } finally {
            closed.countDown();
        }
    }

    private void stop() {
        stopping.countDown();
        clients.stopAdmitting();
        state.stopOpening();
        closeClientPorts();
        // A login that waits for its password check would delay the rest.
        passwords.close();
        if (systemAccess != null)
            systemAccess.close();
        if (monitoring != null)
            monitoring.close();
        if (jetStream != null)
            jetStream.close();
        if (cluster != null)
            cluster.close();
        try {
            long deadline = System.nanoTime() + SHUTDOWN_PATIENCE.toNanos();
            state.close(Dialect.CLIENT, deadline);
            if (cluster != null)
                cluster.takeLeave(deadline);
            state.close(Dialect.ROUTE, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (certificates != null)
            certificates.close();
        stopThreads();
        RunFiles.remove(portsFile, log);
    }

    private void closeClientPorts() {
        if (clientPorts != null)
            clientPorts.close();
        if (webSockets != null)
            webSockets.close();
    }
}
