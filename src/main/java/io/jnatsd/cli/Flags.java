package io.jnatsd.cli;

import io.jnatsd.config.ConfigException;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.Problem;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.usage.Secret;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The command line. A flag overrides the same option of the configuration file. Threads: one. */
@Command(name = "jnatsd", sortOptions = false, customSynopsis = "jnatsd [options]", usageHelpWidth = 110,
        footer = {"", "Flags take one dash or two. A configuration file has many more options: see etc/nats.conf."})
final class Flags {
    private static final List<String> LOGIN = List.of("--user", "--pass", "--auth");

    /** The server flags, in the order of gnatsd's usage text. The labels are those of the values there. */
    static final class Server {
        @Option(names = {"-a", "--addr", "--net"}, paramLabel = "<host>",
                description = "Bind to host address (default: 0.0.0.0)")
        private String host;
        @Option(names = {"-p", "--port"}, paramLabel = "<port>",
                description = "Use port for clients (default: 4222; -1: any free one)")
        private Integer port;
        @Option(names = {"-n", "--name", "--server_name"}, paramLabel = "<name>",
                description = "Server name (default: the server id)")
        private String name;
        @Option(names = {"-P", "--pid"}, paramLabel = "<file>", description = "File to store PID")
        private String pidFile;
        @Option(names = {"-m", "--http_port"}, paramLabel = "<port>", description = "Use port for http monitoring")
        private Integer httpPort;
        @Option(names = {"-ms", "--https_port"}, paramLabel = "<port>", description = "Use port for https monitoring")
        private Integer httpsPort;
        @Option(names = {"-c", "--config"}, paramLabel = "<file>", description = "Configuration file")
        private String config;
        @Option(names = "-t", arity = "1",
                description = "Test the configuration and exit; unknown keys are errors")
        private boolean test;
        @Option(names = {"-sl", "--signal"}, paramLabel = "<signal>[=<pid>]",
                description = "Send a signal to a running jnatsd: stop, quit, reopen, reload, ldm")
        private String signal;
        @Option(names = "--client_advertise", paramLabel = "<host:port>",
                description = "Client address to tell other servers")
        private String advertise;
        @Option(names = "--ports_file_dir", paramLabel = "<folder>",
                description = "Write a file with the bound ports there")
        private String portsFileDir;
        @Option(names = "--profile", paramLabel = "<port>",
                description = "Accepted for gnatsd's sake; profile a JVM with Flight Recorder")
        private Integer profile;
    }

    static final class JetStream {
        @Option(names = {"-js", "--jetstream"}, arity = "1", description = "Enable JetStream, with streams in memory")
        private Boolean enabled;
        @Option(names = {"-sd", "--store_dir"}, paramLabel = "<folder>",
                description = "Accepted for nats-server's sake; streams are kept in memory")
        private String storeDir;
    }

    static final class Logging {
        @Option(names = {"-l", "--log"}, paramLabel = "<file>", description = "File to redirect log output")
        private String file;
        @Option(names = {"-T", "--logtime"}, paramLabel = "<bool>",
                arity = "1", description = "Timestamp log entries (default: true)")
        private Boolean time;
        @Option(names = {"-s", "--syslog"}, arity = "1",
                description = "Enable syslog as log method")
        private Boolean syslog;
        @Option(names = {"-r", "--remote_syslog"}, paramLabel = "<url>",
                description = "Syslog server (udp://localhost:514)")
        private String remoteSyslog;
        @Option(names = {"-D", "--debug"}, arity = "1",
                description = "Enable debugging output")
        private Boolean debug;
        @Option(names = {"-V", "--trace"}, arity = "1",
                description = "Trace the raw protocol")
        private Boolean trace;
        @Option(names = "-DV", arity = "1",
                description = "Debug and trace")
        private Boolean both;
        @Option(names = "--log_size_limit", paramLabel = "<bytes>", description = "Rotate the log file at this size")
        private Integer sizeLimit;
        @Option(names = "--max_traced_msg_len", paramLabel = "<bytes>",
                description = "Number of payload bytes shown in traces")
        private Integer maxTraced;
    }

    static final class Authorization {
        @Option(names = "--user", paramLabel = "<user>", description = "User required for connections")
        private String user;
        @Secret
        @Option(names = "--pass", paramLabel = "<password>", description = "Password required for connections")
        private String password;
        @Secret
        @Option(names = "--auth", paramLabel = "<token>", description = "Authorization token required for connections")
        private String token;
    }

