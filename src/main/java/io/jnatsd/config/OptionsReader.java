package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Int;
import io.jnatsd.config.ConfigValue.Real;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.config.ServerOptions.Compat;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.protocol.Subject;
import io.jnatsd.text.GoDuration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a configuration file into options: every key with its type and unit (configuration reference, section 2 and
 * 6.3), and what must hold between keys. Threads: one, and one instance for each configuration.
 */
public final class OptionsReader {
    static final KeyTable<OptionsReader> KEYS = new KeyTable<OptionsReader>()
            // Listening.
            .key("listen", (r, e) -> r.listen(address(e)))
            .port("port", (r, v) -> r.out.port = v)
            .text("host net", (r, v) -> r.out.host = v)
            .text("server_name", (r, v) -> r.out.serverName = v)
            .text("client_advertise", (r, v) -> r.out.clientAdvertise = v)
            .key("tls", (r, e) -> r.out.tls = TlsReader.read(e.block(), r.problems))
            .bool("allow_non_tls", (r, v) -> r.out.allowNonTls = v)
            .bool("config_watch", (r, v) -> r.configWatch = v)
            .key("compat", (r, e) -> r.out.compat = compat(e))
            // Who may connect, and the other servers.
            .key("authorization", (r, e) -> r.authorization(e.block()))
            .key("no_auth_user", OptionsReader::noAuthUser)
            .key("system_user", OptionsReader::systemUser)
            .key("websocket ws", (r, e) -> WebSocketReader.read(e, r.out, r.problems))
            .key("cluster", (r, e) -> r.plainSecrets |= ClusterReader.read(e.block(), r.out, r.problems))
            // Limits.
            .integer("max_connections max_conn", Integer.MIN_VALUE, Integer.MAX_VALUE,
                    (r, v) -> r.out.maxConnections = v)
            .integer("max_control_line", 0, Integer.MAX_VALUE, (r, v) -> r.out.maxControlLine = v)
            .integer("max_payload", Integer.MIN_VALUE, Integer.MAX_VALUE, (r, v) -> r.out.maxPayload = v)
            .key("max_pending", OptionsReader::maxPending)
            .key("max_pending_total", OptionsReader::maxPendingTotal)
            .integer("max_subscriptions max_subs", Integer.MIN_VALUE, Integer.MAX_VALUE,
                    (r, v) -> r.out.maxSubscriptions = v)
            .duration("ping_interval", (r, v) -> r.out.pingInterval = v)
            .integer("ping_max", 0, Integer.MAX_VALUE, (r, v) -> r.out.pingMax = v)
            .key("write_deadline", OptionsReader::writeDeadline)
            .key("lame_duck_duration", OptionsReader::lameDuckDuration)
            .key("lame_duck_grace_period", OptionsReader::lameDuckGracePeriod)
            // Monitoring.
            .key("http", (r, e) -> r.out.httpPort = r.monitor(address(e)))
            .key("https", (r, e) -> r.out.httpsPort = r.monitor(address(e)))
            .port("http_port monitor_port", (r, v) -> r.out.httpPort = v)
            .port("https_port", (r, v) -> r.out.httpsPort = v)
            .text("http_base_path", (r, v) -> r.out.httpBasePath = v)
            .text("http_user", (r, v) -> r.out.httpUser = v)
            .secretKey("http_password", OptionsReader::httpPassword)
            .text("http_allow_origin", (r, v) -> r.out.httpAllowOrigin = v)
            .bool("jsonp", (r, v) -> r.out.jsonp = v)
            .bool("dashboard", (r, v) -> r.out.dashboard = v)
            .bool("http_top_subjects", (r, v) -> r.out.topSubjects = v)
            .port("prof_port", (r, v) -> r.out.profPort = v)
            // Logging.
            .bool("debug", (r, v) -> r.out.debug = v)
            .bool("trace", (r, v) -> r.out.trace = v)
            .bool("logtime", (r, v) -> r.out.logTime = v)
            .key("log_level", (r, e) -> r.logLevel(e))
            .key("log_format", (r, e) -> r.out.logFormat = word(e, "text", "json"))
            .text("logfile log_file", (r, v) -> r.out.logFile = v)
            .size("logfile_size_limit log_size_limit", (r, v) -> r.out.logSizeLimit = v)
            .integer("logfile_max_num", 0, Integer.MAX_VALUE, (r, v) -> r.out.logMaxFiles = v)
            .bool("syslog", (r, v) -> r.out.syslog = v)
            .text("remote_syslog", (r, v) -> r.out.remoteSyslog = v)
            .integer("max_traced_msg_len", 0, Integer.MAX_VALUE, (r, v) -> r.out.maxTracedPayload = v)
            .names("trace_clients", (r, v) -> r.out.traceClients = v)
            .key("trace_subjects", (r, e) -> r.out.traceSubjects = subjects(e))
            // Files.
            .key("pidfile pid_file", (r, e) -> r.out.pidFile = path(e))
            .key("ports_file_dir", (r, e) -> r.out.portsFileDir = path(e))
            // What newer servers have beyond.
            .unsupported("jetstream store_dir leafnodes leaf gateway mqtt account"
                    + " system_account system no_system_account mappings maps"
                    + " resolver account_resolver resolver_preload resolver_tls resolver_pinned_accounts"
                    + " default_sentinel default_js_domain server_tags server_metadata ocsp"
                    + " ocsp_cache connect_error_reports reconnect_error_reports disable_sublist_cache no_sublist_cache"
                    + " no_header_support trace_verbose trace_headers debug_verbose max_sub_tokens max_closed_clients"
                    + " prof_block_rate no_fast_producer_stall disable_short_first_ping write_timeout proxies")
            .refused("accounts operator operators roots root trusted trusted_keys")
            .feature("JetStream", "jetstream store_dir default_js_domain")
            .feature("leaf nodes", "leafnodes leaf")
            .feature("gateways", "gateway")
            .feature("MQTT", "mqtt")
            .feature("accounts", "account system_account system no_system_account")
            .feature("logins with JWT", "operator operators roots root trusted trusted_keys resolver account_resolver"
                    + " resolver_preload resolver_tls resolver_pinned_accounts");

