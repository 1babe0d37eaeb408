package io.jnatsd.client;

import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.IncidentSink;
import io.jnatsd.connection.Opening;
import io.jnatsd.connection.ServerState;
import io.jnatsd.log.Log;
import io.jnatsd.tls.TlsHandshake;
import io.jnatsd.websocket.RefusedException;
import io.jnatsd.websocket.Upgrade;
import io.jnatsd.websocket.WebSocketInput;
import io.jnatsd.websocket.WebSocketOutput;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The settings of the WebSocket port: TLS if it is configured, then an HTTP upgrade request, then frames. Threads:
 * immutable; {@link #open}: the client's reader only.
 *
 * @param handshake null for a port without TLS
 * @param timeout the time in which the request must arrive
 */
public record ClientWebSocket(TlsHandshake handshake, Upgrade upgrade, Duration timeout) {

    /** Returns false if the upgrade has failed and the connection is being closed. */
    boolean open(Client client, ServerState server, Opening opening) {
        if (handshake != null && !opening.secure("client connection", () -> handshake.server(opening.socket()),
                RefusedException.noTls().response()))
            return false;
        Socket socket = opening.socket();
        AtomicBoolean settled = new AtomicBoolean();
        Future<?> deadline = server.after(timeout, () -> {
            if (settled.compareAndSet(false, true))
                refuse(client, server.log, RefusedException.late());
        });
        try {
            byte[] response = upgrade.respond(socket.getInputStream());
            if (!settled.compareAndSet(false, true))
                return false;
            WebSocketOutput out =
                    new WebSocketOutput(socket.getOutputStream(), response, opening::flushControl);
            opening.frame(new WebSocketInput(socket.getInputStream(), out, new Reader(client, server)), out);
            server.log.debug(client, "WebSocket handshake complete");
            return true;
        } catch (RefusedException e) {
            if (settled.compareAndSet(false, true))
                refuse(client, server.log, e);
        } catch (IOException e) {
            server.log.debug(client, "websocket handshake error: " + e.getMessage());
            if (settled.compareAndSet(false, true))
                client.close(CloseReason.CLIENT_CLOSED, "");
        } finally {
            // Not needed for correctness: if the deadline has already passed, cancelling it has no effect.
            if (deadline != null)
                deadline.cancel(false);
        }
        return false;
    }

    private static void refuse(Client client, Log log, RefusedException why) {
        log.error(client, "websocket handshake error: " + why.getMessage());
        client.close(CloseReason.PROTOCOL_VIOLATION, why.response());
    }

    /** The client as the owner of its frame reader. Threads: the client's reader only. */
    private record Reader(Client client, ServerState server) implements WebSocketInput.Owner {
        @Override
        public void faulty(String fault) {
            server.log.error(client, "websocket error: " + fault);
            server.report(client, IncidentSink.Kind.PROTOCOL, "websocket error: " + fault);
            client.close(CloseReason.PROTOCOL_VIOLATION, "");
        }

        @Override
        public boolean readsOn(int bytes) {
            return client.readsOn(bytes);
        }
    }
}
