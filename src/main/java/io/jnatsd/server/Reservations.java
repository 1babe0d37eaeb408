package io.jnatsd.server;

import io.jnatsd.text.HostPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports of one server that is starting. The system lets two sockets have a port as long as neither listens, so that
 * options which name a port twice are noticed here. Threads: the one that starts the server.
 */
final class Reservations {
    private final List<InetSocketAddress> taken = new ArrayList<>();

    /**
     * Reserves a port.
     *
     * @param port 0 or below for any free one
     * @throws java.net.UnknownHostException if the host has no address
     * @throws IOException with a message in the words of the system
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
