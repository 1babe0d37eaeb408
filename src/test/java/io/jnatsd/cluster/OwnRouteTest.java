package io.jnatsd.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.cli.HeldPort;
import io.jnatsd.config.RouteUrl;
import io.jnatsd.server.TestServer;
import io.jnatsd.text.IpText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a server does not dial itself: a route that leads to it is skipped before a connection is made. */
@Timeout(60)
class OwnRouteTest {
    private static final int PORT = 6222;

    private static URI url(String host, int port) {
        return URI.create("nats-route://" + host + ":" + port);
    }

    private static void assertDialsItselfByNoneOf(String bound, Stream<String> hosts) throws IOException {
        try (HeldPort port = new HeldPort(InetAddress.getByName(bound))) {
            List<URI> urls = hosts.map(host -> url(host, port.number())).toList();
            assertDialsNoneOf(urls, bound, port.number());
        }
    }

    private static void assertDialsNoneOf(List<URI> urls, String bound, int port) throws IOException {
        try (TestServer server = Clusters.logging(o -> {
            o.clusterHost = bound;
            o.clusterPort = port;
        }, urls.toArray(URI[]::new))) {
            for (URI url : urls)
                server.awaitLog("[DBG] Detected route to self, ignoring \"" + url + "\"");
            assertEquals(List.of(), server.rawLog().stream().filter(line -> line.contains("rid:")).toList());
            assertEquals(urls.size(),
                    server.log().stream().filter(line -> line.startsWith("[DBG] Detected route to self")).count());
            assertTrue(server.server().cluster().dialers().configured().stream().allMatch(RouteDialer::isStopped));
        }
    }

    @Test
    void aServerOnAllInterfacesKnowsEachOfItsAddresses() throws IOException {
        Stream<String> interfaces = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLinkLocalAddress()).map(IpText::of)
                .map(ip -> ip.indexOf(':') < 0 ? ip : "[" + ip + "]");
        assertDialsItselfByNoneOf("0.0.0.0",
                Stream.concat(Stream.of("localhost", "127.0.0.1", "127.0.0.2", "0.0.0.0"), interfaces).distinct());
    }

    @Test
    void aServerOnTheLoopbackAddressKnowsItByNameAndNumber() throws IOException {
        assertDialsItselfByNoneOf("127.0.0.1", Stream.of("localhost", "127.0.0.1", "0.0.0.0"));
        assertDialsItselfByNoneOf("localhost", Stream.of("localhost", "127.0.0.1"));
    }

    @Test
    void gossipThatLeadsToTheServerItselfIsLeftOut() throws Exception {
        try (TestServer server = Clusters.logging(o -> { })) {
            URI own = url("localhost", server.server().clusterPort());
            server.server().cluster().dialers().dial(RouteUrl.of(own));
            server.awaitLog("[DBG] Detected route to self, ignoring \"" + own + "\"");
            assertEquals(List.of(), server.rawLog().stream().filter(line -> line.contains("rid:")).toList());
        }
    }

    @Test
    void anotherServerOnTheSamePortAndAnotherLocalAddressIsDialled() throws IOException {
        try (TestServer other = Clusters.server();
                TestServer server = Clusters.server(o -> {
                    o.clusterHost = "127.0.0.2";
                    o.clusterPort = other.server().clusterPort();
                }, Clusters.url(other))) {
            Clusters.awaitRoutes(server, 1);
            Clusters.awaitRoutes(other, 1);
        }
    }

    private static InetAddress ip(String text) throws IOException {
        return InetAddress.getByName(text);
    }

    private static List<InetAddress> dialled(String bound, int port, String... candidates) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String candidate : candidates)
            addresses.add(ip(candidate));
        return new OwnAddresses(new InetSocketAddress(ip(bound), PORT)).remove(addresses, port);
    }

    @Test
    void onlyTheOwnAddressesOfANameAreSkipped() throws IOException {
        assertEquals(List.of(ip("198.51.100.7")), dialled("0.0.0.0", PORT, "127.0.0.1", "198.51.100.7"));
        assertEquals(List.of(ip("198.51.100.7")), dialled("198.51.100.3", PORT, "198.51.100.3", "198.51.100.7"));
        assertEquals(List.of(ip("198.51.100.7")), dialled("127.0.0.1", PORT, "::1", "198.51.100.7", "127.0.0.1"));
    }

    @Test
    void aServerOnOneAddressLeavesOutNoOther() throws IOException {
        assertEquals(List.of(ip("127.0.0.1"), ip("::1")), dialled("198.51.100.3", PORT, "127.0.0.1", "::1"));
        assertEquals(List.of(ip("127.0.0.2")), dialled("127.0.0.1", PORT, "127.0.0.2"));
    }

    @Test
    void anotherPortIsAnotherServer() throws IOException {
        assertEquals(List.of(ip("127.0.0.1")), dialled("0.0.0.0", PORT + 1, "127.0.0.1"));
    }
}
