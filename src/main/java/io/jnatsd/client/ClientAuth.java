package io.jnatsd.client;

import io.jnatsd.auth.Authenticator;
import java.time.Duration;

/**
 * The rules for logins of clients (protocol.md, section 13). Threads: immutable. A reload replaces the whole object, so
 * that its values always belong together.
 *
 * @param authenticator null if no login is required
 * @param overWebSocket the authenticator of clients over WebSocket, where certificates may be handled differently; null
 *         if no login is required
 * @param timeout the time in which the client must send its credentials
 * @param silent whether a client whose first command is not CONNECT is accepted, if the authenticator allows that
 * @param nonce whether INFO contains a nonce for clients to sign
 * @param named whether log lines about refused clients contain their users
 * @param system whether subjects under {@code $SYS} are reserved for one user
 */
public record ClientAuth(Authenticator authenticator, Authenticator overWebSocket, Duration timeout, boolean silent,
        boolean nonce, boolean named, boolean system) {
    /** No login is required. */
    public static final ClientAuth NONE = new ClientAuth(null, null, Duration.ZERO, true, false, false, false);
}