    private static final Vocabulary VOCABULARY = Vocabulary.of(KEYS, AuthReader.KEYS, AuthReader.USER_KEYS,
            ClusterReader.KEYS, PermissionsReader.KEYS, PermissionsReader.SIDE_KEYS, PermissionsReader.RESPONSE_KEYS,
            TlsReader.KEYS, WebSocketReader.KEYS);
    private static final Duration SHORTEST_LAME_DUCK = Duration.ofSeconds(30);

    private final OptionsBuilder out = new OptionsBuilder();
    private final Problems problems = new Problems();
    private boolean configWatch;
    private boolean plainSecrets;
    /** Null if there is no {@code authorization} block. */
    private AuthReader auth;
    /** The keys that have to agree with others, where they are set. */
    private Entry noAuthUser;
    private Entry systemUser;
    private Entry maxPending;
    private Entry maxPendingTotal;
    private Entry lameDuckGracePeriod;

    /**
     * What a configuration file says.
     *
     * @param options ready for the command line to change and for {@link OptionsBuilder#build()}
     * @param warnings what is probably not meant as it is written
     * @param plainTextSecrets whether a password or token is there that is not a bcrypt hash
     */
    public record ReadResult(OptionsBuilder options, List<Problem> warnings, boolean plainTextSecrets) {
    }

    private OptionsReader() {
    }

    /** Reads a file; variables that it does not define itself are those of this process. */
    public static ReadResult read(Path file) throws ConfigException {
        return read(file, System::getenv);
    }

    /** Reads a file; {@code environment} has the values of environment variables, null for none. */
    public static ReadResult read(Path file, Function<String, String> environment) throws ConfigException {
        OptionsReader reader = new OptionsReader();
        reader.out.configFile = file;
        return reader.read(ConfigParser.parse(file, reader.load(environment)));
    }

    /** Reads a text; {@code name} stands for the file in messages. */
    public static ReadResult read(String name, String text, Function<String, String> environment)
            throws ConfigException {
        OptionsReader reader = new OptionsReader();
        return reader.read(ConfigParser.parse(name, text, reader.load(environment)));
    }

    private ParseContext load(Function<String, String> environment) {
        return new ParseContext(problems, VOCABULARY, environment);
    }

