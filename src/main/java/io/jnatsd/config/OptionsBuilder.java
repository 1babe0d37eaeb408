package io.jnatsd.config;

import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.config.ServerOptions.JetStreamFiles;
import io.jnatsd.config.ServerOptions.JetStreamLimits;
import io.jnatsd.config.ServerOptions.JetStreamOptions;
import io.jnatsd.config.ServerOptions.LameDuckOptions;
import io.jnatsd.config.ServerOptions.Limits;
import io.jnatsd.config.ServerOptions.ListenOptions;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import java.net.URI;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The mutable twin of {@link ServerOptions}, flat, for the sources of options: the configuration file, the command
 * line, an embedding program. A field left null takes its default in {@link #build()}, which depends on
 * {@link #compat}. The meaning of each field stands at the record that it ends up in. Threads: one.
 */
public final class OptionsBuilder {
    public static final int DEFAULT_PORT = 4222;
    public static final int DEFAULT_MAX_CONNECTIONS = 65536;
    public static final int DEFAULT_MAX_PAYLOAD = 1024 * 1024;
    public static final Duration DEFAULT_TLS_TIMEOUT = Duration.ofSeconds(2);
    public static final long DEFAULT_MAX_PENDING = 64L * 1024 * 1024;
    /** A third of the heap: together with the other bounded parts it fits into the old generation of any collector. */
    public static final long DEFAULT_MAX_PENDING_TOTAL = Runtime.getRuntime().maxMemory() / 3;

    /** A third of the heap for messages, and then a sixth for what waits for connections, for the same reason. */
    public static final long DEFAULT_JETSTREAM_MEMORY = Runtime.getRuntime().maxMemory() / 3;
    private static final long PENDING_TOTAL_BESIDE_JETSTREAM = Runtime.getRuntime().maxMemory() / 6;
    /** With more, the heap would not be enough for the rest. */
    private static final long LARGEST_JETSTREAM_MEMORY = Runtime.getRuntime().maxMemory() / 8 * 5;

    /** Requests to JetStream that may wait. */
    public static final int DEFAULT_JETSTREAM_REQUESTS = 10_000;

    public String serverName = "";
    public Compat compat = Compat.CURRENT;
    public Path configFile;
    public Path pidFile;
    public Path portsFileDir;
    public int profPort;

    public String host = "";
    public int port;
    public String clientAdvertise = "";
    public boolean allowNonTls;
    public Path unixSocket;
    public Set<PosixFilePermission> unixPermissions =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    public int maxConnections;
    public int maxControlLine;
    public int maxPayload;
    public long maxPending;
    public long maxPendingTotal;
    public int maxSubscriptions;
    public Duration pingInterval;
    public int pingMax;
    public Duration writeDeadline;
    public int connectionRate;
    public int maxConnectionsPerAddress;
    public int connectionRatePerAddress;
    public int messageRatePerAddress;

    public String user = "";
    public String password = "";
    public String token = "";
    public List<User> users;
    public Duration authTimeout;
    public String noAuthUser = "";
    public String systemUser = "";

    public TlsOptions tls;

    public String clusterName = "";
    public String clusterHost = "";
    public int clusterPort;
    public String clusterAdvertise = "";
    public String clusterUser = "";
    public String clusterPassword = "";
    public Duration clusterAuthTimeout;
    public List<URI> routes = List.of();
    public TlsOptions clusterTls;
    public boolean noAdvertise;
    public int connectRetries;

    public String httpHost = "";
    public int httpPort;
    public int httpsPort;
    public String httpBasePath = "";
    public String httpUser = "";
    public String httpPassword = "";
    public String httpAllowOrigin = "";
    public boolean jsonp = true;
    public boolean dashboard = true;
    public boolean topSubjects;

    public boolean debug;
    public boolean trace;
    public boolean logTime = true;
    public String logLevel = "info";
    public String logFormat = "text";
    public String logFile = "";
    public long logSizeLimit;
    public int logMaxFiles;
    public boolean syslog;
    public String remoteSyslog = "";
    public int maxTracedPayload;
    public List<String> traceClients = List.of();
    public List<String> traceSubjects = List.of();

    public Duration lameDuckDuration;
    public Duration lameDuckGracePeriod;

    public String webSocketHost = "";
    public int webSocketPort;
    public TlsOptions webSocketTls;
    public boolean webSocketSameOrigin;
    public List<String> webSocketOrigins = List.of();
    public Duration webSocketTimeout;

    public boolean jetStream;
    /** Below zero for the default. */
    public long jetStreamMemory = -1;
    public Path storeDir;
    /** Negative for what the disk has. */
    public long jetStreamMaxFile = -1;
    public Duration jetStreamSyncInterval = Duration.ofSeconds(1);
    public String jetStreamDomain = "";
    public int jetStreamRequests;
    public int jetStreamMaxAckPending;
    public int jetStreamMaxRequestBatch;
    public Duration jetStreamDuplicateWindow = Duration.ZERO;

    public OptionsBuilder() {
    }

    OptionsBuilder(ServerOptions o) {
        serverName = o.serverName();
        compat = o.compat();
        configFile = o.configFile();
        pidFile = o.pidFile();
        portsFileDir = o.portsFileDir();
        profPort = o.profPort();
        host = o.client().host();
        unixSocket = o.client().unixSocket();
        unixPermissions = o.client().unixPermissions();
        port = o.client().port();
        clientAdvertise = o.client().advertise();
        allowNonTls = o.client().allowNonTls();
        maxConnections = o.limits().maxConnections();
        maxControlLine = o.limits().maxControlLine();
        maxPayload = o.limits().maxPayload();
        maxPending = o.limits().maxPending();
        maxPendingTotal = o.limits().maxPendingTotal();
        maxSubscriptions = o.limits().maxSubscriptions();
        pingInterval = o.limits().pingInterval();
        pingMax = o.limits().pingMax();
        writeDeadline = o.limits().writeDeadline();
        connectionRate = o.limits().connectionRate();
        maxConnectionsPerAddress = o.limits().perAddress().connections();
        connectionRatePerAddress = o.limits().perAddress().connectionRate();
        messageRatePerAddress = o.limits().perAddress().messageRate();
        user = o.auth().user();
        password = o.auth().password();
        token = o.auth().token();
        users = o.auth().users();
        authTimeout = o.auth().timeout();
        noAuthUser = o.auth().noAuthUser();
        systemUser = o.auth().systemUser();
        tls = o.tls();
        copyCluster(o.cluster());
        copyMonitor(o.monitor());
        // It follows the clients' host unless it was given one of its own.
        if (httpHost.equals(host))
            httpHost = "";
        copyLog(o.log());
        lameDuckDuration = o.lameDuck().duration();
        lameDuckGracePeriod = o.lameDuck().gracePeriod();
        copyWebSocket(o.webSocket());
        copyJetStream(o.jetStream());
    }

    private void copyCluster(ClusterOptions c) {
        clusterName = c.name();
        clusterHost = c.host();
        clusterPort = c.port();
        clusterAdvertise = c.advertise();
        clusterUser = c.user();
        clusterPassword = c.password();
        clusterAuthTimeout = c.authTimeout();
        routes = c.routes();
        clusterTls = c.tls();
        noAdvertise = c.noAdvertise();
        connectRetries = c.connectRetries();
    }

    private void copyMonitor(MonitorOptions m) {
        httpHost = m.host();
        httpPort = m.httpPort();
        httpsPort = m.httpsPort();
        httpBasePath = m.basePath();
        httpUser = m.user();
        httpPassword = m.password();
        httpAllowOrigin = m.allowOrigin();
        jsonp = m.jsonp();
        dashboard = m.dashboard();
        topSubjects = m.topSubjects();
    }

    private void copyLog(LogOptions l) {
        debug = l.debug();
        trace = l.trace();
        logTime = l.time();
        logLevel = l.level();
        logFormat = l.format();
        logFile = l.file();
        logSizeLimit = l.fileSizeLimit();
        logMaxFiles = l.maxFiles();
        syslog = l.syslog();
        remoteSyslog = l.remoteSyslog();
        maxTracedPayload = l.maxTracedPayload();
        traceClients = l.traceClients();
        traceSubjects = l.traceSubjects();
    }

    private void copyWebSocket(WebSocketOptions w) {
        webSocketHost = w.host();
        webSocketPort = w.port();
        webSocketTls = w.tls();
        webSocketSameOrigin = w.sameOrigin();
        webSocketOrigins = w.allowedOrigins();
        webSocketTimeout = w.handshakeTimeout();
    }

    private void copyJetStream(JetStreamOptions j) {
        jetStream = j.enabled();
        jetStreamMemory = j.maxMemory();
        storeDir = j.files().storeDir();
        jetStreamMaxFile = j.files().max();
        jetStreamSyncInterval = j.files().syncInterval();
        jetStreamDomain = j.domain();
        jetStreamRequests = j.maxRequests();
        jetStreamMaxAckPending = j.limits().maxAckPending();
        jetStreamMaxRequestBatch = j.limits().maxRequestBatch();
        jetStreamDuplicateWindow = j.limits().duplicateWindow();
    }

    /** Fills the defaults in; the result is immutable. */
    public ServerOptions build() {
        boolean old = compat == Compat.GNATSD_1_0;
        String boundHost = or(host, "0.0.0.0");
        Duration auth = old ? Duration.ofSeconds(1) : Duration.ofSeconds(2);
        return new ServerOptions(serverName, compat,
                new ListenOptions(boundHost, unixSocket == null ? or(port, DEFAULT_PORT) : port, clientAdvertise,
                        allowNonTls, unixSocket, Set.copyOf(unixPermissions)),
                new Limits(or(maxConnections, DEFAULT_MAX_CONNECTIONS), or(maxControlLine, old ? 1024 : 4096),
                        or(maxPayload, DEFAULT_MAX_PAYLOAD), maxPending == 0 ? defaultMaxPending() : maxPending,
                        maxPendingTotal == 0 ? defaultMaxPendingTotal() : maxPendingTotal, maxSubscriptions,
                        or(pingInterval, Duration.ofMinutes(2)), or(pingMax, 2), or(writeDeadline, Duration.ofSeconds(old ? 2 : 10)),
                        connectionRate,
                        new Quota(maxConnectionsPerAddress, connectionRatePerAddress, messageRatePerAddress)),
                new AuthOptions(user, password, token, users == null ? null : List.copyOf(users),
                        or(authTimeout, auth), noAuthUser, systemUser),
                tls,
                new ClusterOptions(clusterName, or(clusterHost, "0.0.0.0"), clusterPort, clusterAdvertise,
                        clusterUser, clusterPassword, or(clusterAuthTimeout, auth), List.copyOf(routes), clusterTls,
                        noAdvertise, connectRetries),
                new MonitorOptions(or(httpHost, boundHost), httpPort, httpsPort, httpBasePath, httpUser, httpPassword,
                        httpAllowOrigin, jsonp, dashboard, topSubjects),
                new LogOptions(debug, trace, logTime, logLevel, logFormat, logFile, logSizeLimit, logMaxFiles, syslog,
                        remoteSyslog, maxTracedPayload, List.copyOf(traceClients), List.copyOf(traceSubjects)),
                new LameDuckOptions(or(lameDuckDuration, Duration.ofMinutes(2)),
                        or(lameDuckGracePeriod, Duration.ofSeconds(10))),
                new WebSocketOptions(or(webSocketHost, "0.0.0.0"), webSocketPort, webSocketTls, webSocketSameOrigin,
                        List.copyOf(webSocketOrigins), or(webSocketTimeout, Duration.ofSeconds(2))),
                new JetStreamOptions(jetStream, jetStreamMemory < 0 ? DEFAULT_JETSTREAM_MEMORY
                        : Math.min(jetStreamMemory, LARGEST_JETSTREAM_MEMORY),
                        new JetStreamFiles(storeDir, jetStreamMaxFile, jetStreamSyncInterval), jetStreamDomain,
                        or(jetStreamRequests, DEFAULT_JETSTREAM_REQUESTS),
                        new JetStreamLimits(jetStreamMaxAckPending, jetStreamMaxRequestBatch, jetStreamDuplicateWindow)),
                configFile, pidFile, portsFileDir, profPort);
    }

    /** Room for one message at least, since a configuration for gnatsd has nothing but {@code max_payload}. */
    private long defaultMaxPending() {
        return Math.max(DEFAULT_MAX_PENDING, 2L * maxPayload);
    }

    private long defaultMaxPendingTotal() {
        return jetStream ? Math.max(PENDING_TOTAL_BESIDE_JETSTREAM, or(maxPayload, DEFAULT_MAX_PAYLOAD)) : DEFAULT_MAX_PENDING_TOTAL;
    }

    /** Returns whether streams get less memory than is configured. */
    static boolean isMoreThanTheHeapHas(long jetStreamMemory) {
        return jetStreamMemory > LARGEST_JETSTREAM_MEMORY;
    }

    private static String or(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }

    private static int or(int value, int otherwise) {
        return value == 0 ? otherwise : value;
    }

    private static Duration or(Duration value, Duration otherwise) {
        return value == null || value.isZero() ? otherwise : value;
    }
}
