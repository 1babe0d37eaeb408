package io.jnatsd.auth;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a client showed in CONNECT, and what is known of its connection. Texts are empty where nothing was said.
 *
 * @param nkey public key of a user, with {@code signature} over {@code nonce}
 * @param address the client's IP address
 * @param certificates those that it proved to have in the TLS handshake, its own first
 */
public record Credentials(String user, String password, String token, String nkey, String signature, String nonce,
        String address, List<X509Certificate> certificates) {

    /** Of an IPv6 address, so many groups are the network that one party has all to itself. */
    private static final int NETWORK_GROUPS = 4;

    /**
     * Whose turn it is when the password is checked: of each network, and in it of each user that exists. Of those
     * that do not there are as many as anybody likes.
     */
    String asker(boolean known) {
        int end = -1;
        for (int group = 0; group < NETWORK_GROUPS; group++)
            end = address.indexOf(':', end + 1);
        return (end < 0 ? address : address.substring(0, end)) + " " + (known ? user : "");
    }

    /** Nothing was shown at all. */
    public boolean isEmpty() {
        return user.isEmpty() && password.isEmpty() && token.isEmpty() && nkey.isEmpty();
    }

    /** Secrets stay out of logs. */
    @Override
    public String toString() {
        return "Credentials[user=" + user + ", address=" + address + "]";
    }
}
