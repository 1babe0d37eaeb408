package io.jnatsd.auth;

/**
 * Decides who may connect. The server brings one that follows its configuration; a team can give its own to
 * {@code NatsServer.start}, or name it in {@code META-INF/services/io.jnatsd.auth.Authenticator} on the class path.
 *
 * <p>Threads: called by the reader of each connection, many at once. It may block; only the connection waits.
 */
public interface Authenticator {
    /**
     * Judges what a client showed.
     *
     * @return whom it is logged in as, or null to refuse it
     * @throws AuthenticationTimeout if there was no time to look; the client is told so
     */
    Login authenticate(Credentials credentials) throws AuthenticationTimeout, InterruptedException;
}
