package io.jnatsd;

import io.jnatsd.auth.Authenticator;
import io.jnatsd.auth.ProgramAuthenticator;
import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.OptionsCheck;
import io.jnatsd.config.OptionsReader;
import io.jnatsd.config.Problem;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.LogOptions;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.log.Log;
import io.jnatsd.log.LogSettings;
import io.jnatsd.server.OptionsSource;
import io.jnatsd.server.Server;
import io.jnatsd.server.ServerLog;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a program has set for a server, and how options result from it: those of the configuration, changed by those of
 * the program. Threads: one at a time.
 */
final class Settings {
    static final String LOOPBACK = "127.0.0.1";
    static final int ANY_PORT = -1;
    private static final String LOGGER = "io.jnatsd";

    private final List<Consumer<OptionsBuilder>> changes;
    /** At most one of file and text is set. */
    private Path configFile;
    private String configText;
    /** Null to use the users of the options. */
    private Authenticator authenticator;
    /** The methods that have set something for a port, which must be opened, too. */
    private final Set<String> forCluster;
    private final Set<String> forWebSocket;
    /** The users that log in by certificate. */
    private final Set<String> certified;
    private final List<URI> routes;
    /** The names of the clusters that routes lead to, as far as they are known. */
    private final List<String> joined;
    /** What precedes the host in the URL of a route that has no login of its own. */
    private String routeLogin = "";
    /** Opens the log with the level and the format of the options. Null for the default. */
    private Function<LogSettings, Log> logTo;

    Settings() {
        changes = new ArrayList<>();
        forCluster = new LinkedHashSet<>();
        forWebSocket = new LinkedHashSet<>();
        certified = new LinkedHashSet<>();
        routes = new ArrayList<>();
        joined = new ArrayList<>();
    }

    private Settings(Settings other) {
        changes = new ArrayList<>(other.changes);
        configFile = other.configFile;
        configText = other.configText;
        authenticator = other.authenticator;
        forCluster = new LinkedHashSet<>(other.forCluster);
        forWebSocket = new LinkedHashSet<>(other.forWebSocket);
        certified = new LinkedHashSet<>(other.certified);
        routes = new ArrayList<>(other.routes);
        joined = new ArrayList<>(other.joined);
        routeLogin = other.routeLogin;
        logTo = other.logTo;
    }

    Settings copy() {
        return new Settings(this);
    }

    /** Adds a change to the options of the configuration. */
    void change(Consumer<OptionsBuilder> change) {
        changes.add(change);
    }

    /** Notes that a method has set something for the cluster port. */
    void needsCluster(String method) {
        forCluster.add(method);
    }

    /** Notes that a method has set something for the WebSocket port. */
    void needsWebSocket(String method) {
        forWebSocket.add(method);
    }

    void configFile(Path file) {
        configFile = file;
        configText = null;
    }

    void configText(String text) {
        configText = text;
        configFile = null;
    }

    void logTo(Function<LogSettings, Log> target) {
        logTo = target;
    }

    void authenticator(io.jnatsd.Authenticator program) {
        authenticator = new ProgramAuthenticator(program);
    }

    void user(NatsUser user) {
        boolean byKey = user.proof() == NatsUser.Proof.NKEY;
        if (user.proof() == NatsUser.Proof.CERTIFICATE)
            certified.add(user.name());
        else
            certified.remove(user.name());
        User option = new User(byKey ? "" : user.name(), user.secret(), byKey ? user.name() : "",
                ProgramAuthenticator.permissions(user), user.maxConnections());
        change(o -> {
            List<User> users = o.users == null ? new ArrayList<>() : new ArrayList<>(o.users);
            users.removeIf(other -> other.name().equals(option.name()) && other.nkey().equals(option.nkey()));
            users.add(option);
            o.users = users;
        });
    }

    void route(URI url) {
        needsCluster("route");
        routes.add(url);
    }

    /** Notes that a route leads to a server of this cluster. */
    void joins(String cluster) {
        joined.add(cluster);
    }

