package io.jnatsd.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The addresses at which this server takes routes, so that it does not dial itself. Threads: any; immutable. */
final class OwnAddresses {
    private final InetAddress bound;
    private final int port;

    OwnAddresses(InetSocketAddress bound) {
        this.bound = bound.getAddress();
        this.port = bound.getPort();
    }

    /**
     * Removes this server's own addresses from those that a URL leads to. If one of them is a loopback address, all
     * loopback addresses go: {@code localhost} may be 127.0.0.1 and ::1, and no other server is meant by it.
     *
     * @param candidates the addresses of one host
     * @param candidatePort the port of the URL
     */
    List<InetAddress> remove(List<InetAddress> candidates, int candidatePort) {
        if (candidatePort != port)
            return candidates;
        boolean loopback = candidates.stream().anyMatch(address -> address.isLoopbackAddress() && isOwn(address));
        return candidates.stream().filter(address -> !isOwn(address) && !(loopback && address.isLoopbackAddress()))
                .toList();
    }

    private boolean isOwn(InetAddress address) {
        // The system connects a wildcard address to the loopback interface.
        if (address.isAnyLocalAddress())
            return bound.isAnyLocalAddress() || bound.isLoopbackAddress();
        if (!bound.isAnyLocalAddress())
            return address.equals(bound);
        return address.isLoopbackAddress() || isOfAnInterface(address);
    }

    private static boolean isOfAnInterface(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            // It is dialled then, and the server ids show that both ends are the same server.
            return false;
        }
    }
}
