package io.jnatsd.auth;

import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.protocol.Nkey;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The users of the configuration (protocol reference, section 12). The first way to log in that is configured counts:
 * users, token, single user. Threads: immutable; a reload makes a new one.
 */
public final class ConfiguredAuthenticator implements Authenticator {
    private final AuthOptions options;
    private final PasswordCheck passwords;
    private final Map<String, User> users = new HashMap<>();
    private final Map<String, User> nkeyUsers = new HashMap<>();
    private final Map<String, Login> logins = new HashMap<>();
    /** What a user that does not exist is checked against, so that it takes as long as one that does. */
    private final String decoy;

    public ConfiguredAuthenticator(AuthOptions options, PasswordCheck passwords) {
        this.options = options;
        this.passwords = passwords;
        // Users often share one block of permissions: then they share what is made of it.
        Map<PermissionOptions, Permissions> shared = new IdentityHashMap<>();
        String hash = BcryptHash.isHash(options.password()) ? options.password() : "";
        if (options.users() != null) {
            for (User user : options.users()) {
                (user.nkey().isEmpty() ? users : nkeyUsers).put(name(user), user);
                Permissions permissions = shared.computeIfAbsent(user.permissions(), Permissions::of);
                logins.put(name(user), new Login(name(user), permissions, user.maxConnections()));
                if (BcryptHash.isHash(user.password()) && hash.isEmpty())
                    hash = user.password();
            }
        }
        if (!hash.isEmpty() || BcryptHash.isHash(options.token()))
            BcryptHash.warmUp();
        decoy = hash.isEmpty() ? "a password that nobody has" : BcryptHash.decoy(hash);
    }

    private static String name(User user) {
        return user.nkey().isEmpty() ? user.name() : user.nkey();
    }

    /** Whether anything is asked of clients at all. */
    public static boolean isRequired(AuthOptions options) {
        return options.users() != null || !options.token().isEmpty() || !options.user().isEmpty();
    }

    /** Whether some user logs in by a key, so that clients need a nonce to sign. */
    public static boolean needsNonce(AuthOptions options) {
        return options.users() != null && options.users().stream().anyMatch(user -> !user.nkey().isEmpty());
    }

    @Override
    public Login authenticate(Credentials c) throws AuthenticationTimeout, InterruptedException {
        if (options.users() != null)
            return amongUsers(c);
        String asker = c.address() + " " + (c.user().equals(options.user()) ? c.user() : "");
        if (!options.token().isEmpty())
            return passwords.matches(options.token(), c.token(), asker) ? Login.ANYBODY : null;
        if (options.user().isEmpty())
            return Login.ANYBODY;
        boolean known = c.user().equals(options.user());
        boolean right = passwords.matches(known ? options.password() : decoy, c.password(), asker);
        return known && right ? new Login(c.user(), null, 0) : null;
    }

    private Login amongUsers(Credentials c) throws AuthenticationTimeout, InterruptedException {
        if (c.isEmpty() && !options.noAuthUser().isEmpty())
            return logins.get(options.noAuthUser());
        if (!c.nkey().isEmpty())
            return byKey(c);
        User user = users.get(c.user());
        String asker = c.address() + " " + (user == null ? "" : c.user());
        boolean right = passwords.matches(user == null ? decoy : user.password(), c.password(), asker);
        return user != null && right ? logins.get(user.name()) : null;
    }

    private Login byKey(Credentials c) {
        if (!nkeyUsers.containsKey(c.nkey()) || c.nonce().isEmpty())
            return null;
        byte[] nonce = c.nonce().getBytes(StandardCharsets.US_ASCII);
        return Nkey.ofUser(c.nkey()).verify(nonce, c.signature()) ? logins.get(c.nkey()) : null;
    }
}