    void clusterCredentials(String user, String password) {
        needsCluster("clusterCredentials");
        routeLogin = encoded(user) + ":" + encoded(password) + "@";
        change(o -> {
            o.clusterUser = user;
            o.clusterPassword = password;
        });
    }

    /** Returns the text as the login in a URL may have it. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Sets the ports of a server that ran with these settings. */
    Settings keepPorts(Server running) {
        int client = running.port(), cluster = running.clusterPort();
        String http = running.monitorUrl(), webSocket = running.webSocketUrl(), id = running.serverId();
        change(o -> {
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
        return this;
    }

    /** Reads the configuration and applies the changes. */
    OptionsSource.Loaded load() throws ConfigException {
        boolean configured = configFile != null || configText != null;
        OptionsReader.ReadResult read = configFile != null ? OptionsReader.read(configFile)
                : configured ? OptionsReader.read("configText", configText, System::getenv) : null;
        OptionsBuilder options = configured ? read.options() : new OptionsBuilder();
        if (options.host.isEmpty())
            options.host = LOOPBACK;
        if (options.port == 0)
            options.port = ANY_PORT;
        changes.forEach(change -> change.accept(options));
        List<URI> all = new ArrayList<>(options.routes);
        routes.forEach(url -> all.add(withLogin(url)));
        options.routes = all;
        requireAgreement(options.build());
        ServerOptions built = configured ? OptionsCheck.build(options)
                : OptionsCheck.buildWithoutConfiguration(options);
        OptionsCheck.requireAgreement(built, authenticator == null);
        // Plain passwords are usual in tests, so they cause no warning.
        return new OptionsSource.Loaded(built, configured ? read.warnings() : List.of(), false, authenticator);
    }

    private URI withLogin(URI route) {
        String authority = route.getRawAuthority();
        return authority.contains("@") ? route : URI.create(route.getScheme() + "://" + routeLogin + authority);
    }

    /** Checks what a configuration file cannot have, or may have without effect. */
    private void requireAgreement(ServerOptions options) throws ConfigException {
        List<String> problems = new ArrayList<>();
        if (options.auth().users() != null && !options.auth().token().isEmpty())
            problems.add("a server has either a token or users, but both are set");
        if (options.cluster().port() == 0)
            forCluster.forEach(method -> problems.add(method + " needs a cluster port, which cluster(name) opens"));
        else
            joined.stream().filter(name -> !name.equals(options.cluster().name())).distinct().forEach(name -> problems
                    .add("the cluster of this server is \"" + options.cluster().name()
                            + "\", but a route leads to a server of the cluster \"" + name + "\""));
        if (options.webSocket().port() == 0)
            forWebSocket.forEach(method -> problems.add(method + " needs a WebSocket port, which webSocket() opens"));
        boolean maps = TlsOptions.maps(options.tls()) || TlsOptions.maps(options.webSocket().tls());
        if (!maps)
            certified.forEach(name -> problems
                    .add("the user \"" + name + "\" logs in by certificate, which needs TLS with mapUsers()"));
        else if (authenticator == null && !options.auth().requiresCredentials())
            problems.add("mapUsers() needs users, such as NatsUser.certificate(name)");
        if (!problems.isEmpty())
            throw new ConfigException(problems.stream().map(text -> new Problem("", 0, 0, text)).toList());
    }

    /** Opens the log: that of the program, or the file or syslog that the configuration names, or a quiet one. */
    Log log(LogOptions options) throws IOException {
        LogSettings configured = ServerLog.settings(options);
        if (logTo != null)
            return logTo.apply(configured);
        if (!configured.file().isEmpty() || configured.syslog() || !configured.remoteSyslog().isEmpty())
            return ServerLog.open(options);
        String level = options.level().equals("info") ? "warn" : options.level();
        return Log.to(() -> System.getLogger(LOGGER), new LogSettings(options.debug(), options.trace(), false, level, "text",
                "", 0, 0, false, ""));
    }
}
