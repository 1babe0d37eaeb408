package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Array;
import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.Quota;
import io.jnatsd.config.ServerOptions.User;
import io.jnatsd.protocol.Nkey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an {@code authorization} block, for clients or for routes. Threads: one, and one instance for each block.
 */
final class AuthReader {
    private final Problems problems;
    /** A map that several users refer to by a variable is read once. */
    private final Map<Block, PermissionOptions> permissionsRead = new IdentityHashMap<>();
    PermissionOptions defaults;
    private boolean plainSecrets;
    /** The entries of users that have neither a password nor a key. */
    private final List<ConfigValue> withoutSecret = new ArrayList<>();

    String user = "";
    String password = "";
    String token = "";
    Duration timeout;
    private List<User> users;

    /** One entry of {@code users}, while it is read. */
    static final class Draft {
        final AuthReader reader;
        String name = "";
        String password = "";
        String nkey = "";
        PermissionOptions permissions;
        int maxConnections;
        int connectionRate;
        int messageRate;

        private Draft(AuthReader reader) {
            this.reader = reader;
        }
    }

    private AuthReader(Problems problems) {
        this.problems = problems;
    }

    /** Reads the block, with the checks that hold for clients and routes alike. */
    static AuthReader read(Block block, Problems problems) {
        AuthReader r = new AuthReader(problems);
        Options.AUTHORIZATION.read(block, r, problems);
        if (r.users != null && r.defaults != null)
            r.users = r.users.stream().map(r::withDefaults).toList();
        r.plainSecrets |= isPlain(r.password) || isPlain(r.token);
        return r;
    }

    /** Whether some secret is not hashed. */
    static boolean isPlain(String secret) {
        return !secret.isEmpty() && !ConfigParser.isBcrypt(secret);
    }

    /** Takes the block for the one that clients must meet. */
    void applyToClients(Block block, OptionsBuilder out) {
        boolean single = !user.isEmpty() || !password.isEmpty();
        if (single && !token.isEmpty())
            problems.error(block, "Cannot have a user/pass and token");
        if (users != null && !user.isEmpty())
            problems.error(block, "Can not have a single user/pass and a users array");
        if (users != null && !token.isEmpty())
            problems.error(block, "Can not have a token and a users array");
        out.user = user;
        out.password = password;
        out.token = token;
        out.users = users;
        out.authTimeout = timeout;
    }

    /** Takes the block for the one that other servers of the cluster must meet. */
    void applyToRoutes(Block block, OptionsBuilder out) {
        if (users != null)
            problems.error(block, "Cluster authorization does not allow multiple users");
        // gnatsd: ignores it without a word.
        if (!token.isEmpty())
            problems.warn(block, "Cluster authorization does not support tokens, the token is ignored");
        out.clusterUser = user;
        out.clusterPassword = password;
        out.clusterAuthTimeout = timeout;
    }

    boolean hasPlainSecrets() {
        return plainSecrets;
    }

    /** Reports users who can log in only by a certificate. */
    void refuseUsersWithoutSecret() {
        for (ConfigValue user : withoutSecret)
            problems.error(user, "User entry requires a user and a password");
    }

    void users(Entry entry) throws MismatchException {
        if (!(entry.value() instanceof Array array))
            throw new MismatchException(entry.value(),
                    "Expected users field to be an array, got " + entry.value().kind());
        Map<String, User> read = new LinkedHashMap<>();
        for (ConfigValue element : array.elements()) {
            User next = user(element);
            if (next != null && read.put(next.name() + next.nkey(), next) != null)
                problems.warn(element,
                        "user \"" + next.name() + next.nkey() + "\" is there twice, the last one counts");
        }
        users = List.copyOf(read.values());
    }

    /** Null if it is no user. */
    private User user(ConfigValue element) {
        if (!(element instanceof Block block)) {
            problems.error(element, "Expected user entry to be a map/struct, got " + element.kind());
            return null;
        }
        Draft draft = new Draft(this);
        Options.USER.read(block, draft, problems);
        boolean named = !draft.name.isEmpty(), secret = !draft.password.isEmpty();
        if (!draft.nkey.isEmpty() && (named || secret)) {
            problems.error(element, "Nkey users do not take usernames or passwords");
            return null;
        }
        if (draft.nkey.isEmpty() && !named) {
            problems.error(element, "User entry requires a user and a password");
            return null;
        }
        if (draft.nkey.isEmpty() && !secret)
            withoutSecret.add(element);
        plainSecrets |= isPlain(draft.password);
        return new User(draft.name, draft.password, draft.nkey, draft.permissions,
                new Quota(draft.maxConnections, draft.connectionRate, draft.messageRate));
    }

    private User withDefaults(User u) {
        return u.permissions() != null ? u
                : new User(u.name(), u.password(), u.nkey(), defaults, u.quota());
    }

    PermissionOptions permissions(Entry entry, String whose) throws MismatchException {
        if (!(entry.value() instanceof Block block))
            throw new MismatchException(entry.value(),
                    "Expected " + whose + " permissions to be a map/struct, got " + entry.value().kind());
        PermissionOptions known = permissionsRead.get(block);
        if (known == null) {
            known = PermissionsReader.read(block, problems);
            permissionsRead.put(block, known);
        }
        return known;
    }

    static String nkey(Entry entry) throws MismatchException {
        try {
            return Nkey.ofUser(entry.secret()).toString();
        } catch (IllegalArgumentException e) {
            throw new MismatchException(entry.value(), "Not a valid public nkey for a user");
        }
    }
}