    private ReadResult read(Block root) throws ConfigException {
        KEYS.read(root, this, problems);
        // The users of accounts are not read, so that it is not known whether these exist.
        if (root.entries().values().stream().noneMatch(e -> e.key().equalsIgnoreCase("accounts")))
            checkUsers();
        if (auth != null && !TlsOptions.maps(out.tls) && !TlsOptions.maps(out.webSocketTls))
            auth.refuseUsersWithoutSecret();
        checkAgreement();
        completeTls();
        // A value that could not be read is missing, which would look like a second mistake.
        problems.throwIfAny();
        for (OptionsCheck.Violation violation : OptionsCheck.violations(out.build()))
            problems.error(place(root, violation.key()), violation.text());
        problems.throwIfAny();
        return new ReadResult(out, problems.warnings(), plainSecrets);
    }

    private void checkUsers() {
        if (!out.noAuthUser.isEmpty() && !isUser(out.noAuthUser))
            problems.error(noAuthUser.value(), "no_auth_user: \"" + out.noAuthUser
                    + "\" not present as user in authorization block");
        if (!out.systemUser.isEmpty() && !isUser(out.systemUser) && !isKey(out.systemUser)
                && !out.systemUser.equals(out.user))
            problems.error(systemUser.value(), "system_user: \"" + out.systemUser
                    + "\" not present as user in authorization block");
        else if (!out.systemUser.isEmpty() && out.systemUser.equals(out.noAuthUser))
            problems.error(systemUser.value(), "system_user: \"" + out.systemUser
                    + "\" is no_auth_user as well, which anybody is");
    }

    private void checkAgreement() {
        int payload = out.maxPayload == 0 ? OptionsBuilder.DEFAULT_MAX_PAYLOAD : out.maxPayload;
        if (maxPending != null && out.maxPending != 0 && payload > out.maxPending)
            problems.error(maxPending.value(), "max_payload (" + payload + ") cannot be higher than max_pending ("
                    + out.maxPending + ")");
        if (maxPendingTotal != null && out.maxPendingTotal != 0 && payload > out.maxPendingTotal)
            problems.error(maxPendingTotal.value(), "max_payload (" + payload
                    + ") cannot be higher than max_pending_total (" + out.maxPendingTotal + ")");
        Duration duration = out.lameDuckDuration == null ? Duration.ofMinutes(2) : out.lameDuckDuration;
        if (lameDuckGracePeriod != null && out.lameDuckGracePeriod.compareTo(duration) >= 0)
            problems.error(lameDuckGracePeriod.value(), "lame duck grace period ("
                    + GoDuration.format(out.lameDuckGracePeriod)
                    + ") should be strictly lower than lame duck duration (" + GoDuration.format(duration) + ")");
    }

    /** Where a key is written; if it has another name in the file, the block around it. */
    private static Place place(Block root, String path) {
        Place place = root;
        Block block = root;
        for (String name : path.split("\\.")) {
            Optional<Entry> found = block == null ? Optional.empty() : block.entries().values().stream()
                    .filter(entry -> entry.key().equalsIgnoreCase(name)).reduce((first, last) -> last);
            if (found.isEmpty())
                return place;
            place = found.get();
            block = found.get().value() instanceof Block inner ? inner : null;
        }
        return place;
    }

    private boolean isUser(String name) {
        return out.users != null && out.users.stream().map(User::name).anyMatch(name::equals);
    }

    private boolean isKey(String nkey) {
        return out.users != null && out.users.stream().map(User::nkey).anyMatch(nkey::equals);
    }

    private void completeTls() {
        Duration timeout = out.compat == Compat.GNATSD_1_0 ? Duration.ofMillis(500) : Duration.ofSeconds(2);
        out.tls = complete(out.tls, timeout);
        out.clusterTls = complete(out.clusterTls, timeout);
        out.webSocketTls = complete(out.webSocketTls, timeout);
    }

    private TlsOptions complete(TlsOptions t, Duration timeout) {
        return t == null ? null : new TlsOptions(t.certFile(), t.keyFile(), t.caFile(), t.verify(),
                t.verifyAndMap(), t.timeout() == null || t.timeout().isZero() ? timeout : t.timeout(),
                t.cipherSuites(), t.curvePreferences(), t.handshakeFirst(), t.watchFiles() || configWatch);
    }

