package io.jnatsd.config;

import static io.jnatsd.config.Option.option;
import static io.jnatsd.config.Option.shown;
import static io.jnatsd.config.OptionType.ADVERTISED;
import static io.jnatsd.config.OptionType.BOOLEAN;
import static io.jnatsd.config.OptionType.COUNT;
import static io.jnatsd.config.OptionType.DURATION;
import static io.jnatsd.config.OptionType.HOST;
import static io.jnatsd.config.OptionType.LINE;
import static io.jnatsd.config.OptionType.LISTEN;
import static io.jnatsd.config.OptionType.NAMES;
import static io.jnatsd.config.OptionType.NUMBER;
import static io.jnatsd.config.OptionType.ORIGINS;
import static io.jnatsd.config.OptionType.PATH;
import static io.jnatsd.config.OptionType.PORT;
import static io.jnatsd.config.OptionType.ROUTES;
import static io.jnatsd.config.OptionType.SECRET;
import static io.jnatsd.config.OptionType.SIZE;
import static io.jnatsd.config.OptionType.SUBJECTS;
import static io.jnatsd.config.OptionType.TEXT;
import static io.jnatsd.config.OptionType.block;
import static io.jnatsd.config.OptionType.other;
import static io.jnatsd.config.OptionType.word;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The options, one table for each block of the configuration file and for each group of its top-level keys. From here
 * come the reading of a file, the check of ranges, what a reload does, the page {@code /configz} and the tables of
 * configuration.md. Only the default is elsewhere, in {@link OptionsBuilder#build()}. Threads: any.
 */
public final class Options {
    /** The client port. A reload may change it to any free port, which leaves it as it is. */
    public static final Option<Integer> CLIENT_PORT = option("port", PORT, o -> o.client().port()).fixed("Port").page()
            .means("The port for clients; -1 is any free port.");

    static final KeyTable<OptionsReader> SERVER = new KeyTable<OptionsReader>("")
            .key(option("server_name", TEXT, ServerOptions::serverName).fixed("ServerName").page().byDefault("the server's id")
                    .means("The name of the server in INFO and in monitoring."), (r, v) -> r.out.serverName = v)
            .read(option("listen", OptionType.<Path>other("port, host:port, or unix:///path"), o -> o.client().unixSocket())
                    .fixed("Listen").page("unix_socket", v -> v).byDefault("0.0.0.0:4222")
                    .means("The address and port for clients: `host` and `port` in one. Or the file of a Unix domain socket; then"
                            + " there is no port, unless `port` is set."), (r, e) -> r.listen(e))
            .read(option("unix_socket_mode", OptionType.<Set<PosixFilePermission>>other("permissions"),
                    o -> o.client().unixPermissions()).fixed("UnixSocketMode", PosixFilePermissions::toString)
                    .page("unix_socket_mode", PosixFilePermissions::toString).byDefault("0600")
                    .means("The permissions of the file of the Unix domain socket: `\"0660\"` or `\"rw-rw----\"`. Who may write"
                            + " it may connect."), (r, e) -> r.out.unixPermissions = OptionsReader.permissions(e))
            .key(option("host net", HOST, o -> o.client().host()).fixed("Host").page()
                    .means("The address for clients."), (r, v) -> r.out.host = v)
            .key(CLIENT_PORT, (r, v) -> r.out.port = v)
            .key(option("client_advertise", ADVERTISED, o -> o.client().advertise()).live().page().byDefault("the address itself")
                    .means("The address that clients of other servers in the cluster are told for this server."),
                    (r, v) -> r.out.clientAdvertise = v)
            .key(option("allow_non_tls", BOOLEAN, o -> o.client().allowNonTls()).live().page()
                    .means("With a `tls` block, also accept clients without TLS."), (r, v) -> r.out.allowNonTls = v)
            .read(option("lame_duck_duration", DURATION, o -> o.lameDuck().duration()).live().page()
                    .means("In lame duck mode, the time over which clients are disconnected; at least 30s."),
                    OptionsReader::lameDuckDuration)
            .read(option("lame_duck_grace_period", DURATION, o -> o.lameDuck().gracePeriod()).live().page()
                    .means("In lame duck mode, the time before the first client is disconnected; less than the duration."),
                    OptionsReader::lameDuckGracePeriod)
            .read(option("compat", OptionType.<ServerOptions.Compat>other("current, 1.0"), ServerOptions::compat).fixed("Compat")
                    .page("compat", v -> v.name().toLowerCase(Locale.ROOT)).byDefault("current")
                    .means("`\"1.0\"` (or `gnatsd`) gives the INFO fields and the defaults of gnatsd 1.0.2."),
                    (r, e) -> r.out.compat = OptionsReader.compat(e))
            .show(shown("config_file", ServerOptions::configFile))
            .key(option("pid_file pidfile", PATH, ServerOptions::pidFile).live().page()
                    .means("The file that the process id is written to."), (r, v) -> r.out.pidFile = v)
            .key(option("ports_file_dir", PATH, ServerOptions::portsFileDir).fixed("PortsFileDir").page()
                    .means("The directory for a JSON file that lists the ports in use."), (r, v) -> r.out.portsFileDir = v)
            .key(option("prof_port", PORT, ServerOptions::profPort).fixed("ProfPort")
                    .means("Accepted for compatibility with gnatsd; it has no effect."), (r, v) -> r.out.profPort = v)
            .read(option("tls", block(), ServerOptions::tls).live("tls", v -> v == null ? "disabled" : "enabled").byDefault("none")
                    .means("TLS for clients and for HTTPS; see tls."),
                    (r, e) -> r.out.tls = TlsReader.read(e.block(), r.problems))
            .key(option("config_watch", BOOLEAN).byDefault("false")
                    .means("As `config_watch` in every `tls` block."), (r, v) -> r.configWatch = v)
            .read(option("authorization", block()).byDefault("none").means("Who may connect; see authorization."),
                    (r, e) -> r.authorization(e.block()))
            .read(option("cluster", block()).byDefault("none").means("The port for other servers; see cluster."),
                    (r, e) -> r.plainSecrets |= ClusterReader.read(e.block(), r.out, r.problems))
            .read(option("websocket ws", block(), o -> o.webSocket().fixed()).fixed("Websocket").byDefault("none")
                    .means("The port for clients over WebSocket; see websocket."),
                    (r, e) -> WebSocketReader.read(e, r.out, r.problems))
            .read(option("jetstream", OptionType.<Boolean>other("enabled, disabled, or block"), o -> o.jetStream().enabled())
                    .fixed("JetStream").byDefault("disabled").means("Streams, consumers, key-value buckets; see jetstream."),
                    (r, e) -> JetStreamReader.read(e, r.out, r.problems))
            .read(option("store_dir", OptionType.<Path>other("path")).means("The same as `store_dir` of jetstream, which must not be there too."),
                    (r, e) -> JetStreamReader.storeDir(e, r.out));

    static final KeyTable<JetStreamReader> JETSTREAM = new KeyTable<JetStreamReader>("jetstream.")
            .read(option("enabled enable", BOOLEAN, o -> o.jetStream().enabled()).fixed().byDefault("true")
                    .means("Whether the block has an effect."), JetStreamReader::enabled)
            .read(option("max_memory_store max_mem_store max_mem", SIZE, o -> o.jetStream().maxMemory()).live("jetstream.max_memory_store", v -> v)
                    .page().byDefault("a third of the Java heap")
                    .means("Bytes that the messages of all streams may take; a message beyond it is refused. 0 for none, -1 for the default."
                            + " At most five eighths of the Java heap."),
                    JetStreamReader::memory)
            .read(option("store_dir store storedir", PATH, o -> o.jetStream().files().storeDir()).fixed("JetStream.StoreDir").page()
                    .byDefault("none: all streams are in memory")
                    .means("The folder for streams with `storage: file`; they are in its folder `jetstream`."), (r, e) -> JetStreamReader.storeDir(e, r.out))
            .read(option("max_file_store max_file", SIZE, o -> o.jetStream().files().max()).live("jetstream.max_file_store", v -> v)
                    .page().byDefault("what the disk has")
                    .means("Bytes that the files of all streams may take; a message beyond it is refused. 0 for none, -1 for the default."),
                    JetStreamReader::files)
            .read(option("sync_interval sync", OptionType.<Duration>other("duration or always"), o -> o.jetStream().files().syncInterval())
                    .fixed("JetStream.SyncInterval").page().byDefault("1s")
                    .means("How often files are forced to the disk: what a loss of power may cost. `always` for before each answer."),
                    JetStreamReader::sync)
            .key(option("domain", TEXT, o -> o.jetStream().domain()).fixed("JetStream.Domain").page()
                    .means("A name: the API answers under `$JS.<domain>.API.>` too."), (r, v) -> r.out.jetStreamDomain = v)
            .key(option("request_queue_limit", COUNT, o -> o.jetStream().maxRequests()).fixed("JetStream.RequestQueueLimit").page()
                    .means("Requests under `$JS.API` that may wait."), (r, v) -> r.out.jetStreamRequests = v)
            .read(option("limits", block(), o -> o.jetStream().limits()).silent("jetstream.limits").byDefault("none")
                    .means("What streams and consumers may ask for; see jetstream.limits."), JetStreamReader::limits)
            .unsupported("strict key ek encryption_key cipher"
                    + " prev_key unique_tag extension_hint max_outstanding_catchup meta_compact meta_compact_size meta_compact_sync"
                    + " max_buffered_size max_buffered_msgs info_queue_limit max_concurrent_io tpm disable_banner")
            .feature("files are not encrypted", "key ek"
                    + " encryption_key cipher prev_key tpm max_concurrent_io")
            .feature("streams are not replicated", "unique_tag extension_hint max_outstanding_catchup meta_compact meta_compact_size"
                    + " meta_compact_sync")
            .feature("unknown fields of requests are ignored", "strict")
            .unknown(key -> "Unknown field \"" + key + "\" in jetstream");

    static final KeyTable<JetStreamReader> JETSTREAM_LIMITS = new KeyTable<JetStreamReader>("jetstream.limits.")
            .key(option("max_ack_pending", COUNT, o -> o.jetStream().limits().maxAckPending()).page()
                    .means("Unacknowledged messages of a consumer; 0 for no limit. Also the default, if it is below 1000."),
                    (r, v) -> r.out.jetStreamMaxAckPending = v)
            .key(option("max_request_batch", COUNT, o -> o.jetStream().limits().maxRequestBatch()).page()
                    .means("Messages of a pull request; 0 for no limit."), (r, v) -> r.out.jetStreamMaxRequestBatch = v)
            .key(option("duplicate_window", DURATION, o -> o.jetStream().limits().duplicateWindow()).page()
                    .means("The longest `duplicate_window` of a stream; 0 for no limit. Also the default, if it is below 2m."),
                    (r, v) -> r.out.jetStreamDuplicateWindow = v)
            .unsupported("max_ha_assets batch")
            .feature("streams are not replicated", "max_ha_assets")
            .feature("batches of messages", "batch")
            .unknown(key -> "Unknown field \"" + key + "\" in jetstream.limits");

    static final KeyTable<OptionsReader> LIMITS = new KeyTable<OptionsReader>("")
            .key(option("max_connections max_conn", NUMBER, o -> o.limits().maxConnections()).live().page()
                    .means("Client connections; below 0 for no limit."), (r, v) -> r.out.maxConnections = v)
            .key(option("max_connections_per_address", COUNT, o -> o.limits().perAddress().connections()).live().page()
                    .means("Client connections from one address, or from one IPv6 network of 64 bits; 0 for no limit."),
                    (r, v) -> r.out.maxConnectionsPerAddress = v)
            .key(option("connection_rate", COUNT, o -> o.limits().connectionRate()).live().page()
                    .means("New client connections a second, and as many at once after a second without; further ones are refused."
                            + " 0 for no limit."), (r, v) -> r.out.connectionRate = v)
            .key(option("connection_rate_per_address", COUNT, o -> o.limits().perAddress().connectionRate()).live().page()
                    .means("The same for the clients of each address."), (r, v) -> r.out.connectionRatePerAddress = v)
            .key(option("message_rate_per_address", COUNT, o -> o.limits().perAddress().messageRate()).live().page()
                    .means("Messages a second that the clients of one address may publish, and as many at once after a second"
                            + " without; then they are slowed down. 0 for no limit."),
                    (r, v) -> r.out.messageRatePerAddress = v)
            .key(option("max_subscriptions max_subs", NUMBER, o -> o.limits().maxSubscriptions()).live().page()
                    .means("Subscriptions of one connection; 0 for no limit."), (r, v) -> r.out.maxSubscriptions = v)
            .key(option("max_payload", NUMBER.named("bytes"), o -> o.limits().maxPayload()).live().page()
                    .means("The size of a message; below 0 for no limit."), (r, v) -> r.out.maxPayload = v)
            .key(option("max_control_line", COUNT.named("bytes"), o -> o.limits().maxControlLine()).live().page()
                    .means("The size of a protocol line."), (r, v) -> r.out.maxControlLine = v)
            .read(option("max_pending", SIZE, o -> o.limits().maxPending()).live().page()
                    .means("Bytes that may wait for one connection before it is a slow consumer and is closed; at least"
                            + " `max_payload`. If it is not set and `max_payload` is larger than half the default, twice"
                            + " `max_payload`."), (r, e) -> r.out.maxPending = e.integer(0, Long.MAX_VALUE))
            .read(option("max_pending_total", SIZE, o -> o.limits().maxPendingTotal()).live().page()
                    .byDefault("a third of the Java heap, a sixth with `jetstream`")
                    .means("Memory for what waits for all connections; beyond it those with most bytes are closed as slow"
                            + " consumers. At least `max_payload`."), OptionsReader::maxPendingTotal)
            .key(option("ping_interval", DURATION, o -> o.limits().pingInterval()).live().page()
                    .means("The time between two PINGs to a client."), (r, v) -> r.out.pingInterval = v)
            .key(option("ping_max", COUNT, o -> o.limits().pingMax()).live().page()
                    .means("Unanswered PINGs after which a connection is closed."), (r, v) -> r.out.pingMax = v)
            .read(option("write_deadline", DURATION, o -> o.limits().writeDeadline()).live().page()
                    .means("The time that one write may take before the client is a slow consumer."),
                    OptionsReader::writeDeadline);

    static final KeyTable<AuthReader> AUTHORIZATION = new KeyTable<AuthReader>("authorization.")
            .key(option("user username", TEXT, o -> o.auth().user()).silent("authorization username")
                    .page("single_user", v -> !v.isEmpty()).means("The user name that all clients log in with."),
                    (r, v) -> r.user = v)
            .key(option("password pass", SECRET, o -> o.auth().password()).silent("authorization password")
                    .means("The password for `user`, or its bcrypt hash."), (r, v) -> r.password = v)
            .key(option("token", SECRET, o -> o.auth().token()).silent("authorization token").page()
                    .means("The token that all clients log in with, or its bcrypt hash."), (r, v) -> r.token = v)
            .read(option("users", OptionType.<List<ServerOptions.User>>other("array of blocks"), o -> o.auth().users()).silent("authorization users")
                    .page("users", v -> v == null ? 0 : v.size()).byDefault("none")
                    .means("The users, each with the keys of authorization.users below."), AuthReader::users)
            .key(option("timeout", DURATION, o -> o.auth().timeout()).live("authorization timeout", Options::seconds)
                    .page("timeout", v -> v).means("The time that a client has to log in."), (r, v) -> r.timeout = v)
            .read(option("default_permissions default_permission permissions", block()).byDefault("everything is allowed")
                    .means("The permissions of users that have none of their own."),
                    (r, e) -> r.defaults = r.permissions(e, "default"))
            .refused("auth_callout proxy_required");

    static final KeyTable<OptionsReader> LOGIN = new KeyTable<OptionsReader>("")
            .key(option("no_auth_user", TEXT, o -> o.auth().noAuthUser()).live().page()
                    .means("The user whose permissions clients without a login have; without it they are refused."),
                    (r, v) -> r.out.noAuthUser = v)
            .key(option("system_user", TEXT, o -> o.auth().systemUser()).live().page()
                    .means("The one user that may use subjects under `$SYS`, where the server answers requests."),
                    (r, v) -> r.out.systemUser = v);

    static final KeyTable<AuthReader.Draft> USER = new KeyTable<AuthReader.Draft>("authorization.users.")
            .key(option("user username", TEXT).byDefault("")
                    .means("The name of the user; with `verify_and_map`, as its certificate has it."), (u, v) -> u.name = v)
            .key(option("password pass", SECRET).means("The password, or its bcrypt hash."), (u, v) -> u.password = v)
            // A secret, since the seed may have been written there by mistake.
            .read(option("nkey", SECRET).means("The public key of a user who logs in by a signature."),
                    (u, e) -> u.nkey = AuthReader.nkey(e))
            .read(option("permissions permission authorization", block()).byDefault("`default_permissions`")
                    .means("What the user may do; see permissions."),
                    (u, e) -> u.permissions = u.reader.permissions(e, "user"))
            .key(option("max_connections max_conn", COUNT).byDefault("0")
                    .means("Simultaneous connections of the user; 0 for no limit."), (u, v) -> u.maxConnections = v)
            .key(option("connection_rate", COUNT).byDefault("0")
                    .means("New connections of the user a second; further ones are refused. 0 for no limit."),
                    (u, v) -> u.connectionRate = v)
            .key(option("message_rate", COUNT).byDefault("0")
                    .means("Messages a second that the user may publish over all connections; then they are slowed down. 0 for"
                            + " no limit."), (u, v) -> u.messageRate = v)
            .unsupported("account allowed_connection_types connection_types clients connection_deadline")
            .refused("proxy_required");

    static final KeyTable<PermissionsReader> PERMISSIONS = new KeyTable<PermissionsReader>("permissions.")
            .read(option("publish pub", SUBJECTS.named("list of subjects, or block"))
                    .means("The subjects to publish to. If it is missing, none; all, if the block has an `allow`, a `deny`"
                            + " or `allow_responses`."), (r, e) -> r.publish = r.side(e, false))
            .read(option("subscribe sub", SUBJECTS.named("list of subjects, or block"))
                    .means("The subjects to subscribe to, as for `publish`; `\"subject queue\"` allows it only as a member of"
                            + " that queue group."), (r, e) -> r.subscribe = r.side(e, true))
            .read(option("allow_responses publish_allow_responses", other("boolean, or block")).byDefault("false")
                    .means("Also allow replies to received requests: `true` is one reply within 2 minutes."),
                    PermissionsReader::responses)
            .unknown(key -> "Unknown field " + key + " parsing permissions");

    static final KeyTable<PermissionsReader.Side> SUBJECT_RULES =
            new KeyTable<PermissionsReader.Side>("permissions.publish.")
                    .read(option("allow", SUBJECTS).byDefault("all")
                            .means("The subjects that are allowed."), (s, e) -> s.allow = s.subjects(e))
                    .read(option("deny", SUBJECTS)
                            .means("The subjects that are not allowed, even if `allow` has them."), (s, e) -> s.deny = s.subjects(e))
                    .unknown(key -> "Unknown field " + key
                            + " parsing subject permissions, only 'allow' or 'deny' are permitted");

    static final KeyTable<PermissionsReader.Responses> RESPONSES =
            new KeyTable<PermissionsReader.Responses>("permissions.allow_responses.")
                    .key(option("max max_msgs max_messages max_responses", NUMBER).byDefault("1")
                            .means("Replies to each request; below 0 for any number."), (r, v) -> r.max = v)
                    .key(option("expires expiration ttl", DURATION).byDefault("2m")
                            .means("The time in which they are allowed."), (r, v) -> r.expires = v)
                    .unknown(key -> "Unknown field " + key + " parsing permissions");

    static final KeyTable<TlsReader> TLS = new KeyTable<TlsReader>("tls.")
            .read(option("cert_file", TEXT, o -> o.tls().certFile()).page()
                    .means("The certificate of the server, with its chain, as PEM."),
                    (r, e) -> r.certFile = TlsReader.file(e))
            .read(option("key_file", TEXT, o -> o.tls().keyFile())
                    .means("The private key of the certificate, as PEM."), (r, e) -> r.keyFile = TlsReader.file(e))
            .read(option("ca_file", TEXT, o -> o.tls().caFile()).page()
                    .means("The certificates that those of clients or of other servers are signed with, as PEM."),
                    (r, e) -> r.caFile = TlsReader.file(e))
            .read(option("verify", BOOLEAN, o -> o.tls().verify()).page()
                    .means("Clients must have a certificate. Between servers it is always verified."),
                    (r, e) -> r.verify = TlsReader.bool(e))
            .read(option("verify_and_map", BOOLEAN, o -> o.tls().verifyAndMap()).page()
                    .means("As `verify`, and log the client in as the user that its certificate names."),
                    (r, e) -> r.verifyAndMap = TlsReader.bool(e))
            .key(option("timeout", DURATION, o -> o.tls() == null ? null : o.tls().timeout()).live("tls timeout", Options::seconds)
                    .page("timeout", v -> v).means("The time that a TLS handshake may take."), (r, v) -> r.timeout = v)
            .read(option("handshake_first", BOOLEAN, o -> o.tls().handshakeFirst()).page()
                    .means("The TLS handshake comes before INFO. Clients need the same setting."),
                    (r, e) -> r.handshakeFirst = TlsReader.handshakeFirst(e))
            .read(option("cipher_suites", NAMES, o -> o.tls().cipherSuites()).page().byDefault("what is safe today")
                    .means("The cipher suites, in order of preference; `jnatsd --help_tls` lists them."),
                    (r, e) -> r.cipherSuites = TlsReader.known(e, TlsNames::isCipher, "cipher"))
            .read(option("curve_preferences", NAMES, o -> o.tls().curvePreferences()).page().byDefault("what is safe today")
                    .means("The curves, in order of preference; `jnatsd --help_tls` lists them."),
                    (r, e) -> r.curvePreferences = TlsReader.known(e, TlsNames.CURVES::contains, "curve preference"))
            .read(option("min_version", word("1.2", "1.3")).byDefault("1.2").means("The lowest version of TLS."),
                    (r, e) -> r.onlyTls13 = TlsReader.isTls13(e))
            .key(option("config_watch", BOOLEAN, o -> o.tls().watchFiles())
                    .means("Load the certificates again when their files change."), (r, v) -> r.configWatch = v)
            .refused("pinned_certs")
            .unsupported("insecure connection_rate_limit verify_cert_and_check_known_urls"
                    + " certs cert_store cert_match cert_match_by ocsp_peer")
            .unknown(key -> TlsReader.CANNOT_PARSE + "unknown field [\"" + key + "\"]");

    static final KeyTable<ClusterReader> CLUSTER = new KeyTable<ClusterReader>("cluster.")
            .key(option("name", TEXT, o -> o.cluster().name()).fixed("cluster name").page().means("The name of the cluster."),
                    (r, v) -> r.out.clusterName = v)
            .read(option("listen", LISTEN).fixed()
                    .means("The address and port for other servers: `host` and `port` in one."), (r, e) -> r.listen(e))
            .key(option("host net", HOST, o -> o.cluster().host()).fixed("cluster host").page()
                    .means("The address for other servers."), (r, v) -> r.out.clusterHost = v)
            .key(option("port", PORT, o -> o.cluster().port()).fixed("cluster port").page()
                    .means("The port for other servers; 0 for no cluster, -1 for any free port."),
                    (r, v) -> r.out.clusterPort = v)
            .key(option("advertise cluster_advertise", ADVERTISED, o -> o.cluster().advertise()).silent("cluster")
                    .page("cluster_advertise", v -> v).byDefault("the address itself")
                    .means("The address that other servers are told for this one."), (r, v) -> r.out.clusterAdvertise = v)
            .key(option("no_advertise", BOOLEAN, o -> o.cluster().noAdvertise()).silent("cluster").page()
                    .means("Do not tell clients the addresses of the other servers."), (r, v) -> r.out.noAdvertise = v)
            .read(option("authorization", block(), o -> List.of(o.cluster().user(), o.cluster().password(), o.cluster().authTimeout()))
                    .silent("cluster").page("authorization", v -> !v.getFirst().equals("")).byDefault("none")
                    .means("The login that other servers need: `user`, `password` and `timeout` as for clients."),
                    (r, e) -> r.authorization(e.block()))
            .read(option("tls", block(), o -> o.cluster().tls()).silent("cluster", v -> "").page("tls", v -> v != null)
                    .byDefault("none").means("TLS between servers, with the keys of tls."),
                    (r, e) -> r.out.clusterTls = TlsReader.read(e.block(), r.problems))
            .read(option("routes", ROUTES, o -> o.cluster().routes()).silent("cluster routes").page("routes", v -> v)
                    .means("The servers to connect to: `nats-route://user:password@host:port`."),
                    (r, e) -> r.out.routes = r.routes(e))
            .key(option("connect_retries", COUNT, o -> o.cluster().connectRetries()).silent("cluster")
                    .means("Attempts to connect again to a server that another one named."),
                    (r, v) -> r.out.connectRetries = v)
            .unsupported("permissions accounts pool_size compression ping_interval ping_max connect_backoff"
                    + " write_deadline write_timeout pinned_accounts");

    static final KeyTable<WebSocketReader> WEBSOCKET = new KeyTable<WebSocketReader>("websocket.")
            .read(option("listen", LISTEN).fixed()
                    .means("The address and port: `host` and `port` in one."), (r, e) -> r.listen(e))
            .key(option("host net", HOST, o -> o.webSocket().host()).fixed().page().means("The address for WebSocket clients."),
                    (r, v) -> r.out.webSocketHost = v)
            .key(option("port", PORT, o -> o.webSocket().port()).fixed().page()
                    .means("The port for WebSocket clients; 0 for none, -1 for any free port."),
                    (r, v) -> r.out.webSocketPort = v)
            .read(option("tls", block()).fixed().byDefault("none").means("TLS for this port, with the keys of tls."),
                    (r, e) -> r.out.webSocketTls = TlsReader.read(e.block(), r.problems))
            .key(option("no_tls", BOOLEAN, o -> o.webSocket().tls() == null).fixed().page().byDefault("false")
                    .means("Required for a port without a `tls` block: passwords are sent in the clear there."),
                    (r, v) -> r.noTls = v)
            .key(option("same_origin", BOOLEAN, o -> o.webSocket().sameOrigin()).fixed().page()
                    .means("Browsers may connect only from pages of the same host and port."),
                    (r, v) -> r.out.webSocketSameOrigin = v)
            .key(option("allowed_origins allowed_origin allow_origins allow_origin origins origin", ORIGINS,
                    o -> o.webSocket().allowedOrigins()).fixed().page().byDefault("any")
                    .means("Browsers may connect only from these pages: `https://host` or `https://host:port`."),
                    (r, v) -> r.out.webSocketOrigins = v)
            .key(option("handshake_timeout", DURATION, o -> o.webSocket().handshakeTimeout()).fixed().page()
                    .means("The time that a client has to ask for a WebSocket."), (r, v) -> r.out.webSocketTimeout = v)
            // An error: if it were ignored, clients that it excludes might be let in.
            .read(option("authorization authentication", block()).fixed()
                    .means("Not supported, and an error: the users are those of the client port."),
                    (r, e) -> r.problems.error(e, "\"" + e.key()
                            + "\" is not supported in \"websocket\": the same users connect as over the client port"))
            .unsupported("compression advertise no_auth_user jwt_cookie user_cookie pass_cookie token_cookie headers"
                    + " ping_interval");

    static final KeyTable<OptionsReader> MONITORING = new KeyTable<OptionsReader>("")
            .show(shown("http_host", o -> o.monitor().host()))
            // The host matters only while there is a port.
            .read(option("http", LISTEN, o -> new ListenAddress(
                    o.monitor().httpPort() + o.monitor().httpsPort() == 0 ? "" : o.monitor().host(), 0))
                    .fixed("HTTPHost", ListenAddress::host).byDefault("off")
                    .means("The port, or address and port, for HTTP. Without a host, it is that of the clients."),
                    (r, e) -> r.out.httpPort = r.monitor(e))
            .read(option("https", LISTEN).fixed().byDefault("off")
                    .means("The same for HTTPS, which needs a `tls` block. Only one of the two can be on."),
                    (r, e) -> r.out.httpsPort = r.monitor(e))
            .key(option("http_port monitor_port", PORT, o -> o.monitor().httpPort()).fixed("HTTPPort").page()
                    .means("The port for HTTP; 0 for none, -1 for any free port."), (r, v) -> r.out.httpPort = v)
            .key(option("https_port", PORT, o -> o.monitor().httpsPort()).fixed("HTTPSPort").page()
                    .means("The port for HTTPS; 0 for none, -1 for any free port."), (r, v) -> r.out.httpsPort = v)
            .key(option("http_base_path", LINE, o -> o.monitor().basePath()).fixed("HTTPBasePath").page()
                    .means("The path in front of every page: `/nats` for `/nats/varz`."), (r, v) -> r.out.httpBasePath = v)
            .key(option("http_user", TEXT, o -> o.monitor().user()).silent("monitoring").page("login", v -> !v.isEmpty())
                    .means("The user name that every request must have; it needs `http_password`."),
                    (r, v) -> r.out.httpUser = v)
            .read(option("http_password", SECRET, o -> o.monitor().password()).silent("monitoring")
                    .means("The password for `http_user`, or its bcrypt hash."), OptionsReader::httpPassword)
            .key(option("http_allow_origin", LINE, o -> o.monitor().allowOrigin()).silent("monitoring").page()
                    .means("The value of the header `Access-Control-Allow-Origin`; without it, the header is not sent."),
                    (r, v) -> r.out.httpAllowOrigin = v)
            .key(option("jsonp", BOOLEAN, o -> o.monitor().jsonp()).silent("monitoring").page()
                    .means("Answer `?callback=name` with JavaScript."), (r, v) -> r.out.jsonp = v)
            .key(option("dashboard", BOOLEAN, o -> o.monitor().dashboard()).silent("monitoring")
                    .means("Serve the page `/dashboard`."), (r, v) -> r.out.dashboard = v)
            .key(option("http_top_subjects", BOOLEAN, o -> o.monitor().topSubjects()).silent("monitoring").page()
                    .means("Sample the subjects with most traffic for the dashboard and `/subsz?top=20`."),
                    (r, v) -> r.out.topSubjects = v);

    static final KeyTable<OptionsReader> LOGGING = new KeyTable<OptionsReader>("")
            .key(option("debug", BOOLEAN, o -> o.log().debug()).live().page().means("Also log what matters to developers."),
                    (r, v) -> r.out.debug = v)
            .key(option("trace", BOOLEAN, o -> o.log().trace()).live().page().means("Log every protocol line."),
                    (r, v) -> r.out.trace = v)
            .key(option("logtime", BOOLEAN, o -> o.log().time()).live().page().means("Begin each line with the time."),
                    (r, v) -> r.out.logTime = v)
            .read(option("log_level", word("error", "warn", "info", "debug", "trace"), o -> o.log().level()).live().page()
                    .means("The least important lines that are logged; the last two also set `debug` and `trace`."),
                    (r, e) -> r.logLevel(e))
            .key(option("log_format", word("text", "json"), o -> o.log().format()).live().page()
                    .means("Lines of text, or one JSON object for each line."), (r, v) -> r.out.logFormat = v)
            .key(option("log_file logfile", TEXT, o -> o.log().file()).live().page().byDefault("standard error")
                    .means("The file for the log."), (r, v) -> r.out.logFile = v)
            .key(option("logfile_size_limit log_size_limit", SIZE.with(OptionType::notNegative), o -> o.log().fileSizeLimit())
                    .live().page().means("The size at which the log file is rotated; 0 for never."),
                    (r, v) -> r.out.logSizeLimit = v)
            .key(option("logfile_max_num", COUNT, o -> o.log().maxFiles()).live().page()
                    .means("Rotated files that are kept; 0 for all."), (r, v) -> r.out.logMaxFiles = v)
            .key(option("syslog", BOOLEAN, o -> o.log().syslog()).live().page()
                    .means("Log to the local syslog, if there is no `log_file` and no `remote_syslog`."),
                    (r, v) -> r.out.syslog = v)
            .key(option("remote_syslog", LINE, o -> o.log().remoteSyslog()).live().page()
                    .means("Log to this syslog server, `udp://host:514`, if there is no `log_file`."),
                    (r, v) -> r.out.remoteSyslog = v)
            .key(option("max_traced_msg_len", COUNT.named("bytes"), o -> o.log().maxTracedPayload()).live()
                    .means("Bytes of a payload that a trace shows; 0 for all."), (r, v) -> r.out.maxTracedPayload = v)
            .key(option("trace_clients", NAMES, o -> o.log().traceClients()).live().byDefault("all")
                    .means("The names or ids of the clients that are traced."), (r, v) -> r.out.traceClients = v)
            .key(option("trace_subjects", SUBJECTS, o -> o.log().traceSubjects()).live().byDefault("all")
                    .means("The subjects whose messages are traced."), (r, v) -> r.out.traceSubjects = v);

    /** The top-level keys of a file. */
    static final KeyTable<OptionsReader> TOP_LEVEL = new KeyTable<OptionsReader>("")
            .include(SERVER).include(LOGIN).include(LIMITS).include(MONITORING).include(LOGGING)
            .unsupported("leafnodes leaf gateway mqtt account"
                    + " system_account system no_system_account mappings maps"
                    + " resolver account_resolver resolver_preload resolver_tls resolver_pinned_accounts"
                    + " default_sentinel default_js_domain server_tags server_metadata ocsp"
                    + " ocsp_cache connect_error_reports reconnect_error_reports disable_sublist_cache no_sublist_cache"
                    + " no_header_support trace_verbose trace_headers debug_verbose max_sub_tokens max_closed_clients"
                    + " prof_block_rate no_fast_producer_stall disable_short_first_ping write_timeout proxies")
            .refused("accounts operator operators roots root trusted trusted_keys")
            .feature("JetStream domains", "default_js_domain")
            .feature("leaf nodes", "leafnodes leaf")
            .feature("gateways", "gateway")
            .feature("MQTT", "mqtt")
            .feature("accounts", "account system_account system no_system_account")
            .feature("logins with JWT", "operator operators roots root trusted trusted_keys resolver account_resolver"
                    + " resolver_preload resolver_tls resolver_pinned_accounts");

    /** The options as {@code /configz} and configuration.md group them. */
    public static final List<Section> SECTIONS = List.of(
            new Section("server", null, SERVER.options()),
            new Section("limits", null, LIMITS.options()),
            new Section("authorization", null,
                    Stream.concat(AUTHORIZATION.options().stream(), LOGIN.options().stream()).toList()),
            new Section("tls", o -> o.tls() != null, TLS.options()),
            new Section("cluster", o -> o.cluster().port() != 0, CLUSTER.options()),
            new Section("websocket", o -> o.webSocket().port() != 0, WEBSOCKET.options()),
            new Section("jetstream", o -> o.jetStream().enabled(),
                    Stream.concat(JETSTREAM.options().stream(), JETSTREAM_LIMITS.options().stream()).toList()),
            new Section("monitoring", null, MONITORING.options()),
            new Section("logging", null, LOGGING.options()));

    /**
     * A group of options.
     *
     * @param enabled whether the part of the server that they set up is on; null if it cannot be off
     */
    public record Section(String name, Predicate<ServerOptions> enabled, List<Option<?>> options) {
        /** What {@code /configz} shows of these options, by name; null for a path that is not set. */
        public Map<String, Object> page(ServerOptions current) {
            Map<String, Object> page = new LinkedHashMap<>();
            boolean on = enabled == null || enabled.test(current);
            if (enabled != null)
                page.put("enabled", on);
            for (Option<?> option : options)
                if (on && option.pageName() != null)
                    page.put(option.pageName(), option.pageValue(current));
            return page;
        }
    }

    private Options() {
    }

    /** The options in the order of the sections. */
    public static Stream<Option<?>> all() {
        return SECTIONS.stream().flatMap(section -> section.options().stream());
    }

    /** As a number of seconds: {@code 2}, {@code 0.5}. Null if there is no duration. */
    private static String seconds(Duration duration) {
        if (duration == null)
            return null;
        double seconds = duration.toMillis() / 1000.0;
        return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
    }
}
