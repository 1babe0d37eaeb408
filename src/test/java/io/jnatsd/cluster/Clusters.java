package io.jnatsd.cluster;

import static org.awaitility.Awaitility.await;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/** Servers with a route port, and plain sockets that act as another server. */
final class Clusters {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Clusters() {
    }

    /** Starts a server on free ports that dials these routes. */
    static TestServer server(URI... routes) {
        return server(options -> { }, routes);
    }

    static TestServer server(Consumer<OptionsBuilder> change, URI... routes) {
        return TestServer.start(clustered(routes).andThen(change));
    }

    /** Starts a server with the log of {@code -D}. */
    static TestServer logging(Consumer<OptionsBuilder> change, URI... routes) {
        return TestServer.logging(clustered(routes).andThen(change));
    }

    /** Starts a server with the log of {@code -DV}. */
    static TestServer tracing(Consumer<OptionsBuilder> change, URI... routes) {
        return TestServer.tracing(clustered(routes).andThen(change));
    }

    private static Consumer<OptionsBuilder> clustered(URI... routes) {
        return options -> {
            options.clusterHost = "127.0.0.1";
            options.clusterPort = -1;
            options.routes = List.of(routes);
        };
    }

    static URI url(TestServer server) {
        return url(server.server().clusterPort());
    }

    static URI url(int port) {
        return URI.create("nats-route://127.0.0.1:" + port);
    }

    static String connectLine(String id) {
        return "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":false,\"name\":\"" + id + "\"}\r\n";
    }

    static String infoLine(String id) {
        return "INFO {\"server_id\":\"" + id + "\"}\r\n";
    }

    static String infoLine(String id, int port, String... urls) {
        String list = urls.length == 0 ? "" : ",\"connect_urls\":[" + String.join(",",
                Stream.of(urls).map(url -> "\"" + url + "\"").toList()) + "]";
        return "INFO {\"server_id\":\"" + id + "\",\"version\":\"1.0.2\",\"go\":\"\",\"host\":\"127.0.0.1\",\"port\":"
                + port + ",\"auth_required\":false,\"ssl_required\":false,\"tls_required\":false,\"tls_verify\":false,"
                + "\"max_payload\":1048576" + list + "}\r\n";
    }

    /** Dials a server and reads its INFO. */
    static RawClient dial(TestServer server) throws IOException {
        RawClient peer = RawClient.open(server.server().clusterPort());
        peer.expect("INFO \\{[^\r]*}\r\n");
        return peer;
    }

    /** Dials a server and registers as a peer. The server has no clients, so it announces no subscriptions. */
    static RawClient join(TestServer server, String id) throws IOException {
        RawClient peer = dial(server);
        peer.send(connectLine(id) + infoLine(id)).roundTrip();
        return peer;
    }

    /** Checks at once, and often. */
    static ConditionFactory soon(String what) {
        return await(what).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).atMost(PATIENCE);
    }

    static void awaitRoutes(TestServer server, int count) {
        soon("routes of " + server.server().serverId()).until(() -> server.server().cluster().stats().size() == count);
    }

    static void awaitSubscriptions(TestServer server, long count) {
        soon("subscriptions").until(() -> server.subscriptions() == count);
    }
}