    /** A port, or host:port. A port alone leaves the host as it is. */
    static ListenAddress address(Entry entry) throws MismatchException {
        if (entry.value() instanceof Int)
            return new ListenAddress("", (int) entry.integer(ListenAddress.RANDOM_PORT, ListenAddress.MAX_PORT));
        if (!(entry.value() instanceof Text text))
            throw entry.mismatch("a port or \"host:port\"");
        try {
            return ListenAddress.parse(text.value());
        } catch (IllegalArgumentException e) {
            throw new MismatchException(text, e.getMessage());
        }
    }

    private void listen(ListenAddress address) {
        if (!address.host().isEmpty())
            out.host = address.host();
        out.port = address.port();
    }

    /** HTTP and HTTPS share one host. */
    private int monitor(ListenAddress address) {
        if (!address.host().isEmpty())
            out.httpHost = address.host();
        return address.port();
    }

    private void authorization(Block block) {
        auth = AuthReader.read(block, problems);
        auth.applyToClients(block, out);
        plainSecrets |= auth.hasPlainSecrets();
    }

    private void noAuthUser(Entry entry) throws MismatchException {
        out.noAuthUser = entry.text();
        noAuthUser = entry;
    }

    private void systemUser(Entry entry) throws MismatchException {
        out.systemUser = entry.text();
        systemUser = entry;
    }

    private void maxPending(Entry entry) throws MismatchException {
        out.maxPending = entry.integer(0, Long.MAX_VALUE);
        maxPending = entry;
    }

    private void maxPendingTotal(Entry entry) throws MismatchException {
        out.maxPendingTotal = entry.integer(0, Long.MAX_VALUE);
        maxPendingTotal = entry;
    }

    private void writeDeadline(Entry entry) throws MismatchException {
        out.writeDeadline = entry.duration();
        if (entry.isSeconds())
            problems.warn(entry, "write_deadline should be converted to a duration");
    }

    private void lameDuckDuration(Entry entry) throws MismatchException {
        Duration duration = entry.duration();
        if (duration.compareTo(SHORTEST_LAME_DUCK) < 0)
            throw new MismatchException(entry.value(), "invalid lame_duck_duration of "
                    + GoDuration.format(duration) + ", minimum is 30 seconds");
        out.lameDuckDuration = duration;
    }

    private void lameDuckGracePeriod(Entry entry) throws MismatchException {
        out.lameDuckGracePeriod = entry.duration();
        lameDuckGracePeriod = entry;
    }

    private void httpPassword(Entry entry) throws MismatchException {
        out.httpPassword = entry.secret();
        plainSecrets |= AuthReader.isPlain(out.httpPassword);
    }

    /** A number is taken as well, since nobody thinks of quotes here. */
    private static Compat compat(Entry entry) throws MismatchException {
        if (entry.value() instanceof Real real && real.value() == 1)
            return Compat.GNATSD_1_0;
        return word(entry, "1.0", "gnatsd", "current").equals("current") ? Compat.CURRENT : Compat.GNATSD_1_0;
    }

    private void logLevel(Entry entry) throws MismatchException {
        String level = word(entry, "error", "warn", "info", "debug", "trace");
        boolean trace = level.equals("trace"), debug = trace || level.equals("debug");
        out.logLevel = debug ? "info" : level;
        out.debug |= debug;
        out.trace |= trace;
    }

    private static String word(Entry entry, String... words) throws MismatchException {
        List<String> known = List.of(words);
        if (entry.value() instanceof Text text && known.contains(text.value().toLowerCase(Locale.ROOT)))
            return text.value().toLowerCase(Locale.ROOT);
        throw entry.mismatch("one of " + String.join(", ", known));
    }

    private static List<String> subjects(Entry entry) throws MismatchException {
        List<String> subjects = entry.names();
        for (String subject : subjects) {
            if (!Subject.isValidPattern(subject))
                throw new MismatchException(entry.value(), "Subject \"" + subject + "\" is not a valid subject");
        }
        return subjects;
    }

    private static Path path(Entry entry) throws MismatchException {
        String text = entry.text();
        try {
            return text.isEmpty() ? null : Path.of(text);
        } catch (InvalidPathException e) {
            throw new MismatchException(entry.value(),
                    "\"" + entry.key() + "\" is not a path: " + e.getReason());
        }
    }
}
