package io.jnatsd.monitor;

import io.jnatsd.auth.AuthenticationTimeout;
import io.jnatsd.auth.PasswordCheck;
import io.jnatsd.config.ServerOptions.MonitorOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * The user name and password that a visitor shows by HTTP's basic authentication. Threads: immutable.
 *
 * @param user empty if nothing can be read
 */
record VisitorLogin(String user, String password) {
    private static final String SCHEME = "basic ";
    private static final VisitorLogin NONE = new VisitorLogin("", "");

    /** @param header {@code Authorization}, null if there is none */
    static VisitorLogin of(String header) {
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME))
            return NONE;
        try {
            byte[] decoded = Base64.getDecoder().decode(header.substring(SCHEME.length()).trim());
            String text = new String(decoded, StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0 ? NONE : new VisitorLogin(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    /**
     * Whether he may look. Comparing takes the same time whatever is wrong.
     *
     * @param ip the visitor's: checks that cost much are done in turn for all who ask
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

    /** Secrets stay out of logs. */
    @Override
    public String toString() {
        return "VisitorLogin[user=" + user + "]";
    }
}
