package io.jnatsd.core;

import io.jnatsd.protocol.IpText;
import io.jnatsd.websocket.WebSocketOutput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A connection's socket and what has been put over it: TLS, frames. Threads: {@link #secure} and {@link #frame} the
 * reader's, before its first batch; the end of the output is that of who writes; the rest anybody's.
 */
final class Transport {
    private final Socket socket;
    /** Null without TLS. */
    private volatile SSLSocket secured;
    /** Null if what is written is not framed. */
    private volatile WebSocketOutput frames;

    Transport(Socket socket) {
        this.socket = socket;
    }

    /** The one beneath all. */
    Socket socket() {
        return socket;
    }

    void secure(SSLSocket tls) {
        secured = tls;
    }

    void frame(WebSocketOutput output) {
        frames = output;
    }

    boolean isFramed() {
        return frames != null;
    }

    /** Says why it ends, where there is a way to say so but in the protocol. */
    void sayGoodbye(CloseReason why) throws IOException {
        WebSocketOutput framed = frames;
        if (framed != null)
            framed.end(ClientWebSocket.code(why), why.toString());
    }

    void shutdownOutput() throws IOException {
        SSLSocket tls = secured;
        if (tls != null)
            tls.shutdownOutput();
        else
            socket.shutdownOutput();
    }

    /** Beneath TLS, which would wait for a stuck writer. */
    void close() throws IOException {
        socket.close();
    }

    /** Null without TLS. */
    SSLSession session() {
        SSLSocket tls = secured;
        return tls == null ? null : tls.getSession();
    }

    /** The peer's address without its port. */
    String ip() {
        return socket.getInetAddress() == null ? "" : IpText.of(socket.getInetAddress());
    }

    /** The peer's address with its port. */
    String address() {
        InetSocketAddress peer = (InetSocketAddress) socket.getRemoteSocketAddress();
        return peer == null ? "-" : IpText.of(peer.getAddress()) + ":" + peer.getPort();
    }
}
