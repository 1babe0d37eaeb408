package io.jnatsd.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.config.ServerOptions;
import io.jnatsd.server.RawClient;
import io.jnatsd.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** A server with a monitor on a free port, and an HTTP client for it. */
public final class TestMonitor implements AutoCloseable {
    /** The address of a monitor without a server. */
    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Server server;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE).build();

    private TestMonitor(Server server) {
        this.server = server;
    }

    public static TestMonitor start() throws IOException {
        return start(o -> { });
    }

    public static TestMonitor start(Consumer<OptionsBuilder> change) throws IOException {
        return new TestMonitor(Server.start(options(change)));
    }

    public static ServerOptions options(Consumer<OptionsBuilder> change) {
        return ServerOptions.defaults().with(o -> {
            o.host = "127.0.0.1";
            o.port = -1;
            o.httpPort = -1;
            change.accept(o);
        });
    }

    public Server server() {
        return server;
    }

    /** Connects with the settings of client libraries and these further fields in CONNECT. */
    public RawClient client(String fields) throws IOException {
        RawClient client = RawClient.connect(server.port());
        client.send("CONNECT {\"verbose\":false,\"pedantic\":false" + fields + "}\r\n").roundTrip();
        return client;
    }

    public String url(String path) {
        return server.monitorUrl() + path;
    }

    int port() {
        return URI.create(server.monitorUrl()).getPort();
    }

    HttpResponse<String> get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path))).timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0)
            request.headers(headers);
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Returns the body of a successful response. */
    String text(String path) throws IOException {
        HttpResponse<String> answer = get(path);
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    public JsonObject json(String path) throws IOException {
        return JsonParser.parseString(text(path)).getAsJsonObject();
    }

    /** Returns the entries of /connz with these parameters. */
    List<JsonObject> connections(String query) throws IOException {
        return objects(json("/connz" + query).getAsJsonArray("connections"));
    }

    static List<JsonObject> objects(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false).map(e -> e.getAsJsonObject()).toList();
    }

    @Override
    public void close() {
        http.close();
        server.close();
    }
}
