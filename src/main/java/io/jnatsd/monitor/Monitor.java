package io.jnatsd.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import io.jnatsd.events.AuthFailureEvent;
import io.jnatsd.events.EventRecording;
import io.jnatsd.log.Log;
import io.jnatsd.log.Threads;
import io.jnatsd.text.HostPort;
import io.jnatsd.tls.TlsContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The HTTP or HTTPS server for monitoring. Threads: all methods any thread; each visit has a thread of
 * its own, which reads what it shows and changes nothing.
 */
public final class Monitor implements AutoCloseable {
    private static final int BACKLOG = 128;
    /** What a visitor has for his request and for each part of the answer. */
    private static final Duration VISIT_TIME = Duration.ofSeconds(5);
    /** Visits at a time; the next one replaces the slowest. */
    private static final int MOST_VISITS = 256;
    /** From this Java on, a virtual thread that waits inside a monitor lets others have its carrier. */
    private static final int UNPINNED = 24;
    private static final Pattern SLASHES = Pattern.compile("//+");
    private static final String CHALLENGE = "Basic realm=\"jnatsd\", charset=\"UTF-8\"";

    private final MonitoredServer watched;
    private final Log log;
    private final HttpServer server;
    private final Deadlines deadlines;
    private final PasswordCheck passwords;
    private final VisitCounts visits;
    private final Map<String, Page> pages;
    private final String basePath;
    private final Semaphore room = new Semaphore(MOST_VISITS);
    /** Answers being made at a time, first come, first served: the other processors are for messages. */
    private final Semaphore places = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    private Monitor(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, Duration visitTime, Log log)
            throws IOException {
        this.watched = views.watched();
        this.visits = views.visits();
        this.deadlines = new Deadlines(visitTime);
        this.passwords = passwords;
        this.log = log;
        MonitorOptions options = options();
        this.basePath = normal(options.basePath());
        this.pages = new Pages(views, basePath).byPath();
        boolean secure = options.httpsPort() != 0;
        server = secure ? HttpsServer.create() : HttpServer.create();
        if (server instanceof HttpsServer https)
            https.setHttpsConfigurator(new LiveTls(tls, deadlines));
        server.setExecutor(visitors(secure));
        server.createContext("/", this::visit);
    }

    /**
     * Refuses options with which there can be no monitor.
     *
     * @param certificate whether there is one
     * @throws IOException saying what is wrong, in gnatsd's words
     */
    public static void require(MonitorOptions options, boolean certificate) throws IOException {
        if (options.httpPort() != 0 && options.httpsPort() != 0)
            throw new IOException("can't specify both HTTP (" + options.httpPort() + ") and HTTPs ("
                    + options.httpsPort() + ") ports");
        if (options.httpsPort() != 0 && !certificate)
            throw new IOException("TLS cert and key required for HTTPS");
    }

    /**
     * Prepares all that visitors need. There is no port before {@link #listen}.
     *
     * @param passwords compares the visitors' with ours
     * @param tls the certificate in force; it gives null if there is none
     * @param mostConnections that the JDK's server has at a time, unless the user has set that for the JVM
     */
    public static Monitor create(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, int mostConnections,
            Log log) throws IOException {
        setUpJdk(mostConnections);
        ProcessUsage.load();
        return new Monitor(views, passwords, tls, VISIT_TIME, log);
    }

    static Monitor create(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, Duration visitTime,
            Log log) throws IOException {
        return new Monitor(views, passwords, tls, visitTime, log);
    }

    /** Listens on a port, and says so in the log. */
    public void listen(InetSocketAddress at) throws IOException {
        server.bind(at, BACKLOG);
        log.notice("Starting " + scheme() + " monitor on " + hostAndPort(options().host()));
    }

    /** Answers visitors, those included who have connected since the port listens. */
    public void serve() {
        server.start();
    }

    /**
     * The JDK's server is configured by system properties, for all servers in this JVM and before the first is made.
     * Here, and only here, those are set that the user has not set himself: an idle connection goes after 5 seconds,
     * so many may be open, and small answers leave at once.
     */
    private static void setUpJdk(int mostConnections) {
        Map<String, String> properties = Map.of("sun.net.httpserver.idleInterval", "5",
                "sun.net.httpserver.clockTick", "1000", "jdk.httpserver.maxConnections", String.valueOf(mostConnections),
                "sun.net.httpserver.nodelay", "true");
        properties.forEach((name, value) -> {
            if (System.getProperty(name) == null)
                System.setProperty(name, value);
        });
    }

    /** With a slash before it and none behind; empty for none. */
    private static String normal(String path) {
        String bare = path.replaceAll("^/+|/+$", "");
        return bare.isEmpty() ? "" : "/" + bare;
    }

