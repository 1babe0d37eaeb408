package io.jnatsd.config;

import io.jnatsd.text.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All that can be configured, immutable, in one record per concern; each part of the server is handed only its own.
 * Missing texts are empty, missing records null. Ports: 0 is off (the client port: its default), -1 any free port.
 *
 * @param configFile where the options were read from, null if there is no file
 * @param pidFile where to write the process id, null if nowhere
 * @param portsFileDir folder for the JSON file that lists the bound ports, null if there is none
 * @param profPort accepted for gnatsd's sake; a JVM is profiled with Flight Recorder instead
 */
public record ServerOptions(String serverName, Compat compat, ListenOptions client, Limits limits, AuthOptions auth,
        TlsOptions tls, ClusterOptions cluster, MonitorOptions monitor, LogOptions log, LameDuckOptions lameDuck,
        WebSocketOptions webSocket, JetStreamOptions jetStream, Path configFile, Path pidFile, Path portsFileDir, int profPort) {

    /** How closely gnatsd 1.0.2 is followed where newer servers chose better. */
    public enum Compat {
        /** Defaults and INFO of today. */
        CURRENT,
        /** {@code compat: "1.0"}: the INFO fields and the defaults of gnatsd 1.0.2. */
        GNATSD_1_0
    }

    /**
     * Where clients connect.
     *
     * @param port 0 if clients connect only to the Unix domain socket
     * @param advertise host:port as clients should see it, empty for the address itself
     * @param unixSocket the file of the Unix domain socket, null for none
     * @param unixPermissions the permissions of that file; whoever may write it may connect
     */
    public record ListenOptions(String host, int port, String advertise, boolean allowNonTls, Path unixSocket,
            Set<PosixFilePermission> unixPermissions) {
        /** What is advertised, with the port that is listened on if it names none. */
        public String advertised(int boundPort) {
            return HostPort.of(advertise, boundPort).toString();
        }
    }

    /**
     * How much one user, or the clients of one address, may do; 0 for no limit.
     *
     * @param connections simultaneous connections
     * @param connectionRate new connections a second
     * @param messageRate published messages a second
     */
    public record Quota(int connections, int connectionRate, int messageRate) {
        public static final Quota UNLIMITED = new Quota(0, 0, 0);
    }

    /**
     * Bounds on what clients may use. Counts below zero mean no limit, sizes are bytes.
     *
     * @param connectionRate new connections a second, 0 for no limit
     * @param maxPending outbound bytes waiting for one connection before it is a slow consumer
     * @param maxPendingTotal bytes of memory that what waits for all connections may take
     * @param maxSubscriptions per connection, 0 for no limit
     */
    public record Limits(int maxConnections, int maxControlLine, int maxPayload, long maxPending,
            long maxPendingTotal, int maxSubscriptions, Duration pingInterval, int pingMax, Duration writeDeadline,
            int connectionRate, Quota perAddress) {
    }

    /**
     * Who may connect. The first that is configured counts: users (null: not configured; empty: no client may), token,
     * single user. Secrets are plain text or bcrypt hashes.
     *
     * @param systemUser who may use what is under {@code $SYS}, empty if that is nothing special
     */
    public record AuthOptions(String user, String password, String token, List<User> users, Duration timeout,
            String noAuthUser, String systemUser) {
        /** Whether clients have to log in. */
        public boolean requiresCredentials() {
            return users != null || !token.isEmpty() || !user.isEmpty();
        }

        /** Secrets stay out of logs. */
        @Override
        public String toString() {
            return "AuthOptions[user=" + user + ", users=" + users + ", timeout=" + timeout + "]";
        }
    }

    /**
     * One entry of {@code users}.
     *
     * @param password empty for a user who logs in by a key, or only by a certificate
     * @param permissions null for no restrictions
     * @param quota the limits of all connections of this user together
     */
    public record User(String name, String password, String nkey, PermissionOptions permissions, Quota quota) {
        /** @param maxConnections simultaneous connections of this user, 0 for no limit */
        public User(String name, String password, String nkey, PermissionOptions permissions, int maxConnections) {
            this(name, password, nkey, permissions, new Quota(maxConnections, 0, 0));
        }

        @Override
        public String toString() {
            return "User[" + (name.isEmpty() ? nkey : name) + "]";
        }
    }

    /**
     * What a user may do.
     *
     * @param responses the replies allowed beyond the publish list, null for none
     */
    public record PermissionOptions(SubjectRules publish, SubjectRules subscribe, ResponseRules responses) {
    }

    /** Subjects allowed (null: all) and denied; the denial wins. An entry may be "subject queue". */
    public record SubjectRules(List<String> allow, List<String> deny) {
    }

    /** {@code allow_responses}: how many replies to each message, below zero for any number, and for how long. */
    public record ResponseRules(int max, Duration expires) {
    }

    /**
     * TLS of one port; empty lists stand for the defaults.
     *
     * @param trust the authorities that sign the certificates of peers
     * @param verify clients must show a certificate
     * @param verifyAndMap they are logged in as the user that the certificate names; this includes {@code verify}
     */
    public record TlsOptions(TlsIdentity identity, TlsTrust trust, boolean verify, boolean verifyAndMap,
            Duration timeout, List<String> cipherSuites, List<String> curvePreferences, boolean handshakeFirst,
            boolean watchFiles) {
        public TlsOptions {
            verify |= verifyAndMap;
        }

        /** A {@code tls} block of a configuration file. */
        public TlsOptions(String certFile, String keyFile, String caFile, boolean verify, boolean verifyAndMap,
                Duration timeout, List<String> cipherSuites, List<String> curvePreferences, boolean handshakeFirst,
                boolean watchFiles) {
            this(new TlsIdentity.PemFiles(certFile, keyFile), new TlsTrust.CaFile(caFile), verify, verifyAndMap,
                    timeout, cipherSuites, curvePreferences, handshakeFirst, watchFiles);
        }

        /** The file with the certificate; empty if there is none. */
        public String certFile() {
            return identity instanceof TlsIdentity.PemFiles files ? files.certFile() : "";
        }

        /** The file with the key; empty if there is none. */
        public String keyFile() {
            return identity instanceof TlsIdentity.PemFiles files ? files.keyFile() : "";
        }

        /** The file with the authorities; empty if there is none. */
        public String caFile() {
            return trust instanceof TlsTrust.CaFile ca ? ca.file() : "";
        }

        /**
         * These options as a reload compares them where TLS is fixed: an embedding program may renew its certificates.
         */
        TlsOptions withoutObjects() {
            return new TlsOptions(certFile(), keyFile(), caFile(), verify, verifyAndMap, timeout, cipherSuites,
                    curvePreferences, handshakeFirst, watchFiles);
        }

        /** Whether a listener with this block, null for none, logs clients in by their certificates. */
        public static boolean maps(TlsOptions tls) {
            return tls != null && tls.verifyAndMap;
        }
    }

    /** The route port; port 0 means no clustering. */
    public record ClusterOptions(String name, String host, int port, String advertise, String user, String password,
            Duration authTimeout, List<URI> routes, TlsOptions tls, boolean noAdvertise, int connectRetries) {
        @Override
        public String toString() {
            return "ClusterOptions[name=" + name + ", host=" + host + ", port=" + port + "]";
        }
    }

    /**
     * The HTTP and HTTPS ports for monitoring. A user and password, if set, are required for every request.
     *
     * @param topSubjects whether the subjects with most traffic are looked for
     */
    public record MonitorOptions(String host, int httpPort, int httpsPort, String basePath, String user,
            String password, String allowOrigin, boolean jsonp, boolean dashboard, boolean topSubjects) {
        @Override
        public String toString() {
            return "MonitorOptions[host=" + host + ", http=" + httpPort + ", https=" + httpsPort + "]";
        }
    }

    /**
     * Where log lines go and which are written. The target is the first configured of file, remote syslog, syslog,
     * and else stderr.
     *
     * @param level the least important lines written: {@code info}, {@code warn} or {@code error}
     * @param fileSizeLimit bytes after which the file is rotated, 0 for never
     * @param maxFiles rotated files kept, 0 for all
     * @param maxTracedPayload bytes of a payload shown in traces, 0 for all
     * @param traceClients cids or client names whose traces are written; empty for all
     * @param traceSubjects subject patterns whose messages are traced; empty for all
     */
    public record LogOptions(boolean debug, boolean trace, boolean time, String level, String format, String file,
            long fileSizeLimit, int maxFiles, boolean syslog, String remoteSyslog, int maxTracedPayload,
            List<String> traceClients, List<String> traceSubjects) {
    }

    /** Lame duck mode: after the grace period its clients are closed, spread over the duration. */
    public record LameDuckOptions(Duration duration, Duration gracePeriod) {
    }

    /**
     * The port for clients over WebSocket; port 0 means none.
     *
     * @param tls null for a port without TLS
     * @param sameOrigin browsers may only come from pages of the host and port that they connect to
     * @param allowedOrigins {@code scheme://host[:port]} of the pages that browsers may come from; empty for any
     * @param handshakeTimeout how long a client may take to ask for a WebSocket, once it has TLS
     */
    public record WebSocketOptions(String host, int port, TlsOptions tls, boolean sameOrigin,
            List<String> allowedOrigins, Duration handshakeTimeout) {
        /** What a reload cannot change. */
        WebSocketOptions fixed() {
            return tls == null ? this
                    : new WebSocketOptions(host, port, tls.withoutObjects(), sameOrigin, allowedOrigins,
                            handshakeTimeout);
        }
    }

    /**
     * JetStream.
     *
     * @param maxMemory bytes that all streams may take together
     * @param domain the name in the subjects {@code $JS.<domain>.API.>}, empty for none
     * @param maxRequests requests under {@code $JS.API} that may wait
     */
    public record JetStreamOptions(boolean enabled, long maxMemory, JetStreamFiles files, String domain, int maxRequests,
            JetStreamLimits limits) {
    }

    /**
     * The files of JetStream.
     *
     * @param storeDir the folder, in which the folder {@code jetstream} is made; null to keep all streams in memory
     * @param max bytes that all streams may take together
     * @param syncInterval how often files are forced to the disk; zero for before each answer
     */
    public record JetStreamFiles(Path storeDir, long max, Duration syncInterval) {
    }

    /**
     * What streams and consumers may ask for, 0 for no limit.
     *
     * @param maxAckPending unacknowledged messages of a consumer
     * @param maxRequestBatch messages of a pull request
     * @param duplicateWindow of a stream
     */
    public record JetStreamLimits(int maxAckPending, int maxRequestBatch, Duration duplicateWindow) {
    }

    /** What a server has when nothing is configured. */
    public static ServerOptions defaults() {
        return new OptionsBuilder().build();
    }

    /** These options with some changed: {@code options.with(o -> o.maxPayload = 64 * 1024)}. */
    public ServerOptions with(Consumer<OptionsBuilder> change) {
        OptionsBuilder builder = new OptionsBuilder(this);
        change.accept(builder);
        return builder.build();
    }

    public ServerOptions withHost(String host) {
        return with(o -> o.host = host);
    }

    /** -1 for any free port. */
    public ServerOptions withPort(int port) {
        return with(o -> o.port = port);
    }

    public ServerOptions withServerName(String name) {
        return with(o -> o.serverName = name);
    }
}
