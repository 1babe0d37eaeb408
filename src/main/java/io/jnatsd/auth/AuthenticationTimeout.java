package io.jnatsd.auth;

/** A login could not be judged in time. */
public final class AuthenticationTimeout extends Exception {
    private static final long serialVersionUID = 1;

    public AuthenticationTimeout(String message) {
        super(message, null, false, false);
    }
}
