package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.jnatsd.check.MeshCheck;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code --check}: servers that see each other, and what may be wrong with a mesh. */
@Timeout(60)
class MeshCheckTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open)
            each.close();
    }

    private TestServer server(String name, TestServer... others) {
        return server(name, o -> { }, others);
    }

    private TestServer server(String name, Consumer<OptionsBuilder> change, TestServer... others) {
        TestServer server = Clusters.server(change.andThen(o -> {
            o.serverName = name;
            o.httpPort = -1;
            o.clusterName = "c";
        }), List.of(others).stream().map(Clusters::url).toArray(java.net.URI[]::new));
        open.add(server);
        return server;
    }

    /** Starts an HTTP server that says what a NATS server with this clock would. */
    private String fake(String id, String version, Duration ahead, String healthz) throws IOException {
        HttpServer fake = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        fake.createContext("/", exchange -> {
            String page = switch (exchange.getRequestURI().getPath()) {
                case "/varz" -> "{\"server_id\":\"" + id + "\",\"version\":\"" + version + "\",\"connections\":2,\"now\":\""
                        + Instant.now().plus(ahead) + "\"}";
                case "/healthz" -> healthz;
                default -> "{\"routes\":[{\"remote_id\":\"far\\u001b[2J\",\"ip\":\"10.0.0.9\",\"port\":6222}]}";
            };
            byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(page.contains("error") ? 503 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        fake.start();
        open.add(() -> fake.stop(0));
        return "127.0.0.1:" + fake.getAddress().getPort();
    }

    private static MeshCheck check(TestServer... servers) {
        return MeshCheck.of(List.of(servers).stream().map(server -> server.server().monitorUrl()).toList());
    }

    private static List<String> messages(MeshCheck check) {
        return check.lines().stream().filter(line -> line.startsWith("note: ") || line.startsWith("problem: ")).toList();
    }

    @Test
    void aMeshInWhichEachSeesEachIsWell() throws Exception {
        TestServer a = server("a"), b = server("b", a), c = server("c", a, b);
        for (TestServer each : List.of(a, b, c))
            Clusters.awaitRoutes(each, 2);
        a.quiet();
        MeshCheck check = check(a, b, c);
        assertEquals(List.of(), messages(check));
        assertTrue(check.isWell());
        List<String> lines = check.lines();
        assertTrue(lines.get(0).matches("server  version +cluster  clients  clock +routes to"), lines.get(0));
        assertTrue(lines.get(1).matches("\"a\" +\\S+ +\"c\" +1 +[+-]\\d+\\.\\d{3}s +(\"b\", \"c\"|\"c\", \"b\")"), lines.get(1));
        assertEquals("3 servers, and no problem", lines.getLast());
    }

    @Test
    void aServerThatWasNotAskedAndOneThatWasAskedTwiceAreNoted() throws Exception {
        TestServer a = server("a"), b = server("b", a);
        Clusters.awaitRoutes(a, 1);
        Clusters.awaitRoutes(b, 1);
        String url = a.server().monitorUrl();
        MeshCheck check = MeshCheck.of(List.of(url, url + "/"));
        assertEquals(List.of("note: \"" + url + "/\" is the server \"a\" once more",
                "note: there is another server at 127.0.0.1:" + portOf(a, b) + ", which was not asked: \"" + b.server().serverId()
                        + "\""), messages(check));
        assertTrue(check.isWell());
    }

    /** Returns the port that a server shows for the route from another one. */
    private static int portOf(TestServer shows, TestServer of) {
        return shows.server().cluster().stats().stream().filter(r -> r.remoteId().equals(of.server().serverId()))
                .findFirst().orElseThrow().port();
    }

    @Test
    void serversWithoutARouteAndWithTheSameNameAreProblems() {
        TestServer a = server("a"), b = server("b"), twin = server("a");
        MeshCheck check = check(a, b, twin);
        assertFalse(check.isWell());
        assertEquals(List.of("problem: \"a\" and \"b\" have no route to each other",
                "problem: \"a\" and \"a\" have no route to each other", "problem: \"b\" and \"a\" have no route to each other",
                "problem: the name \"a\" belongs to 2 servers: " + a.server().serverId() + ", " + twin.server().serverId()),
                messages(check));
    }

    @Test
    void clocksVersionsAndHealthAreCompared() throws Exception {
        String one = fake("one", "1.0.2", Duration.ZERO, "{\"status\":\"ok\"}");
        String two = fake("two", "2.9.10", Duration.ofMinutes(1), "{\"status\":\"unavailable\",\"error\":\"lame duck mode\"}");
        List<String> messages = messages(MeshCheck.of(List.of(one, "http://" + two + "/")));
        assertEquals(List.of("note: versions differ: 1.0.2 (\"one\"), 2.9.10 (\"two\")",
                "note: there is another server at 10.0.0.9:6222, which was not asked: \"far\\x1b[2J\"",
                "problem: \"one\" and \"two\" have no route to each other"), messages.subList(0, 3));
        assertTrue(messages.get(3).matches("problem: the clock of \"two\" is ahead of that of \"one\" by (59|60|61)\\.\\ds"),
                messages.get(3));
        assertEquals("problem: \"two\" is not healthy: lame duck mode", messages.get(4));
    }

    @Test
    void aPortThatDoesNotAnswerAsAServerIsAProblem() throws Exception {
        TestServer a = server("a"), secret = server("s", o -> {
            o.httpUser = "u";
            o.httpPassword = "p@ss";
        });
        String login = secret.server().monitorUrl();
        String other = fake("", "", Duration.ZERO, "[]");
        String nats = "127.0.0.1:" + a.port();
        assertEquals(List.of("problem: \"" + nats + "\": does not answer with HTTP",
                "problem: \"127.0.0.1:1\": no server listens there",
                "problem: \"" + login + "\": needs a login, as in http://user:password@host:8222",
                "problem: \"" + other + "\": is not the monitoring port of a NATS server",
                "problem: \"ftp://x\": is no URL like http://host:8222"),
                messages(MeshCheck.of(List.of(a.server().monitorUrl(), nats, "127.0.0.1:1", login, other, "ftp://x"))));
        MeshCheck known = MeshCheck.of(List.of(login.replace("http://", "http://u:p%40ss@")));
        assertTrue(known.isWell());
        assertEquals("one server, and no problem", known.lines().getLast());
    }
}
