package io.jnatsd;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a client logs in with, for an {@link Authenticator}. Texts are empty if the client has not sent them. It is an
 * interface so that the test of an authenticator can have an implementation of its own.
 */
public interface Credentials {
    /**
     * Returns the name of the user.
     *
     * @return as the client has sent it; nothing is proved by it
     */
    String user();

    /**
     * Returns the password.
     *
     * @return in plain text
     */
    String password();

    /**
     * Returns the token.
     *
     * @return in plain text
     */
    String token();

    /**
     * Returns the public nkey of the client. The server has checked that the client has the private key: it has signed
     * the nonce of this connection. A client with a wrong signature is refused without asking the authenticator.
     *
     * @return 56 characters that begin with {@code U}
     */
    String nkey();

    /**
     * Returns the IP address of the client.
     *
     * @return without its port
     */
    String address();

    /**
     * Returns the name of the connection, which client libraries let their users choose.
     *
     * @return as the client has sent it
     */
    String clientName();

    /**
     * Returns the certificates of the client that TLS has verified.
     *
     * @return the client's own first; none without TLS, or if {@link NatsTls#verifyClients} is not set
     */
    List<X509Certificate> certificates();
}
