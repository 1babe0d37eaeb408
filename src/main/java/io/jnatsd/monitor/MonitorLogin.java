package io.jnatsd.monitor;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * The user name and password of a request, by HTTP basic authentication. Threads: immutable.
 *
 * @param user empty if the header is absent or invalid
 */
record MonitorLogin(String user, String password) {
    private static final String SCHEME = "basic ";
    private static final MonitorLogin NONE = new MonitorLogin("", "");

    /** @param header {@code Authorization}, null if there is none */
    static MonitorLogin of(String header) {
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME))
            return NONE;
        try {
            byte[] decoded = Base64.getDecoder().decode(header.substring(SCHEME.length()).trim());
            String text = new String(decoded, StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0 ? NONE : new MonitorLogin(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    /**
     * Returns whether the login is right. A wrong user name and a wrong password take the same time.
     *
     * @param ip the address of the HTTP client; expensive checks are scheduled fairly between addresses
     */
    boolean isRight(MonitorOptions options, PasswordCheck passwords, String ip) {
        if (options.user().isEmpty())
            return true;
        try {
            return passwords.matches(options.password(), password, ip) & passwords.matches(options.user(), user, ip);
        } catch (AuthenticationTimeout e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "MonitorLogin[user=" + user + "]";
    }
}
