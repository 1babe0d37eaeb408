package io.jnatsd.server;

import io.jnatsd.text.HostPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports of one server that is starting. The system lets two sockets bind the same port as long as neither listens,
 * so a port that the options name twice is detected here. Threads: the thread that starts the server.
 */
final class Reservations {
    private final List<InetSocketAddress> taken = new ArrayList<>();

    /**
     * Reserves a port.
     *
     * @param port 0 or less for any free port
     * @throws java.net.UnknownHostException if the host has no address
     * @throws IOException with the error text of the system
     */
    ReservedPort reserve(String host, int port) throws IOException {
        ReservedPort reserved = ReservedPort.of(host, port);
        if (taken.stream().anyMatch(other -> overlap(other, reserved.address()))) {
            reserved.close();
            throw ReservedPort.cannotListen(new HostPort(host, port).toString(), new BindException("Address already in use"));
        }
        taken.add(reserved.address());
        return reserved;
    }

    private static boolean overlap(InetSocketAddress a, InetSocketAddress b) {
        return a.getPort() == b.getPort() && (a.getAddress().equals(b.getAddress())
                || a.getAddress().isAnyLocalAddress() || b.getAddress().isAnyLocalAddress());
    }
}