    static final class Tls {
        @Option(names = "--tls", arity = "1",
                description = "Enable TLS, do not verify clients")
        private Boolean tls;
        @Option(names = "--tlscert", paramLabel = "<file>", description = "Server certificate file")
        private String cert;
        @Option(names = "--tlskey", paramLabel = "<file>", description = "Private key for server certificate")
        private String key;
        @Option(names = "--tlsverify", arity = "1",
                description = "Enable TLS, verify client certificates")
        private Boolean verify;
        @Option(names = "--tlscacert", paramLabel = "<file>", description = "Client certificate CA for verification")
        private String caCert;
    }

    static final class Cluster {
        @Secret
        @Option(names = "--routes", paramLabel = "<url,...>", description = "Routes to solicit and connect")
        private String routes;
        @Secret
        @Option(names = {"--cluster", "--cluster_listen"}, paramLabel = "<url>",
                description = "Cluster URL for solicited routes, nats://host:port")
        private String listen;
        @Option(names = "--cluster_name", paramLabel = "<name>", description = "Cluster name")
        private String name;
        @Option(names = "--no_advertise", arity = "1",
                description = "Do not tell clients the addresses of other servers")
        private Boolean noAdvertise;
        @Option(names = "--cluster_advertise", paramLabel = "<host:port>",
                description = "Cluster address to tell other servers")
        private String advertise;
        @Option(names = "--connect_retries", paramLabel = "<number>",
                description = "For implicit routes, number of connect retries")
        private Integer connectRetries;
    }

    static final class Common {
        @Option(names = {"-h", "--help"}, arity = "1",
                description = "Show this message")
        private boolean help;
        @Option(names = {"-v", "--version"}, arity = "1",
                description = "Show version")
        private boolean version;
        @Option(names = "--help_tls", arity = "1",
                description = "TLS help")
        private boolean helpTls;
    }

    @ArgGroup(validate = false, heading = "%nServer Options:%n")
    private Server server = new Server();
    @ArgGroup(validate = false, heading = "%nJetStream Options:%n")
    private JetStream jetStream = new JetStream();
    @ArgGroup(validate = false, heading = "%nLogging Options:%n")
    private Logging log = new Logging();
    @ArgGroup(validate = false, heading = "%nAuthorization Options:%n")
    private Authorization auth = new Authorization();
    @ArgGroup(validate = false, heading = "%nTLS Options:%n")
    private Tls tls = new Tls();
    @ArgGroup(validate = false, heading = "%nCluster Options:%n")
    private Cluster cluster = new Cluster();
    @ArgGroup(validate = false, heading = "%nCommon Options:%n")
    private Common common = new Common();

    /** The longest names of the flags that an empty value unsets. */
    private Set<String> empty = Set.of();

    private Flags() {
    }

