package io.jnatsd.auth;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The credentials in a CONNECT, and properties of the connection. Texts are empty if they are not given.
 *
 * @param nkey public key of a user, with {@code signature} over {@code nonce}
 * @param address the client's IP address
 * @param clientName the name that the client has chosen for its connection
 * @param certificates the certificates that were verified in the TLS handshake, the client's own first
 */
public record Credentials(String user, String password, String token, String nkey, String signature, String nonce,
        String address, String clientName, List<X509Certificate> certificates) {

    /** The first groups of an IPv6 address that identify a network, which usually belongs to one party. */
    private static final int NETWORK_GROUPS = 4;

    /**
     * Returns the requester that a password check counts for: the network, and the user if it exists. Names of unknown
     * users are not part of it, because a peer can invent any number of them.
     */
    String asker(boolean known) {
        int end = -1;
        for (int group = 0; group < NETWORK_GROUPS; group++)
            end = address.indexOf(':', end + 1);
        return (end < 0 ? address : address.substring(0, end)) + " " + (known ? user : "");
    }

    /** Returns whether there are no credentials at all. */
    public boolean isEmpty() {
        return user.isEmpty() && password.isEmpty() && token.isEmpty() && nkey.isEmpty();
    }

    /** Omits secrets, so that they do not get into logs. */
    @Override
    public String toString() {
        return "Credentials[user=" + user + ", address=" + address + "]";
    }
}
