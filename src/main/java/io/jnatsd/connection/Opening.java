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
 * The layers that are put over the socket of a connection before its first command: TLS and WebSocket frames.
 * Connections of all ports use this class.
 *
 * <p>Threads: the reader only, before it reads the first batch.
 */
public final class Opening {
    private final Connection connection;
    private final Log log;
    private final Transport transport;
    private final ReadBuffer input;
    private final Outbound outbound;

    /** One side of a TLS handshake. */
    public interface Handshake {
        /**
         * @throws IOException if the handshake fails or takes too long; a few bytes can still be written to the socket
         */
        SSLSocket shake() throws IOException;
    }

    Opening(Connection connection, Log log, Transport transport, ReadBuffer input, Outbound outbound) {
        this.connection = connection;
        this.log = log;
        this.transport = transport;
        this.input = input;
        this.outbound = outbound;
    }

    /** Returns the socket, or the TLS socket over it. */
    public Socket socket() {
        return transport.top();
    }

    /** Puts back bytes that were read from the socket, as the first bytes of the input. */
    public void unread(byte[] bytes) {
        input.unread(bytes);
    }

    /**
     * Does the TLS handshake; afterwards all data is encrypted.
     *
     * @param what the kind of connection for the log: {@code client connection}, {@code route server}
     * @param refusal the text that is sent to the peer if the handshake fails
     * @return false if the handshake has failed and the connection is being closed
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

    /** Closes the connection after a failed handshake. */
    public void refuse(IOException e, String refusal) {
        String text = e.getMessage();
        if (connection.isRoute())
            text = "TLS route handshake error: " + text;
        else if (!(e instanceof SocketTimeoutException))
            text = "TLS handshake error: " + text;
        log.error(connection, text);
        connection.server.report(connection, IncidentSink.Kind.TLS, text);
        connection.close(CloseReason.TLS_HANDSHAKE, refusal);
    }

    /** Lets the writer flush data that the frame layer produces, such as a pong. */
    public void flushControl() {
        outbound.flushControl();
    }

    /** Sends and receives all further data in frames. */
    public void frame(WebSocketInput in, WebSocketOutput out) {
        input.readFrom(in);
        outbound.writeTo(out);
        transport.frame(out);
    }
}
