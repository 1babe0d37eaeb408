package io.jnatsd.cluster;

import io.jnatsd.server.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The route port of a server that the test simulates. */
final class PeerPort implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5000;

    private final ServerSocket port;
    private final List<RawClient> accepted = new ArrayList<>();

    PeerPort() throws IOException {
        this(0);
    }

    PeerPort(int number) throws IOException {
        port = new ServerSocket(number, 50, InetAddress.getLoopbackAddress());
        port.setSoTimeout(PATIENCE_MILLIS);
    }

    int number() {
        return port.getLocalPort();
    }

    URI url() {
        return Clusters.url(number());
    }

    /** Accepts the next connection. */
    RawClient accept() throws IOException {
        RawClient peer = new RawClient(acceptSocket());
        accepted.add(peer);
        return peer;
    }

    Socket acceptSocket() throws IOException {
        return port.accept();
    }

    /** Accepts the next connection, and reads its CONNECT and INFO. */
    RawClient acceptHello() throws IOException {
        RawClient peer = accept();
        peer.expect("CONNECT \\{[^\r]*}\r\nINFO \\{[^\r]*}\r\n");
        return peer;
    }

    /** Returns whether no connection arrives within this time. */
    boolean isQuiet(int millis) throws IOException {
        port.setSoTimeout(millis);
        try (Socket dialled = port.accept()) {
            return false;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } finally {
            port.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    @Override
    public void close() throws IOException {
        port.close();
        for (RawClient peer : accepted)
            peer.close();
    }
}
