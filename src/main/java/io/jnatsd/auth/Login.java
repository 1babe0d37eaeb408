package io.jnatsd.auth;

import io.jnatsd.config.ServerOptions.Quota;
import java.util.Objects;

/**
 * The result of a successful login.
 *
 * @param user for logs and limits, empty if there are no users
 * @param permissions the permissions; {@link Permissions#UNRESTRICTED} if everything is allowed, never null
 * @param quota the limits of all connections of this user together
 */
public record Login(String user, Permissions permissions, Quota quota) {
    /** A login without a user and without restrictions. */
    public static final Login OPEN = new Login("", Permissions.UNRESTRICTED, Quota.UNLIMITED);

    public Login {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(permissions, "permissions");
    }

    /** @param maxConnections limit of simultaneous connections of this user, 0 for no limit */
    public Login(String user, Permissions permissions, int maxConnections) {
        this(user, permissions, new Quota(maxConnections, 0, 0));
    }
}
