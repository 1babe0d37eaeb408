package io.jnatsd.auth;

/** Thrown when a login could not be checked in time. */
public final class AuthenticationTimeout extends Exception {
    private static final long serialVersionUID = 1;

    public AuthenticationTimeout(String message) {
        super(message, null, false, false);
    }
}
