package io.jnatsd.connection;

import io.jnatsd.text.IpText;
import io.jnatsd.websocket.CloseCode;
import io.jnatsd.websocket.WebSocketOutput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A connection's socket and what has been put over it: TLS, frames. Threads: the reader calls {@link #secure} and
 * {@link #frame} before its first batch; who writes ends the output; any thread calls the rest.
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

    /** The socket, or what TLS has made of it. */
    Socket top() {
        SSLSocket tls = secured;
        return tls == null ? socket : tls;
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
            framed.end(code(why), why.toString());
    }

    /** What the close frame says. */
    private static CloseCode code(CloseReason reason) {
        return switch (reason) {
            case CLIENT_CLOSED -> CloseCode.NORMAL;
            case SERVER_SHUTDOWN -> CloseCode.GOING_AWAY;
            case PROTOCOL_ERROR, PROTOCOL_VIOLATION, CLIENT_PROTOCOL -> CloseCode.PROTOCOL_ERROR;
            case PAYLOAD -> CloseCode.TOO_BIG;
            default -> CloseCode.POLICY_VIOLATION;
        };
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
