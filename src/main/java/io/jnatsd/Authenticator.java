package io.jnatsd;

import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Decides which clients may connect, instead of the users and the token of the settings.
 *
 * <pre>{@code
 * NatsServer server = NatsServer.builder()
 *         .authenticator(credentials -> credentials.token().equals("open sesame")
 *                 ? Optional.of(NatsUser.named("ali").allowSubscribe("cave.>"))
 *                 : Optional.empty())
 *         .start();
 * }</pre>
 *
 * <p>The program {@code jnatsd} uses the implementation that is named in
 * {@code META-INF/services/io.jnatsd.Authenticator} on its class path. A server that is embedded in a program uses
 * {@link NatsServerBuilder#authenticator} only.
 *
 * <p>Threads: called by the thread of each connection, and so by many threads at once. It may block; only that
 * connection waits. It is asked again when a client sends CONNECT again, and after a reload that changes logins.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * Checks the credentials of a client.
     *
     * @param credentials what the client has sent; the object is valid after the call, too
     * @return the user with its permissions, usually a {@link NatsUser#named}; empty to refuse the client
     * @throws TimeoutException if the credentials could not be checked in time; the client is told so
     * @throws Exception of any other kind refuses the client, and is logged
     */
    Optional<NatsUser> authenticate(Credentials credentials) throws Exception;
}
