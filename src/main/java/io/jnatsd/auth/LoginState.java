package io.jnatsd.auth;

/**
 * The state of a connection's login. Only {@link Granted} allows anything: commands need an instance of it. Threads:
 * immutable.
 */
public sealed interface LoginState {
    LoginState PENDING = new Pending();
    LoginState REFUSED = new Refused();

    /** The credentials were not sent or not checked yet. */
    record Pending() implements LoginState {
    }

    /** The login was refused or revoked. */
    record Refused() implements LoginState {
    }

    /**
     * The connection has these permissions.
     *
     * @param user empty if there are no users
     * @param pace how fast the client may publish; null for no limit
     */
    record Granted(String user, Permissions permissions, MessagePace pace) implements LoginState {
    }
}
