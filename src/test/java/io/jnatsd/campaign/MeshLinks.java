package io.jnatsd.campaign;

import io.jnatsd.cluster.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The links of a mesh: one for each server and each other server that it dials, and one for each server that it
 * advertises. Threads: one.
 */
final class MeshLinks implements AutoCloseable {
    private final TcpProxy[][] links;
    private final List<TcpProxy> advertised = new ArrayList<>();

    /** @param ports the route port of each server */
    MeshLinks(List<Integer> ports) throws IOException {
        links = new TcpProxy[ports.size()][ports.size()];
        for (int to = 0; to < links.length; to++) {
            advertised.add(link(ports.get(to)));
            for (int from = 0; from < links.length; from++)
                if (from != to)
                    links[from][to] = link(ports.get(to));
        }
    }

    private static TcpProxy link(int target) throws IOException {
        TcpProxy link = new TcpProxy();
        link.to(target);
        return link;
    }

    /** Returns the port at which one server reaches another. */
    int port(int from, int to) {
        return links[from][to].number();
    }

    /** Returns the port that a server tells others about. */
    int advertisedPort(int server) {
        return advertised.get(server).number();
    }

    private interface Disturbance {
        /** @param inward the link leads to the server, and not from it */
        void on(TcpProxy link, boolean inward) throws IOException;
    }

    /** Disturbs all links of a server. No server can go around them by an advertised address. */
    private void disturb(int server, Disturbance disturbance) throws IOException {
        for (TcpProxy link : advertised)
            link.refuse(true);
        disturbance.on(advertised.get(server), true);
        for (int other = 0; other < links.length; other++) {
            if (other != server) {
                disturbance.on(links[other][server], true);
                disturbance.on(links[server][other], false);
            }
        }
    }

    void delay(int server, Duration each) throws IOException {
        disturb(server, (link, inward) -> link.delay(each));
    }

    void throttle(int server, long bytesPerSecond) throws IOException {
        disturb(server, (link, inward) -> link.throttle(bytesPerSecond));
    }

    /** Holds back what goes to a server, or what comes from it. */
    void hold(int server, boolean incoming) throws IOException {
        disturb(server, (link, inward) -> link.hold(inward == incoming, inward != incoming));
    }

    /** Breaks the connections of a server, which may be made again at once. */
    void cut(int server) throws IOException {
        disturb(server, (link, inward) -> link.cut());
    }

    /** Breaks the connections of a server, and refuses others until {@link #heal}. */
    void isolate(int server) throws IOException {
        disturb(server, (link, inward) -> {
            link.refuse(true);
            link.cut();
        });
    }

    void heal() {
        advertised.forEach(TcpProxy::heal);
        for (TcpProxy[] row : links)
            for (TcpProxy link : row)
                if (link != null)
                    link.heal();
    }

    @Override
    public void close() throws IOException {
        for (TcpProxy link : advertised)
            link.close();
        for (TcpProxy[] row : links)
            for (TcpProxy link : row)
                if (link != null)
                    link.close();
    }
}
