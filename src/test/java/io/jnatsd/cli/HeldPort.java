package io.jnatsd.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A free port of the loopback address whose number must be known before a server listens on it. A socket that is bound
 * and does not listen holds it: the system gives the port to no other process and to no outgoing connection, while a
 * server, whose sockets may reuse addresses, can listen on it. Close it when the server listens.
 */
public final class HeldPort implements AutoCloseable {
    private final Socket holder = new Socket();

    public HeldPort() {
        this(InetAddress.getLoopbackAddress());
    }

    /** @param address where the server will listen; the wildcard address for all interfaces */
    public HeldPort(InetAddress address) {
        try {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(address, 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int number() {
        return holder.getLocalPort();
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
