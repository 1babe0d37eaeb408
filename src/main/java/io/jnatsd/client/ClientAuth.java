package io.jnatsd.client;

import io.jnatsd.auth.Authenticator;
import java.time.Duration;

/**
 * How clients log in (protocol reference, section 12). Threads: immutable. A reload swaps it whole, so that who judges,
 * how long a client may take and what it is told always belong together.
 *
 * @param authenticator null if anybody may come in
 * @param overWebSocket who judges clients over WebSocket, where certificates may count for more or less; null likewise
 * @param timeout in which the client has to show its credentials
 * @param silent a client that sends another command than CONNECT first comes in as well, if the authenticator says so
 * @param nonce INFO has something for clients to sign
 * @param named log lines about refused clients name their users
 * @param system one user has what is under {@code $SYS} for itself
 */
public record ClientAuth(Authenticator authenticator, Authenticator overWebSocket, Duration timeout, boolean silent,
        boolean nonce, boolean named, boolean system) {
    /** Anybody may come in. */
    public static final ClientAuth NONE = new ClientAuth(null, null, Duration.ZERO, true, false, false, false);
}
