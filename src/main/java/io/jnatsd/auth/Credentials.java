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
