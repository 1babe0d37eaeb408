package io.jnatsd.client;

import io.jnatsd.connection.Backlog;
import io.jnatsd.connection.CloseReason;
import io.jnatsd.connection.Times;
import java.net.InetSocketAddress;

/**
 * One client as monitoring shows it, at one moment. It holds no secrets: of CONNECT only what {@link Identity} has.
 * Threads: immutable.
 *
 * @param address null if the socket went before anybody looked
 * @param tls null for a plain connection
 * @param webSocket it comes over WebSocket
 * @param end null while it is connected
 */
public record ClientView(long id, InetSocketAddress address, Identity identity, Times times, Traffic traffic,
        int subscriptions, Tls tls, boolean webSocket, End end) {

    /** What the client said of itself in CONNECT; the user is the one that it is known as. */
    public record Identity(String name, String lang, String version, String user) {
    }

    /** Messages and payload bytes; in is from the client. Pending bytes wait to be written to it. */
    public record Traffic(long inMessages, long inBytes, long outMessages, long outBytes, long pending) {
    }

    /** As TLS names them: {@code 1.3}, {@code TLS_AES_128_GCM_SHA256}. */
    public record Tls(String version, String cipherSuite) {
    }

    /**
     * How it ended.
     *
     * @param stopped in milliseconds since 1970
     * @param backlog of a slow consumer; null for others
     */
    public record End(long stopped, CloseReason reason, Backlog backlog) {
    }
}
