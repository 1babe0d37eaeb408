package io.jnatsd.auth;

/**
 * Decides which clients may connect. {@link ConfiguredAuthenticator} does it for the users of the configuration,
 * {@link ProgramAuthenticator} asks that of a program.
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
     * @throws Exception if the check has failed; the client is refused
     */
    Login authenticate(Credentials credentials) throws Exception;
}
