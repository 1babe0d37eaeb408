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
 * The HTTP or HTTPS server for monitoring. Threads: any thread. Each request has a thread of its own, which reads the
 * state of the server and changes nothing.
 */
public final class Monitor implements AutoCloseable {
    private static final int BACKLOG = 128;
    /** The time limit of a request, and of each part of its response. */
    private static final Duration REQUEST_TIME = Duration.ofSeconds(5);
    /** The most concurrent requests. Another request replaces the slowest one. */
    private static final int MOST_REQUESTS = 256;
    /** The first Java version in which a virtual thread releases its carrier while it waits inside a monitor. */
    private static final int UNPINNED = 24;
    private static final Pattern SLASHES = Pattern.compile("//+");
    private static final String CHALLENGE = "Basic realm=\"jnatsd\", charset=\"UTF-8\"";

    private final MonitoredServer watched;
    private final Log log;
    private final HttpServer server;
    private final Deadlines deadlines;
    private final PasswordCheck passwords;
    private final RequestCounts requestCounts;
    private final Map<String, Page> pages;
    private final String basePath;
    private final Semaphore requestPermits = new Semaphore(MOST_REQUESTS);
    /**
     * Limits the responses that are built at the same time, in order of arrival. The other processors are left to
     * messages.
     */
    private final Semaphore responsePermits =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    private Monitor(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, Duration requestTime, Log log)
            throws IOException {
        this.watched = views.watched();
        this.requestCounts = views.requestCounts();
        this.deadlines = new Deadlines(requestTime);
        this.passwords = passwords;
        this.log = log;
        MonitorOptions options = options();
        this.basePath = normal(options.basePath());
        this.pages = new Pages(views, basePath).byPath();
        boolean secure = options.httpsPort() != 0;
        server = secure ? HttpsServer.create() : HttpServer.create();
        if (server instanceof HttpsServer https)
            https.setHttpsConfigurator(new LiveTls(tls, deadlines));
        server.setExecutor(executor(secure));
        server.createContext("/", this::handle);
    }

    /**
     * Rejects options for which the monitor cannot start.
     *
     * @param certificate whether there is a certificate
     * @throws IOException with gnatsd's message
     */
    public static void require(MonitorOptions options, boolean certificate) throws IOException {
        if (options.httpPort() != 0 && options.httpsPort() != 0)
            throw new IOException("can't specify both HTTP (" + options.httpPort() + ") and HTTPs ("
                    + options.httpsPort() + ") ports");
        if (options.httpsPort() != 0 && !certificate)
            throw new IOException("TLS cert and key required for HTTPS");
    }

    /**
     * Creates the monitor. No port is opened before {@link #listen}.
     *
     * @param passwords checks the passwords of requests
     * @param tls supplies the certificate in force, null if there is none
     * @param mostConnections the most connections of the JDK's server, unless the user has set them for the JVM
     */
    public static Monitor create(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, int mostConnections,
            Log log) throws IOException {
        setUpJdk(mostConnections);
        ProcessUsage.load();
        return new Monitor(views, passwords, tls, REQUEST_TIME, log);
    }

    static Monitor create(Views views, PasswordCheck passwords, Supplier<TlsContext> tls, Duration requestTime,
            Log log) throws IOException {
        return new Monitor(views, passwords, tls, requestTime, log);
    }

    /** Listens on a port, and logs it. */
    public void listen(InetSocketAddress at) throws IOException {
        server.bind(at, BACKLOG);
        log.notice("Starting " + scheme() + " monitor on " + hostAndPort(options().host()));
    }

    /** Answers requests, including those of connections accepted by the system since the port listens. */
    public void serve() {
        server.start();
    }

    /**
     * Configures the JDK's server, which reads system properties, once for all servers of the JVM and before the first
     * is created. Properties that the user has set are kept. An idle connection is closed after 5 seconds, the number
     * of connections is bounded, and small responses are sent without delay.
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

    /** Returns the path with a slash at the start and none at the end; empty for an empty path. */
    private static String normal(String path) {
        String bare = path.replaceAll("^/+|/+$", "");
        return bare.isEmpty() ? "" : "/" + bare;
    }

