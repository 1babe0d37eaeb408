package io.jnatsd.cli;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.Problem;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.config.ServerOptions.TlsOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The values of the command line. A flag overrides the same option of the configuration file. Threads: immutable. */
final class Flags {
    private static final List<Flag> LOGIN = List.of(Flag.USER, Flag.PASS, Flag.AUTH);

    /** The last values of the flags that were given, checked. */
    private final Map<Flag, String> values;
    /** The flags that an empty value unsets. */
    private final Set<Flag> empty;

    Flags(Map<Flag, String> values, Set<Flag> empty) {
        this.values = values;
        this.empty = empty;
    }

    static Flags parse(String[] args) throws UsageException {
        return new FlagSyntax(args).read();
    }

    boolean given(Flag flag) {
        return values.containsKey(flag);
    }

    /** Returns null if the flag was not given. */
    String text(Flag flag) {
        return values.get(flag);
    }

    private String text(Flag flag, String otherwise) {
        return values.getOrDefault(flag, otherwise);
    }

    private int number(Flag flag, int otherwise) {
        return given(flag) ? Integer.parseInt(values.get(flag)) : otherwise;
    }

    private boolean bool(Flag flag, boolean otherwise) {
        return given(flag) ? Boolean.parseBoolean(values.get(flag)) : otherwise;
    }

    private boolean isOn(Flag flag) {
        return Boolean.parseBoolean(values.get(flag));
    }

    boolean helpWanted() {
        return isOn(Flag.HELP);
    }

    boolean versionWanted() {
        return isOn(Flag.VERSION);
    }

    boolean tlsHelpWanted() {
        return isOn(Flag.HELP_TLS);
    }

    boolean testWanted() {
        return isOn(Flag.TEST);
    }

    boolean healthWanted() {
        return isOn(Flag.HEALTH);
    }

    /** Returns whether servers are to be checked, also if an empty value names none. */
    boolean checkWanted() {
        return given(Flag.CHECK) || empty.contains(Flag.CHECK);
    }

    /** Returns the monitoring ports of the servers to check. */
    List<String> checked() {
        return Pattern.compile("[,\\s]+").splitAsStream(text(Flag.CHECK, "")).filter(url -> !url.isEmpty()).toList();
    }

    /** Returns null if no signal is to be sent. */
    String signal() {
        return text(Flag.SIGNAL);
    }

    /** Returns null without a configuration file. */
    Path configFile() {
        String config = text(Flag.CONFIG);
        return config == null ? null : Path.of(config);
    }

    /** Returns the login flags that an empty value unsets, for example when a script's variable is not set. */
    List<String> emptyLogins() {
        return LOGIN.stream().filter(empty::contains).map(flag -> flag.names.getFirst()).toList();
    }

    /** Sets the options that the command line gives. The others keep the values of the configuration file. */
    void applyTo(OptionsBuilder o) throws ConfigException {
        applyServer(o);
        applyLogging(o);
        if (given(Flag.USER) || given(Flag.PASS) || given(Flag.AUTH))
            applyLogin(o);
        applyTls(o);
        applyCluster(o);
        o.jetStream = bool(Flag.JETSTREAM, o.jetStream);
        o.storeDir = given(Flag.STORE_DIR) ? Path.of(text(Flag.STORE_DIR)) : o.storeDir;
    }

    private void applyServer(OptionsBuilder o) {
        o.host = text(Flag.ADDR, o.host);
        o.port = number(Flag.PORT, 0) != 0 ? number(Flag.PORT, 0) : o.port;
        o.serverName = text(Flag.NAME, o.serverName);
        o.pidFile = given(Flag.PID) ? Path.of(text(Flag.PID)) : o.pidFile;
        o.httpPort = number(Flag.HTTP_PORT, o.httpPort);
        o.httpsPort = number(Flag.HTTPS_PORT, o.httpsPort);
        o.clientAdvertise = text(Flag.CLIENT_ADVERTISE, o.clientAdvertise);
        o.portsFileDir = given(Flag.PORTS_FILE_DIR) ? Path.of(text(Flag.PORTS_FILE_DIR)) : o.portsFileDir;
        o.profPort = number(Flag.PROFILE, o.profPort);
    }

