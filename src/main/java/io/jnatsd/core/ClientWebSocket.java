package io.jnatsd.core;

import io.jnatsd.tls.TlsHandshake;
import io.jnatsd.websocket.CloseCode;
import io.jnatsd.websocket.RefusedException;
import io.jnatsd.websocket.Upgrade;
import io.jnatsd.websocket.WebSocketInput;
import io.jnatsd.websocket.WebSocketOutput;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;

/**
 * How clients come over WebSocket: TLS, if the port has it, then a request of HTTP, and from there on frames. Threads:
 * immutable; {@link #open} runs on the client's reader.
 *
 * @param handshake null for a port without TLS
 * @param timeout how long the request may take to come
 */
public record ClientWebSocket(TlsHandshake handshake, Upgrade upgrade, Duration timeout) {

    /** False if nothing came of it, and the client is being told so. */
    boolean open(Client client) {
        try {
            if (handshake == null)
                return upgrade(client, client.socket());
            SSLSocket secured = handshake.server(client.socket());
            client.secure(secured);
            return upgrade(client, secured);
        } catch (IOException e) {
            client.server.log.error(client, e instanceof SocketTimeoutException ? e.getMessage()
                    : "TLS handshake error: " + e.getMessage());
            client.close(CloseReason.TLS_HANDSHAKE, RefusedException.noTls().response());
            return false;
        }
    }

    private boolean upgrade(Client client, Socket socket) {
        AtomicBoolean settled = new AtomicBoolean();
        Future<?> deadline = client.server.after(timeout, () -> {
            if (settled.compareAndSet(false, true))
                refuse(client, RefusedException.late());
        });
        try {
            byte[] response = upgrade.respond(socket.getInputStream());
            if (!settled.compareAndSet(false, true))
                return false;
            WebSocketOutput out =
                    new WebSocketOutput(socket.getOutputStream(), response, client.outbound::flushControl);
            client.frame(new WebSocketInput(socket.getInputStream(), out, new Reader(client)), out);
            client.server.log.debug(client, "WebSocket handshake complete");
            return true;
        } catch (RefusedException e) {
            if (settled.compareAndSet(false, true))
                refuse(client, e);
        } catch (IOException e) {
            client.server.log.debug(client, "websocket handshake error: " + e.getMessage());
            if (settled.compareAndSet(false, true))
                client.close(CloseReason.CLIENT_CLOSED, "");
        } finally {
            // Nothing hangs on it: the deadline may have been there first, and then this is in vain.
            if (deadline != null)
                deadline.cancel(false);
        }
        return false;
    }

    private static void refuse(Client client, RefusedException why) {
        client.server.log.error(client, "websocket handshake error: " + why.getMessage());
        client.close(CloseReason.PROTOCOL_VIOLATION, why.response());
    }

    /** The client as the reader of its frames. Threads: the client's reader. */
    private record Reader(Client client) implements WebSocketInput.Owner {
        @Override
        public void faulty(String fault) {
            client.server.log.error(client, "websocket error: " + fault);
            client.close(CloseReason.PROTOCOL_VIOLATION, "");
        }

        @Override
        public boolean readsOn(int bytes) {
            return client.readsOn(bytes);
        }
    }

    /** What the close frame says. */
    static CloseCode code(CloseReason reason) {
        return switch (reason) {
            case CLIENT_CLOSED -> CloseCode.NORMAL;
            case SERVER_SHUTDOWN -> CloseCode.GOING_AWAY;
            case PROTOCOL_ERROR, PROTOCOL_VIOLATION, CLIENT_PROTOCOL -> CloseCode.PROTOCOL_ERROR;
            case PAYLOAD -> CloseCode.TOO_BIG;
            default -> CloseCode.POLICY_VIOLATION;
        };
    }
}
