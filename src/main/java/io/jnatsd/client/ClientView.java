package io.jnatsd.client;

import io.jnatsd.connection.Backlog;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Times;
import java.net.InetSocketAddress;

/**
 * A snapshot of one client for monitoring. It contains no secrets: of CONNECT only the fields of {@link Identity}.
 * Threads: immutable.
 *
 * @param address null if the socket was closed before the address was read
 * @param tls null for a plain connection
 * @param webSocket whether it is connected over WebSocket
 * @param end null while it is connected
 */
public record ClientView(long id, InetSocketAddress address, Identity identity, Times times, Traffic traffic,
        int subscriptions, Tls tls, boolean webSocket, End end) {

    /** The values of CONNECT, and the user that the client is logged in as. */
    public record Identity(String name, String lang, String version, String user) {
    }

    /** Messages and payload bytes, in: from the client, out: to the client; and the number of bytes pending for it. */
    public record Traffic(long inMessages, long inBytes, long outMessages, long outBytes, long pending) {
    }

    /** The names that TLS uses: {@code 1.3}, {@code TLS_AES_128_GCM_SHA256}. */
    public record Tls(String version, String cipherSuite) {
    }

    /**
     * The end of a connection.
     *
     * @param stopped a time of the {@link io.jnatsd.log.SteadyClock}
     * @param backlog of a slow consumer; null for others
     */
    public record End(long stopped, CloseReason reason, Backlog backlog) {
    }
}
