package io.jnatsd.auth;

import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.protocol.Nkey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The authenticator for the users of the configuration (protocol.md, section 13). Of several configured ways to log in,
 * the first counts: users, token, single user. If users log in by certificate, {@code no_auth_user} has no effect, and
 * a user's password is also required if it has one. Threads: immutable; a reload creates a new one.
 */
public final class ConfiguredAuthenticator implements Authenticator {
    private final AuthOptions options;
    private final PasswordCheck passwords;
    private final Map<String, User> users = new HashMap<>();
    private final Map<String, Nkey> nkeys = new HashMap<>();
    private final Map<String, Login> logins = new HashMap<>();
    /** Null if users log in by password. */
    private final CertificateUsers certificates;
    /**
     * The hash or text that the password of an unknown user is compared with, so that the check takes as long as for a
     * known one.
     */
    private final String decoy;

    /** @param byCertificate whether users log in by their certificates, which the TLS handshake has verified */
    public ConfiguredAuthenticator(AuthOptions options, boolean byCertificate, PasswordCheck passwords) {
        this.options = options;
        this.passwords = passwords;
        // Users that share one permissions block also share the object that is built from it.
        Map<PermissionOptions, Permissions> shared = new IdentityHashMap<>();
        List<String> secrets = new ArrayList<>(List.of(options.password(), options.token()));
        if (options.users() != null) {
            for (User user : options.users()) {
                if (user.nkey().isEmpty())
                    users.put(user.name(), user);
                else
                    nkeys.put(user.nkey(), Nkey.ofUser(user.nkey()));
                Permissions permissions = shared.computeIfAbsent(user.permissions(), Permissions::of);
                logins.put(name(user), new Login(name(user), permissions, user.quota()));
                secrets.add(user.password());
            }
        }
        certificates = byCertificate ? new CertificateUsers(users.keySet()) : null;
        Optional<String> hash = secrets.stream().filter(BcryptHash::isHash).findFirst();
        hash.ifPresent(h -> BcryptHash.warmUp());
        decoy = hash.map(BcryptHash::decoy).orElse("a password that nobody has");
    }

    private static String name(User user) {
        return user.nkey().isEmpty() ? user.name() : user.nkey();
    }

    /** Returns whether a user logs in by nkey, so that clients need a nonce to sign. */
    public static boolean needsNonce(AuthOptions options) {
        return options.users() != null && options.users().stream().anyMatch(user -> !user.nkey().isEmpty());
    }

    @Override
    public Login authenticate(Credentials c) throws AuthenticationTimeout, InterruptedException {
        if (options.users() != null)
            return amongUsers(c);
        if (!options.token().isEmpty())
            return passwords.matches(options.token(), c.token(), c.asker(false)) ? Login.OPEN : null;
        if (options.user().isEmpty())
            return Login.OPEN;
        boolean known = c.user().equals(options.user());
        return isRight(known ? options.password() : null, c) ? new Login(c.user(), Permissions.UNRESTRICTED, 0) : null;
    }

    private Login amongUsers(Credentials c) throws AuthenticationTimeout, InterruptedException {
        if (!c.nkey().isEmpty())
            return byKey(c);
        if (certificates != null)
            return byCertificate(c);
        if (c.isEmpty() && !options.noAuthUser().isEmpty())
            return logins.get(options.noAuthUser());
        User user = users.get(c.user());
        // A user without a password can only log in by certificate, on a port with verify_and_map.
        boolean known = user != null && !user.password().isEmpty();
        return isRight(known ? user.password() : null, c) ? logins.get(c.user()) : null;
    }

    private Login byCertificate(Credentials c) throws AuthenticationTimeout, InterruptedException {
        String name = c.certificates().isEmpty() ? null : certificates.userOf(c.certificates().getFirst());
        if (name == null)
            return null;
        String secret = users.get(name).password();
        // As in nats-server, a password is wrong if the user has none.
        boolean right = secret.isEmpty() ? c.password().isEmpty() : isRight(secret, c);
        return right ? logins.get(name) : null;
    }

    /**
     * Returns whether the password is that of the user. A refusal takes the same time for every user, whether the user
     * exists or not, and whether its password is hashed or not.
     *
     * @param secret null if there is no such user
     */
    private boolean isRight(String secret, Credentials c) throws AuthenticationTimeout, InterruptedException {
        String asker = c.asker(secret != null);
        boolean right = secret != null && passwords.matches(secret, c.password(), asker);
        if (!right && (secret == null || !BcryptHash.isHash(secret)))
            passwords.matches(decoy, c.password(), asker);
        return right;
    }

    private Login byKey(Credentials c) {
        Nkey key = nkeys.get(c.nkey());
        if (key == null || c.nonce().isEmpty())
            return null;
        byte[] nonce = c.nonce().getBytes(StandardCharsets.US_ASCII);
        return key.verify(nonce, c.signature()) ? logins.get(c.nkey()) : null;
    }
}
