package io.jnatsd;

import java.time.Instant;
import java.util.Objects;

/**
 * Something that a server has refused, or a connection that it has ended for being slow or breaking a rule, see {@link
 * NatsServer#incidents}.
 *
 * @param time when it happened
 * @param kind what was wrong
 * @param route whether the peer is another server of the cluster and not a client
 * @param id the number of the connection, {@link ConnectedClient#id} of a client
 * @param name the name that the client has given its connection; of a route the id of the other server; empty if not
 *        known
 * @param user the user as whom the client has logged in or tried to, empty if none
 * @param text what the server has told the peer by {@code -ERR}, or what it has logged if it has not told the peer
 */
public record Incident(Instant time, Kind kind, boolean route, long id, String name, String user, String text) {

    /** What was wrong. */
    public enum Kind {
        /** More waited for the peer than it may, or it took too long to read it. It was disconnected. */
        SLOW_CONSUMER,
        /** The login was wrong, did not come in time, or is no longer valid. The peer was disconnected. */
        AUTHORIZATION,
        /** The user may not publish or subscribe to the subject. The client stays connected. */
        PERMISSIONS,
        /**
         * There were too many connections, or a message or line was too large, and the client was disconnected; or it
         * had too many subscriptions.
         */
        LIMIT,
        /**
         * The peer has broken the protocol, or sent an error of its own such as a refused login, and was disconnected;
         * or it has used a wrong subject.
         */
        PROTOCOL,
        /** The TLS handshake has failed, for example because a certificate was not accepted. */
        TLS,
        /** The peer has not answered PINGs, and was disconnected. */
        STALE
    }

    /** Checks that nothing is null. */
    public Incident {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(text, "text");
    }

    /** Returns kind, peer and text: {@code STALE orders (cid 4): Stale Connection}. */
    @Override
    public String toString() {
        String number = (route ? "rid " : "cid ") + id;
        return kind + " " + (name.isEmpty() ? number : name + " (" + number + ")") + ": " + text;
    }
}
