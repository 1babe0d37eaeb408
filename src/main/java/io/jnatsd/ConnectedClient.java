package io.jnatsd;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A client of a server as it was at one moment, see {@link NatsServer#clients}. It does not change; ask the server again
 * for newer numbers.
 *
 * @param id the number of the connection, which the client is told in INFO as {@code client_id}; the server gives each
 *        number once
 * @param name the name that the client has given its connection, empty if none
 * @param user the user that the client has logged in as, empty if none
 * @param address the address and port of the client
 * @param language the language of its library, such as {@code java}, empty if it has not said
 * @param version the version of its library, empty if it has not said
 * @param tls whether the connection is encrypted
 * @param webSocket whether the client is connected over WebSocket
 * @param connectedSince when it has connected
 * @param subscriptions ordered by subject and queue group
 * @param messagesIn the number of messages that the client has published
 * @param bytesIn the bytes of their payloads and headers
 * @param messagesOut the number of messages for the client
 * @param bytesOut the bytes of their payloads and headers
 * @param pendingBytes the bytes that wait to be sent to the client
 */
public record ConnectedClient(long id, String name, String user, InetSocketAddress address, String language,
        String version, boolean tls, boolean webSocket, Instant connectedSince, List<Subscription> subscriptions,
        long messagesIn, long bytesIn, long messagesOut, long bytesOut, long pendingBytes) {

    /**
     * A subscription of a client.
     *
     * @param subject may have wildcards
     * @param queueGroup empty for none
     * @param delivered the number of messages that were delivered to it
     */
    public record Subscription(String subject, String queueGroup, long delivered) {
        /** Checks that nothing is null. */
        public Subscription {
            Objects.requireNonNull(subject, "subject");
            Objects.requireNonNull(queueGroup, "queueGroup");
        }
    }

    /** Keeps its own copy of the list. */
    public ConnectedClient {
        subscriptions = List.copyOf(subscriptions);
    }

    /**
     * Returns whether the client has a subscription with exactly this subject, in a queue group or not.
     *
     * @param subject compared as text: a wildcard does not match other subjects
     * @return true if there is at least one
     */
    public boolean hasSubscription(String subject) {
        return subscriptions.stream().anyMatch(subscription -> subscription.subject().equals(subject));
    }

    /** Returns the name and id as messages of this library show them: {@code orders (cid 4)}, {@code cid 5}. */
    @Override
    public String toString() {
        return name.isEmpty() ? "cid " + id : name + " (cid " + id + ")";
    }
}
