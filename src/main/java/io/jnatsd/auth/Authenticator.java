package io.jnatsd.auth;

/**
 * Decides which clients may connect. The server has an implementation for its configuration. An application can pass
 * its own to {@code NatsServer.start}, or name it in {@code META-INF/services/io.jnatsd.auth.Authenticator} on the
 * class path.
 *
 * <p>Threads: called by the reader of each connection, and so by many threads at once. It may block; only the
 * connection waits.
 */
public interface Authenticator {
    /**
     * Checks the credentials of a client.
     *
     * @return the login that results from them, or null to refuse the client
     * @throws AuthenticationTimeout if they could not be checked in time; the client gets the corresponding error
     */
    Login authenticate(Credentials credentials) throws AuthenticationTimeout, InterruptedException;
}
