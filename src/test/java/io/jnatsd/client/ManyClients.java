package io.jnatsd.client;

import io.jnatsd.connection.ServerState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;

/** Creates any number of clients without a network. */
public final class ManyClients {
    private ManyClients() {
    }

    /** Connects clients that never send anything, to no server. */
    public static Clients join(ServerState state, int count) throws IOException {
        Clients clients = new Clients(state);
        join(clients, count);
        return clients;
    }

    /** Connects such clients beside those that a server has. */
    public static void join(Clients clients, int count) throws IOException {
        for (int i = 0; i < count; i++)
            clients.admit(clients.accept(new FakeSocket(i)));
    }

    private static final class FakeSocket extends Socket {
        private final int number;

        FakeSocket(int number) {
            this.number = number;
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            try {
                byte[] address = {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
                return new InetSocketAddress(InetAddress.getByAddress(address), 1024 + number % 60_000);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
