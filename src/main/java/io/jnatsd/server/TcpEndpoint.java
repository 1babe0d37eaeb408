package io.jnatsd.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP port that was reserved. Threads: as {@link Listener}. */
final class TcpEndpoint implements Listener.Endpoint {
    private final ReservedPort port;
    private final ServerSocket socket = new ServerSocket();

    TcpEndpoint(ReservedPort port) throws IOException {
        this.port = port;
    }

    @Override
    public InetSocketAddress address() {
        return port.address();
    }

    @Override
    public void listen(int backlog) throws IOException {
        port.listen(address -> socket.bind(address, backlog));
    }

    @Override
    public Socket accept() throws IOException {
        return socket.accept();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        port.close();
        socket.close();
    }
}
