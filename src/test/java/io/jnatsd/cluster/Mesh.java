package io.jnatsd.cluster;

import io.jnatsd.config.OptionsBuilder;
import io.jnatsd.server.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Servers in this JVM, each of which is configured with a route to the first only. */
final class Mesh implements AutoCloseable {
    private final List<TestServer> servers = new ArrayList<>();

    private Mesh() {
    }

    static Mesh of(int size) {
        return of(size, options -> { });
    }

    static Mesh of(int size, Consumer<OptionsBuilder> change) {
        Mesh mesh = new Mesh();
        for (int i = 0; i < size; i++)
            mesh.servers.add(i == 0 ? Clusters.server(change) : Clusters.server(change, Clusters.url(mesh.get(0))));
        mesh.awaitComplete();
        return mesh;
    }

    TestServer get(int i) {
        return servers.get(i);
    }

    int size() {
        return servers.size();
    }

    /** Starts a server with a route to one of the others. */
    TestServer join(TestServer other) {
        TestServer server = Clusters.server(Clusters.url(other));
        servers.add(server);
        return server;
    }

    void leave(TestServer server) throws IOException {
        servers.remove(server);
        server.close();
    }

    /** Waits until every server has a route to every other one, and no spare connection. */
    void awaitComplete() {
        for (TestServer server : servers)
            Clusters.soon("a route to each of the others").until(() -> {
                RouteTable routes = server.server().cluster().routes();
                return routes.all().size() == servers.size() - 1
                        && servers.stream().allMatch(s -> routes.spare(s.server().serverId()) == null);
            });
    }

    /** Waits until every server has this number of subscriptions. */
    void awaitSubscriptions(long count) {
        for (TestServer server : servers)
            Clusters.soon("subscriptions").until(server::subscriptions, n -> n == count);
    }

    @Override
    public void close() {
        servers.parallelStream().forEach(server -> {
            try {
                server.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