    /**
     * A thread for each visit. Virtual ones, unless they would hold carriers up that the messages need: before Java 24
     * wherever the JDK's server waits for a visitor, and under HTTPS where it looks up the name of each.
     */
    private Executor visitors(boolean secure) {
        boolean virtual = Runtime.version().feature() >= UNPINNED && !secure;
        Threads threads = watched.state().threads;
        return visit -> {
            if (!room.tryAcquire() && !deadlines.endSlowest())
                throw new RejectedExecutionException("too many visits");
            Runnable limited = () -> deadlines.run(visit, room);
            if (!(virtual ? threads.start("http", limited) : threads.startPlatform("http", limited))) {
                room.release();
                throw new RejectedExecutionException("no thread for the visit");
            }
        };
    }

    private MonitorOptions options() {
        return watched.monitor();
    }

    private void visit(HttpExchange exchange) {
        try (exchange) {
            deadlines.asked();
            answer(exchange, new Response(exchange, places));
        } catch (IOException e) {
            log.debug("Monitor: " + exchange.getRemoteAddress() + " has gone: " + e.getMessage());
        } catch (Throwable e) {
            watched.state().threads.failed(null, "monitor page " + exchange.getRequestURI().getPath(), e);
        }
    }

    private void answer(HttpExchange exchange, Response answer) throws IOException {
        MonitorOptions options = options();
        answer.header("X-Content-Type-Options", "nosniff");
        if (!options.allowOrigin().isEmpty())
            allowOrigin(options.allowOrigin(), answer);
        String method = exchange.getRequestMethod();
        if (method.equals("OPTIONS") && !options.allowOrigin().isEmpty()) {
            // A browser asks so before it sends a login to another origin.
            answer.header("Access-Control-Allow-Methods", "GET, HEAD");
            answer.header("Access-Control-Allow-Headers", "Authorization");
            answer.empty(204);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            answer.header("Allow", "GET, HEAD");
            answer.line(405, "Method not allowed: " + Query.shown(method) + " (allowed: GET, HEAD)");
        } else if (!mayLook(exchange, options)) {
            refuse(exchange, answer);
        } else {
            answer(pathOf(exchange), exchange, answer);
        }
    }

    private boolean mayLook(HttpExchange exchange, MonitorOptions options) {
        return VisitorLogin.of(exchange.getRequestHeaders().getFirst("Authorization")).isRight(options, passwords,
                exchange.getRemoteAddress().getAddress().getHostAddress());
    }

    private static void allowOrigin(String origin, Response answer) {
        answer.header("Access-Control-Allow-Origin", origin);
        if (!origin.equals("*"))
            answer.header("Vary", "Origin");
    }

    private void refuse(HttpExchange exchange, Response answer) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        // Browsers come without a login at first, and are then asked for one.
        if (header != null) {
            String visitor = String.valueOf(exchange.getRemoteAddress()).replaceFirst("^.*/", "");
            String user = Query.shown(VisitorLogin.of(header).user());
            log.warn("Monitor: " + visitor + " was refused as user \"" + user + "\"");
            if (EventRecording.isPossible())
                AuthFailureEvent.commit(visitor, user, "Monitor Login");
        }
        answer.header("WWW-Authenticate", CHALLENGE);
        answer.line(401, "Unauthorized");
    }

    /** Below the base path; null if it is not there. */
    private String pathOf(HttpExchange exchange) {
        String path = requested(exchange.getRequestURI());
        if (!path.startsWith(basePath))
            return null;
        String rest = path.substring(basePath.length());
        return rest.isEmpty() ? "/" : rest;
    }

    /**
     * The path with repeated slashes made one, as clients send them whose base URL ends with a slash. The JDK takes what
     * stands between the first two slashes and the next for an authority, which a request without a scheme does not have.
     */
    private static String requested(URI uri) {
        boolean split = uri.getScheme() == null && uri.getAuthority() != null;
        String path = split ? "/" + uri.getAuthority() + uri.getPath() : uri.getPath();
        return SLASHES.matcher(path).replaceAll("/");
    }

    private void answer(String path, HttpExchange exchange, Response answer) throws IOException {
        Page page = path == null ? null : pages.get(path);
        if (page == null || path.equals("/dashboard") && !options().dashboard()) {
            answer.line(404, "404 page not found");
            return;
        }
        String counted = path.equals("/subscriptionsz") ? "/subsz" : path;
        visits.add(counted, 1);
        try {
            page.answer(Query.parse(exchange.getRequestURI().getRawQuery()), answer);
        } catch (BadQuery e) {
            visits.add(counted, -1);
            answer.line(400, e.getMessage());
        }
    }

    private String scheme() {
        return server instanceof HttpsServer ? "https" : "http";
    }

    private String hostAndPort(String host) {
        return new HostPort(host, port()).toString();
    }

    /** The port that it listens to, the real one if any free one was asked for. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** {@code http://host:port} and the base path, for a visitor on this machine. */
    public String url() {
        String host = options().host();
        boolean any = host.equals("0.0.0.0") || host.equals("::");
        return scheme() + "://" + hostAndPort(any ? "127.0.0.1" : host) + basePath;
    }

    /** Hangs up on everybody, at once. */
    @Override
    public void close() {
        server.stop(0);
        deadlines.close();
    }
}
