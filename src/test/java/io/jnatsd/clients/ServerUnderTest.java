package io.jnatsd.clients;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.ClusterOptions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.config.ServerOptions.TlsOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.config.ServerOptions.WebSocketOptions;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.Server;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server that the tests of this package talk to: jnatsd within this JVM. To find out whether a test asks for the
 * right thing, point it at another server, by a system property or an environment variable:
 *
 * <ul>
 * <li>{@code -Djnatsd.test.program=/usr/sbin/nats-server} or {@code JNATSD_TEST_PROGRAM} starts that program wherever
 *     a test would have started jnatsd;
 * <li>{@code -Djnatsd.test.url=nats://127.0.0.1:4222} or {@code JNATSD_TEST_URL} takes one that runs already; what
 *     needs a server of its own, with limits or to be restarted, is skipped.
 * </ul>
 */
final class ServerUnderTest implements AutoCloseable {
    private static final String URL = setting("jnatsd.test.url");
    private static final String WEBSOCKET_URL = setting("jnatsd.test.websocket");
    private static final String PROGRAM = setting("jnatsd.test.program");

    /** A server that was started here. */
    private interface Started {
        int port();

        /** Null if there is no port for WebSocket. */
        String webSocketUrl();

        /** 0 if there is no port for other servers. */
        int clusterPort();

        void stop();

        void lameDuck() throws IOException;
    }

    private final ServerOptions options;
    /** Empty for jnatsd. */
    private final String program;
    private Started started;

    private ServerUnderTest(ServerOptions options) {
        this(options, PROGRAM);
    }

    private ServerUnderTest(ServerOptions options, String program) {
        this.options = options;
        this.program = program;
    }

    private static String setting(String property) {
        String variable = property.toUpperCase(Locale.ROOT).replace('.', '_');
        return System.getProperty(property, System.getenv().getOrDefault(variable, ""));
    }

    static ServerUnderTest start() throws IOException {
        return startUnlessRunning(o -> { });
    }

    /** With a port for WebSocket; {@code jnatsd.test.websocket} is that of a server that runs already. */
    static ServerUnderTest startWithWebSocket() throws IOException {
        return startUnlessRunning(o -> o.webSocketPort = -1);
    }

    private static ServerUnderTest startUnlessRunning(Consumer<OptionsBuilder> change) throws IOException {
        ServerUnderTest server = new ServerUnderTest(options(change));
        if (URL.isEmpty())
            server.start(-1, server.options.webSocket().port());
        return server;
    }

    /** Starts a server with limits of its own. */
    static ServerUnderTest start(Consumer<OptionsBuilder> change) throws IOException {
        assumeTrue(URL.isEmpty(), "needs a server of its own");
        ServerUnderTest server = new ServerUnderTest(options(change));
        server.start(-1, server.options.webSocket().port());
        return server;
    }

    /** Starts a server whose only user, {@code joe:secret}, may neither publish nor subscribe to {@code private.>}. */
    static ServerUnderTest startRestricted() throws IOException {
        SubjectRules rules = new SubjectRules(null, List.of("private.>"));
        return start(o -> o.users = List.of(new User("joe", "secret", "", new PermissionOptions(rules, rules, null), 0)));
    }

    /**
     * Starts a server with the users {@code admin:a}, who is the system user, and {@code joe:j}.
     *
     * @param program empty for the one that all tests have
     */
    static ServerUnderTest startWithSystemUser(String program) throws IOException {
        assumeTrue(URL.isEmpty(), "needs a server of its own");
        assumeTrue(program.isEmpty() || Files.isExecutable(Path.of(program)), program + " is not installed");
        ServerUnderTest server = new ServerUnderTest(options(o -> {
            o.serverName = "first";
            o.users = List.of(new User("admin", "a", "", null, 0), new User("joe", "j", "", null, 0));
            o.systemUser = "admin";
        }), program.isEmpty() ? PROGRAM : program);
        server.start(-1, 0);
        return server;
    }

    /** Starts a server of the same cluster, after one that was started {@linkplain #inCluster with a cluster port}. */
    ServerUnderTest startAnother(Consumer<OptionsBuilder> change) throws IOException {
        URI route = URI.create("nats-route://127.0.0.1:" + started.clusterPort());
        return start(inCluster(route).andThen(change));
    }

    static Consumer<OptionsBuilder> inCluster(URI... routes) {
        return o -> {
            o.clusterName = "c";
            o.clusterHost = "127.0.0.1";
            o.clusterPort = -1;
            o.routes = List.of(routes);
        };
    }

    private static ServerOptions options(Consumer<OptionsBuilder> change) {
        return ServerOptions.defaults().withHost("127.0.0.1").with(change);
    }

    private void start(int port, int webSocketPort) throws IOException {
        ServerOptions there = options.withPort(port).with(o -> o.webSocketPort = webSocketPort);
        started = program.isEmpty() ? inThisJvm(there) : program(program, there);
    }

    /** Whether {@link #stop} and {@link #startAgain} work. */
    boolean canRestart() {
        return started != null;
    }

    void stop() {
        assumeTrue(canRestart(), "the server is not ours to stop");
        started.stop();
    }

    /** It is about to leave, and tells its clients. */
    void lameDuck() throws IOException {
        assumeTrue(canRestart(), "the server is not ours to retire");
        started.lameDuck();
    }

    /** On the same ports. */
    void startAgain() throws IOException {
        String ws = started.webSocketUrl();
        start(started.port(), ws == null ? 0 : URI.create(ws).getPort());
    }

    String url() {
        return started == null ? URL : "nats://127.0.0.1:" + started.port();
    }

    /** Of a server with a port for WebSocket. */
    String webSocketUrl() {
        assumeTrue(started != null || !WEBSOCKET_URL.isEmpty(), "no URL for WebSocket");
        return started == null ? WEBSOCKET_URL : started.webSocketUrl();
    }

    /** A socket that has received nothing yet. */
    RawClient openRaw() throws IOException {
        URI uri = URI.create(url());
        return new RawClient(new Socket(uri.getHost(), uri.getPort()));
    }

    boolean isJnatsd() {
        return started instanceof InThisJvm;
    }

    /** The server's own view, which only jnatsd offers; other servers end the test here. */
    Server jnatsd() {
        if (started instanceof InThisJvm jnatsd)
            return jnatsd.server();
        return abort("asks something that only jnatsd in this JVM can tell");
    }

    @Override
    public void close() {
        if (started != null)
            started.stop();
    }

    private record InThisJvm(Server server) implements Started {
        @Override
        public int port() {
            return server.port();
        }

        @Override
        public String webSocketUrl() {
            return server.webSocketUrl();
        }

        @Override
        public int clusterPort() {
            return server.clusterPort();
        }

        @Override
        public void stop() {
            server.close();
        }

        @Override
        public void lameDuck() {
            server.lameDuck();
        }
    }

    private static Started inThisJvm(ServerOptions options) throws IOException {
        return new InThisJvm(Server.start(options));
    }

    private record Program(Process process, int port, String webSocketUrl, int clusterPort) implements Started {
        @Override
        public void stop() {
            process.toHandle().destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS))
                    process.destroyForcibly().waitFor();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void lameDuck() throws IOException {
            new ProcessBuilder("kill", "-USR2", Long.toString(process.pid())).start();
        }
    }

    private static Started program(String program, ServerOptions options) throws IOException {
        Path config = Files.createTempFile("server-under-test", ".conf");
        Files.writeString(config, "listen: \"127.0.0.1:" + options.client().port() + "\"\n"
                + "max_connections: " + options.limits().maxConnections() + "\n"
                + "max_payload: " + options.limits().maxPayload() + "\n"
                + "max_control_line: " + options.limits().maxControlLine() + "\n"
                + "ping_interval: \"" + options.limits().pingInterval().toMillis() + "ms\"\n"
                + "lame_duck_grace_period: \"" + options.lameDuck().gracePeriod().toMillis() + "ms\"\n"
                + (options.serverName().isEmpty() ? "" : "server_name: " + options.serverName() + "\n")
                + (options.auth().systemUser().isEmpty() ? users(options.auth().users()) : accounts(options.auth()))
                + tlsBlock(options.tls()) + clusterBlock(options.cluster()) + webSocketBlock(options.webSocket())
                + (options.jetStream().enabled() ? "jetstream { store_dir: \"" + config + ".streams\" }\n" : ""));
        Process process = new ProcessBuilder(program, "-c", config.toString()).redirectErrorStream(true).start();
        process.onExit().thenRun(() -> {
            delete(new File(config + ".streams"));
            config.toFile().delete();
        });
        return awaitReady(program, process, options.cluster().port() != 0);
    }

    private static void delete(File fileOrFolder) {
        File[] inside = fileOrFolder.listFiles();
        if (inside != null)
            for (File file : inside)
                delete(file);
        fileOrFolder.delete();
    }

    private static String webSocketBlock(WebSocketOptions o) {
        return o.port() == 0 ? "" : "websocket { listen: \"127.0.0.1:" + o.port() + "\", "
                + (o.tls() == null ? "no_tls: true" : tlsBlock(o.tls())) + " }\n";
    }

    private static String tlsBlock(TlsOptions tls) {
        return tls == null ? "" : "tls { cert_file: \"" + tls.certFile() + "\", key_file: \"" + tls.keyFile() + "\""
                + (tls.caFile().isEmpty() ? "" : ", ca_file: \"" + tls.caFile() + "\"") + ", verify: " + tls.verify()
                + " }\n";
    }

    private static String clusterBlock(ClusterOptions o) {
        return o.port() == 0 ? "" : "cluster { name: " + o.name() + ", listen: \"127.0.0.1:" + o.port() + "\", routes: ["
                + o.routes().stream().map(route -> '"' + route.toString() + '"').collect(joining(", ")) + "] }\n";
    }

    private static String users(List<User> users) {
        if (users == null)
            return "";
        StringBuilder text = new StringBuilder("authorization { users: [ ");
        for (User user : users) {
            text.append(user.nkey().isEmpty() ? "{ user: " + user.name() + ", password: " + user.password()
                    : "{ nkey: " + user.nkey());
            if (user.permissions() != null)
                text.append(", permissions { publish ").append(rules(user.permissions().publish()))
                        .append(", subscribe ").append(rules(user.permissions().subscribe())).append(" }");
            text.append(" }, ");
        }
        return text.append(" ] }\n").toString();
    }

    /** Where newer servers know of accounts, the system user is one of a system account. */
    private static String accounts(AuthOptions auth) {
        StringBuilder text = new StringBuilder("system_account: SYS\naccounts {\n");
        for (User user : auth.users())
            text.append(user.name().equals(auth.systemUser()) ? "SYS" : "APP").append(" { users: [ { user: ")
                    .append(user.name()).append(", password: ").append(user.password()).append(" } ] }\n");
        return text.append("}\n").toString();
    }

    private static String rules(SubjectRules rules) {
        return "{ deny: [" + rules.deny().stream().map(subject -> '"' + subject + '"').collect(joining(", ")) + "] }";
    }

    /** Reads the log up to the line that says so; the ports stand in earlier ones. */
    private static Program awaitReady(String program, Process process, boolean clustered) throws IOException {
        Pattern listening = Pattern.compile("Listening for client connections on .*:(\\d+)");
        Pattern webSocket = Pattern.compile("Listening for websocket clients on (.*)");
        StringBuilder log = new StringBuilder();
        BufferedReader lines = process.inputReader();
        Pattern routes = Pattern.compile("Listening for route connections on .*:(\\d+)");
        boolean ready = false;
        int port = 0, clusterPort = 0;
        String webSocketUrl = null;
        for (String line; (line = lines.readLine()) != null;) {
            log.append(line).append('\n');
            Matcher client = listening.matcher(line), web = webSocket.matcher(line), route = routes.matcher(line);
            if (client.find())
                port = Integer.parseInt(client.group(1));
            if (web.find())
                webSocketUrl = web.group(1);
            if (route.find())
                clusterPort = Integer.parseInt(route.group(1));
            ready |= line.endsWith("Server is ready");
            if (ready && (clusterPort != 0 || !clustered)) {
                Thread.startVirtualThread(() -> discard(lines));
                return new Program(process, port, webSocketUrl, clusterPort);
            }
        }
        throw new IOException(program + " did not start:\n" + log);
    }

    /** A pipe that nobody reads would stop the server in the end. */
    private static void discard(BufferedReader lines) {
        try (lines) {
            while (lines.readLine() != null)
                continue;
        } catch (IOException e) {
            // The server has been stopped.
        }
    }
}