    private void applyLogging(OptionsBuilder o) {
        o.logFile = text(Flag.LOG, o.logFile);
        o.logTime = bool(Flag.LOG_TIME, o.logTime);
        o.syslog = bool(Flag.SYSLOG, o.syslog);
        o.remoteSyslog = text(Flag.REMOTE_SYSLOG, o.remoteSyslog);
        o.logSizeLimit = given(Flag.LOG_SIZE_LIMIT) ? number(Flag.LOG_SIZE_LIMIT, 0) : o.logSizeLimit;
        o.maxTracedPayload = number(Flag.MAX_TRACED_MSG_LEN, o.maxTracedPayload);
        if (given(Flag.DEBUG_TRACE))
            o.debug = o.trace = isOn(Flag.DEBUG_TRACE);
        o.debug = bool(Flag.DEBUG, o.debug);
        o.trace = bool(Flag.TRACE, o.trace);
    }

    /** A login on the command line replaces all other ways to log in that the file has. */
    private void applyLogin(OptionsBuilder o) {
        o.users = null;
        if (given(Flag.AUTH)) {
            o.token = text(Flag.AUTH);
            o.user = o.password = "";
        }
        if (given(Flag.USER) || given(Flag.PASS)) {
            o.token = text(Flag.AUTH, "");
            o.user = text(Flag.USER, o.user);
            o.password = text(Flag.PASS, o.password);
        }
    }

    private void applyTls(OptionsBuilder o) throws ConfigException {
        if (!bool(Flag.TLS, true))
            o.tls = null;
        boolean on = isOn(Flag.TLS) || isOn(Flag.TLS_VERIFY);
        if (o.tls == null && !on)
            return;
        TlsOptions was = o.tls != null ? o.tls
                : new TlsOptions("", "", "", false, false, OptionsBuilder.DEFAULT_TLS_TIMEOUT, List.of(), List.of(),
                        false, false);
        o.tls = new TlsOptions(text(Flag.TLS_CERT, was.certFile()), text(Flag.TLS_KEY, was.keyFile()),
                text(Flag.TLS_CA_CERT, was.caFile()), bool(Flag.TLS_VERIFY, was.verify()), was.verifyAndMap(), was.timeout(), was.cipherSuites(), was.curvePreferences(), was.handshakeFirst(), was.watchFiles());
        if (o.tls.certFile().isEmpty())
            throw bad("TLS Server certificate must be present and valid.");
        if (o.tls.keyFile().isEmpty())
            throw bad("TLS Server private key must be present and valid.");
    }

    private void applyCluster(OptionsBuilder o) throws ConfigException {
        o.clusterName = text(Flag.CLUSTER_NAME, o.clusterName);
        o.noAdvertise = bool(Flag.NO_ADVERTISE, o.noAdvertise);
        o.clusterAdvertise = text(Flag.CLUSTER_ADVERTISE, o.clusterAdvertise);
        o.connectRetries = number(Flag.CONNECT_RETRIES, o.connectRetries);
        if (given(Flag.CLUSTER))
            applyClusterUrl(o, text(Flag.CLUSTER));
        if (given(Flag.ROUTES)) {
            if (o.clusterPort == 0 && o.clusterHost.isEmpty())
                throw bad("Solicited routes require cluster capabilities, e.g. --cluster.");
            o.routes = routes(text(Flag.ROUTES));
        }
    }

    /** If the URL contains no login, routes need none, even if the file requires one. */
    private static void applyClusterUrl(OptionsBuilder o, String text) throws ConfigException {
        try {
            // A URL cannot contain the port -1.
            boolean random = text.endsWith(":-1");
            RouteUrl url = RouteUrl.of(RouteUrl.parse(random ? text.substring(0, text.length() - 2) + "1" : text));
            if (!url.user().isEmpty() && url.password().isEmpty())
                throw bad("Expected cluster password to be set.");
            o.clusterHost = url.host();
            o.clusterPort = random ? -1 : url.port();
            o.clusterUser = url.user();
            o.clusterPassword = url.password();
        } catch (URISyntaxException e) {
            throw bad("--cluster: " + e.getReason() + ", expected a URL like nats://host:port");
        }
    }

    private static List<URI> routes(String list) throws ConfigException {
        List<URI> routes = new ArrayList<>();
        String[] urls = list.split(",");
        for (int i = 0; i < urls.length; i++) {
            try {
                if (!urls[i].isBlank())
                    routes.add(RouteUrl.parse(urls[i]));
            } catch (URISyntaxException e) {
                throw bad("--routes: URL " + (i + 1) + ": " + e.getReason()
                        + ", expected URLs like nats://host:port, separated by commas");
            }
        }
        return routes;
    }

    private static ConfigException bad(String text) {
        return new ConfigException(List.of(new Problem("", 0, 0, text)));
    }
}
