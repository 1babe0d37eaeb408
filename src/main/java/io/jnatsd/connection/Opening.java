package io.jnatsd.connection;

import io.jnatsd.delivery.Outbound;
import io.jnatsd.log.Log;
import io.jnatsd.protocol.ReadBuffer;
import io.jnatsd.tls.TlsContext;
import io.jnatsd.websocket.WebSocketInput;
import io.jnatsd.websocket.WebSocketOutput;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLSocket;

/**
 * What may be put over the socket of a connection before its first command: TLS and WebSocket frames. Every port
 * secures its connections here.
 *
 * <p>Threads: the connection's reader, before it reads the first batch.
 */
public final class Opening {
    private final Connection connection;
    private final Log log;
    private final Transport transport;
    private final ReadBuffer input;
    private final Outbound outbound;

    /** One side of a TLS handshake. */
    public interface Handshake {
        /** @throws IOException if it fails or takes too long; then the socket may still take a few bytes */
        SSLSocket shake() throws IOException;
    }

    Opening(Connection connection, Log log, Transport transport, ReadBuffer input, Outbound outbound) {
        this.connection = connection;
        this.log = log;
        this.transport = transport;
        this.input = input;
        this.outbound = outbound;
    }

    /** The socket, or what TLS has made of it. */
    public Socket socket() {
        return transport.top();
    }

    /** Gives back bytes that were read from the socket: they are the peer's first ones. */
    public void unread(byte[] bytes) {
        input.unread(bytes);
    }

    /**
     * Shakes hands; from then on everything is encrypted.
     *
     * @param what what is secured, for the log: {@code client connection}, {@code route server}
     * @param refusal what a peer is told if the handshake fails
     * @return false if it has failed, and the connection is being closed
     */
    public boolean secure(String what, Handshake handshake, String refusal) {
        try {
            log.debug(connection, "Starting TLS " + what + " handshake");
            SSLSocket tls = handshake.shake();
            input.readFrom(tls.getInputStream());
            outbound.writeTo(tls.getOutputStream());
            transport.secure(tls);
            log.debug(connection, "TLS handshake complete");
            if (log.debugOn())
                log.debug(connection, TlsContext.describe(tls.getSession()));
            return true;
        } catch (IOException e) {
            refuse(e, refusal);
            return false;
        }
    }

    /** A handshake has failed: closes the connection. */
    public void refuse(IOException e, String refusal) {
        String text = e.getMessage();
        if (connection.isRoute())
            text = "TLS route handshake error: " + text;
        else if (!(e instanceof SocketTimeoutException))
            text = "TLS handshake error: " + text;
        log.error(connection, text);
        connection.close(CloseReason.TLS_HANDSHAKE, refusal);
    }

    /** Has the writer flush what the frames themselves have to say, such as a pong. */
    public void flushControl() {
        outbound.flushControl();
    }

    /** From here on everything comes and goes in frames. */
    public void frame(WebSocketInput in, WebSocketOutput out) {
        input.readFrom(in);
        outbound.writeTo(out);
        transport.frame(out);
    }
}