    /**
     * Runs each request on a thread of its own. The threads are virtual, unless they would block carriers that messages
     * need: before Java 24 whenever the JDK's server waits for a client, and under HTTPS when it resolves the client's
     * host name.
     */
    private Executor executor(boolean secure) {
        boolean virtual = Runtime.version().feature() >= UNPINNED && !secure;
        Threads threads = watched.state().threads;
        return request -> {
            if (!requestPermits.tryAcquire() && !deadlines.endSlowest())
                throw new RejectedExecutionException("too many requests");
            Runnable limited = () -> deadlines.run(request, requestPermits);
            if (!(virtual ? threads.start("http", limited) : threads.startPlatform("http", limited))) {
                requestPermits.release();
                throw new RejectedExecutionException("no thread for the request");
            }
        };
    }

    private MonitorOptions options() {
        return watched.monitor();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            deadlines.received();
            answer(exchange, new Response(exchange, responsePermits));
        } catch (IOException e) {
            log.debug("Monitor: " + exchange.getRemoteAddress() + " closed the connection: " + e.getMessage());
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
            // The preflight request of a browser before it sends a login to another origin.
            answer.header("Access-Control-Allow-Methods", "GET, HEAD");
            answer.header("Access-Control-Allow-Headers", "Authorization");
            answer.empty(204);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            answer.header("Allow", "GET, HEAD");
            answer.line(405, "Method not allowed: " + Query.shown(method) + " (allowed: GET, HEAD)");
        } else if (!isAuthorized(exchange, options)) {
            refuse(exchange, answer);
        } else {
            answer(pathOf(exchange), exchange, answer);
        }
    }

    private boolean isAuthorized(HttpExchange exchange, MonitorOptions options) {
        return MonitorLogin.of(exchange.getRequestHeaders().getFirst("Authorization")).isRight(options, passwords,
                exchange.getRemoteAddress().getAddress().getHostAddress());
    }

    private static void allowOrigin(String origin, Response answer) {
        answer.header("Access-Control-Allow-Origin", origin);
        if (!origin.equals("*"))
            answer.header("Vary", "Origin");
    }

    private void refuse(HttpExchange exchange, Response answer) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        // Browsers first send a request without a login and ask the user after the 401.
        if (header != null) {
            String client = String.valueOf(exchange.getRemoteAddress()).replaceFirst("^.*/", "");
            String user = Query.shown(MonitorLogin.of(header).user());
            log.warn("Monitor: " + client + " was refused as user \"" + user + "\"");
            if (EventRecording.isPossible())
                AuthFailureEvent.commit(client, user, "Monitor Login");
        }
        answer.header("WWW-Authenticate", CHALLENGE);
        answer.line(401, "Unauthorized");
    }

    /** Returns the path below the base path; null if it is outside. */
    private String pathOf(HttpExchange exchange) {
        String path = requested(exchange.getRequestURI());
        if (!path.startsWith(basePath))
            return null;
        String rest = path.substring(basePath.length());
        return rest.isEmpty() ? "/" : rest;
    }

    /**
     * Returns the path with repeated slashes replaced by one; a client whose base URL ends with a slash sends them.
     * {@link URI} takes the text between the first two slashes and the next one for an authority, which a request
     * without a scheme does not have.
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
        requestCounts.add(counted, 1);
        try {
            page.answer(Query.parse(exchange.getRequestURI().getRawQuery()), answer);
        } catch (BadQuery e) {
            requestCounts.add(counted, -1);
            answer.line(400, e.getMessage());
        }
    }

    private String scheme() {
        return server instanceof HttpsServer ? "https" : "http";
    }

    private String hostAndPort(String host) {
        return new HostPort(host, port()).toString();
    }

    /** Returns the port; the actual one if the options ask for any free port. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Returns {@code http://host:port} and the base path, for an HTTP client on this machine. */
    public String url() {
        String host = options().host();
        boolean any = host.equals("0.0.0.0") || host.equals("::");
        return scheme() + "://" + hostAndPort(any ? "127.0.0.1" : host) + basePath;
    }

    /** Closes all connections immediately. */
    @Override
    public void close() {
        server.stop(0);
        deadlines.close();
    }
}
