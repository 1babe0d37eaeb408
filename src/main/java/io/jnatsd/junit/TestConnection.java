package io.jnatsd.junit;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/**
 * A connection of jnats that a test has as a parameter. The store of the test closes it, see {@link TestServers}. Only
 * this class uses jnats, so the others work without it.
 */
@SuppressWarnings("deprecation")
final class TestConnection implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    /** Longer than that of jnats, for a busy machine; but a login that is refused takes as long, too. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** The server is in this JVM and may be restarted by a test, which waits for the connection. */
    private static final Duration RECONNECT_WAIT = Duration.ofMillis(50);

    private final Connection connection;

    private TestConnection(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects with the options of the test class.
     *
     * @param login null for none
     * @throws ParameterResolutionException if that fails; the message says why
     */
    static TestConnection open(String url, NatsLogin login, ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        Options.Builder options = new Options.Builder().server(url).connectionTimeout(TIMEOUT)
                .reconnectWait(RECONNECT_WAIT).maxReconnects(-1).connectionName(testClass.getSimpleName()
                        + context.getTestMethod().map(method -> "." + method.getName()).orElse(""));
        if (login != null)
            options.userInfo(login.user().toCharArray(), login.password().toCharArray());
        SettingsMethods.apply(testClass, Options.Builder.class, options);
        try {
            return new TestConnection(Nats.connect(options.build()));
        } catch (AuthenticationException e) {
            throw new ParameterResolutionException("the server at " + url + (login == null
                    ? " wants a login: write @NatsLogin(user = ..., password = ...) at the parameter, the method or the"
                            + " class"
                    : " refuses the login of user " + login.user()), e);
        } catch (IOException e) {
            throw new ParameterResolutionException("cannot connect to " + url + ": " + e.getMessage()
                    + "; if it needs other options, such as those for TLS, write"
                    + " @NatsSettings static void options(Options.Builder connection)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ParameterResolutionException("interrupted while connecting to " + url, e);
        }
    }

    /** Returns the connection; the type is not in the signature, because callers work without jnats. */
    Object connection() {
        return connection;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