    static Flags parse(String[] args) throws UsageException {
        Flags flags = new Flags();
        CommandLine line = new CommandLine(flags).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true)
                .setAllowOptionsAsOptionParameters(true);
        FlagSyntax.Rewritten rewritten = FlagSyntax.rewrite(args, line.getCommandSpec().optionsMap());
        line.parseArgs(rewritten.args().toArray(String[]::new));
        flags.empty = rewritten.empty();
        return flags;
    }

    boolean helpWanted() {
        return common.help;
    }

    boolean versionWanted() {
        return common.version;
    }

    boolean tlsHelpWanted() {
        return common.helpTls;
    }

    boolean testWanted() {
        return server.test;
    }

    /** Returns null if no signal is to be sent. */
    String signal() {
        return server.signal == null || server.signal.isEmpty() ? null : server.signal;
    }

    /** Returns null without a configuration file. */
    Path configFile() {
        return server.config == null || server.config.isEmpty() ? null : Path.of(server.config);
    }

    /** Returns warnings about flags that are accepted without an effect. */
    List<String> withoutEffect() {
        return jetStream.storeDir == null ? List.of() : List.of("-sd has no effect: streams are kept in memory");
    }

    /** Returns the login flags that an empty value unsets, for example when a script's variable is not set. */
    List<String> emptyLogins() {
        return LOGIN.stream().filter(empty::contains).toList();
    }

    void printHelp(PrintStream out) {
        new CommandLine(this).setHelpFactory(FlagHelp::new).usage(out);
    }

    /** Shows boolean flags without a value, although each accepts {@code =false} as well. */
    private static final class FlagHelp extends Help {
        FlagHelp(CommandSpec spec, ColorScheme colors) {
            super(spec, colors);
        }

        @Override
        public IParamLabelRenderer parameterLabelRenderer() {
            IParamLabelRenderer usual = super.parameterLabelRenderer();
            return new IParamLabelRenderer() {
                @Override
                public Text renderParameterLabel(ArgSpec arg, Ansi ansi, List<IStyle> styles) {
                    boolean bare = FlagSyntax.isBoolean(arg) && arg.paramLabel().startsWith("<")
                            && !arg.paramLabel().equals("<bool>");
                    return bare ? ansi.new Text("") : usual.renderParameterLabel(arg, ansi, styles);
                }

                @Override
                public String separator() {
                    return usual.separator();
                }
            };
        }
    }

    /** Sets the options that the command line gives. The others keep the values of the configuration file. */
    void applyTo(OptionsBuilder o) throws ConfigException {
        applyServer(o);
        applyLogging(o);
        if (auth.user != null || auth.password != null || auth.token != null)
            applyLogin(o);
        applyTls(o);
        applyCluster(o);
        o.jetStream = jetStream.enabled != null ? jetStream.enabled : o.jetStream;
    }

    private void applyServer(OptionsBuilder o) {
        o.host = server.host != null ? server.host : o.host;
        o.port = server.port != null && server.port != 0 ? server.port : o.port;
        o.serverName = server.name != null ? server.name : o.serverName;
        o.pidFile = server.pidFile != null ? Path.of(server.pidFile) : o.pidFile;
        o.httpPort = server.httpPort != null ? server.httpPort : o.httpPort;
        o.httpsPort = server.httpsPort != null ? server.httpsPort : o.httpsPort;
        o.clientAdvertise = server.advertise != null ? server.advertise : o.clientAdvertise;
        o.portsFileDir = server.portsFileDir != null ? Path.of(server.portsFileDir) : o.portsFileDir;
        o.profPort = server.profile != null ? server.profile : o.profPort;
    }

    private void applyLogging(OptionsBuilder o) {
        o.logFile = log.file != null ? log.file : o.logFile;
        o.logTime = log.time != null ? log.time : o.logTime;
        o.syslog = log.syslog != null ? log.syslog : o.syslog;
        o.remoteSyslog = log.remoteSyslog != null ? log.remoteSyslog : o.remoteSyslog;
        o.logSizeLimit = log.sizeLimit != null ? log.sizeLimit : o.logSizeLimit;
        o.maxTracedPayload = log.maxTraced != null ? log.maxTraced : o.maxTracedPayload;
        if (log.both != null)
            o.debug = o.trace = log.both;
        o.debug = log.debug != null ? log.debug : o.debug;
        o.trace = log.trace != null ? log.trace : o.trace;
    }

    /** A login on the command line replaces all other ways to log in that the file has. */
    private void applyLogin(OptionsBuilder o) {
        o.users = null;
        if (auth.token != null) {
            o.token = auth.token;
            o.user = o.password = "";
        }
        if (auth.user != null || auth.password != null) {
            o.token = auth.token != null ? auth.token : "";
            o.user = auth.user != null ? auth.user : o.user;
            o.password = auth.password != null ? auth.password : o.password;
        }
    }

    private void applyTls(OptionsBuilder o) throws ConfigException {
        if (Boolean.FALSE.equals(tls.tls))
            o.tls = null;
        boolean on = Boolean.TRUE.equals(tls.tls) || Boolean.TRUE.equals(tls.verify);
        if (o.tls == null && !on)
            return;
        TlsOptions was = o.tls != null ? o.tls
                : new TlsOptions("", "", "", false, false, OptionsBuilder.DEFAULT_TLS_TIMEOUT, List.of(), List.of(),
                        false, false);
        o.tls = new TlsOptions(tls.cert != null ? tls.cert : was.certFile(), tls.key != null ? tls.key : was.keyFile(),
                tls.caCert != null ? tls.caCert : was.caFile(), tls.verify != null ? tls.verify : was.verify(),
                was.verifyAndMap(), was.timeout(), was.cipherSuites(), was.curvePreferences(), was.handshakeFirst(), was.watchFiles());
        if (o.tls.certFile().isEmpty())
            throw bad("TLS Server certificate must be present and valid.");
        if (o.tls.keyFile().isEmpty())
            throw bad("TLS Server private key must be present and valid.");
    }

    private void applyCluster(OptionsBuilder o) throws ConfigException {
        o.clusterName = cluster.name != null ? cluster.name : o.clusterName;
        o.noAdvertise = cluster.noAdvertise != null ? cluster.noAdvertise : o.noAdvertise;
        o.clusterAdvertise = cluster.advertise != null ? cluster.advertise : o.clusterAdvertise;
        o.connectRetries = cluster.connectRetries != null ? cluster.connectRetries : o.connectRetries;
        if (cluster.listen != null && !cluster.listen.isEmpty())
            applyClusterUrl(o, cluster.listen);
        if (cluster.routes != null) {
            if (o.clusterPort == 0 && o.clusterHost.isEmpty())
                throw bad("Solicited routes require cluster capabilities, e.g. --cluster.");
            o.routes = routes(cluster.routes);
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
