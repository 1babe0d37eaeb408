package io.jnatsd.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/**
 * The addresses at which this server accepts routes, so that it does not dial itself. Threads: any thread; immutable.
 */
final class OwnAddresses {
    private final InetAddress bound;
    private final int port;

    OwnAddresses(InetSocketAddress bound) {
        this.bound = bound.getAddress();
        this.port = bound.getPort();
    }

    /**
     * Removes this server's own addresses from the addresses of a URL. If one of them is a loopback address, all
     * loopback addresses are removed, because {@code localhost} may be both 127.0.0.1 and ::1, and then means this
     * server only.
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
        // Connecting to a wildcard address reaches the loopback interface.
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
            // The address is dialled in this case, and the server ids then show that it is this server.
            return false;
        }
    }
}
