package io.jnatsd.connection;

import io.jnatsd.text.IpText;
import io.jnatsd.tls.TlsHandshake;
import io.jnatsd.websocket.CloseCode;
import io.jnatsd.websocket.WebSocketOutput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A connection's socket and the layers over it: TLS and WebSocket frames. Threads: {@link #secure} and {@link #frame}:
 * the reader, before its first batch; the end of the output: the writing thread; other methods: any thread.
 */
final class Transport {
    private final Socket socket;
    /** Null without TLS. */
    private volatile SSLSocket secured;
    /** Null without WebSocket frames. */
    private volatile WebSocketOutput frames;
    /** The socket is reset when it is closed. */
    private volatile boolean reset;

    Transport(Socket socket) {
        this.socket = socket;
    }

    /** Returns the plain socket below all layers. */
    Socket socket() {
        return socket;
    }

    /** Returns the socket, or the TLS socket over it. */
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

    /** Has {@link #close} reset the connection, as a system does whose program has crashed. */
    void resetWhenClosed() {
        reset = true;
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // It is closed already.
        }
    }

    /** Returns whether the peer may need time to read the last output before the socket is closed. */
    boolean endsInOrder() {
        return !reset;
    }

    /** Ends the layers before the output is shut down: on a WebSocket, sends a close frame with the reason. */
    void endLayers(CloseReason why) throws IOException {
        WebSocketOutput framed = frames;
        if (framed != null && !reset)
            framed.end(code(why), why.toString());
    }

    /** Returns the status code of the close frame. */
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

    /** Closes the plain socket, because closing the TLS socket would wait for a blocked writer. */
    void close() throws IOException {
        socket.close();
    }

    /** Returns the TLS session, or null without TLS. */
    SSLSession session() {
        SSLSocket tls = secured;
        return tls == null ? null : tls.getSession();
    }

    /** Returns the certificates that the peer has presented and that were verified, its own first; none without TLS. */
    List<X509Certificate> certificates() {
        try {
            SSLSession session = session();
            return session == null ? List.of() : Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    /**
     * Returns the same certificates, or none if they are not valid by these TLS options any more.
     *
     * @param inForce null if there is no TLS any more
     */
    List<X509Certificate> certificatesFor(TlsHandshake inForce) {
        List<X509Certificate> certificates = certificates();
        boolean trusted = !certificates.isEmpty() && inForce != null && inForce.trusts(session());
        return trusted ? certificates : List.of();
    }

    /** Returns the address of the peer without its port. */
    String ip() {
        return socket.getInetAddress() == null ? "" : IpText.of(socket.getInetAddress());
    }

    /** Returns the address of the peer with its port; {@code unix} over a Unix domain socket. */
    String address() {
        return switch (socket.getRemoteSocketAddress()) {
            case InetSocketAddress peer -> IpText.of(peer.getAddress()) + ":" + peer.getPort();
            case UnixDomainSocketAddress file -> "unix";
            case null, default -> "-";
        };
    }
}
