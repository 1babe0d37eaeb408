package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections that are open at the same time. */
final class Crowd implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final List<Socket> sockets = new ArrayList<>();

    Crowd(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            sockets.add(socket);
        }
    }

    /** Sends the same from all. */
    Crowd send(byte[] bytes) {
        for (Socket socket : sockets)
            send(socket, bytes);
        return this;
    }

    Crowd send(String text) {
        return send(text.getBytes(ISO_8859_1));
    }

    /** Sends from one, whose connection the server may have closed. */
    void send(int number, String text) {
        send(sockets.get(number), text.getBytes(ISO_8859_1));
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // The server has closed the connection.
        }
    }

    /** Reads all connections on threads of their own, until they end, and discards what is read. */
    List<Thread> drain() {
        return sockets.stream().map(socket -> Thread.startVirtualThread(() -> Target.discard(socket))).toList();
    }

    int size() {
        return sockets.size();
    }

    /** Reads all connections until the server has closed them; returns what was read. */
    List<String> readToEnds() {
        return sockets.stream().map(Target::readToEnd).toList();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets)
            socket.close();
    }
}
