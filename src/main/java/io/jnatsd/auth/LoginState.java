package io.jnatsd.auth;

/**
 * How far a connection has come with its login. Only {@link Granted} allows anything: a command needs one to run.
 * Threads: immutable.
 */
public sealed interface LoginState {
    LoginState PENDING = new Pending();
    LoginState REFUSED = new Refused();

    /** The credentials have not been shown or checked yet. */
    record Pending() implements LoginState {
    }

    /** The login was refused, or taken back. */
    record Refused() implements LoginState {
    }

    /**
     * The connection may do what the permissions allow.
     *
     * @param user empty if there are no users
     */
    record Granted(String user, Permissions permissions) implements LoginState {
    }
}
