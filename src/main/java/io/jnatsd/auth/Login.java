package io.jnatsd.auth;

import java.util.Objects;

/**
 * The result of a successful login.
 *
 * @param user for logs and limits, empty if there are no users
 * @param permissions the permissions; {@link Permissions#UNRESTRICTED} if everything is allowed, never null
 * @param maxConnections limit of simultaneous connections of this user, 0 for no limit
 */
public record Login(String user, Permissions permissions, int maxConnections) {
    /** A login without a user and without restrictions. */
    public static final Login OPEN = new Login("", Permissions.UNRESTRICTED, 0);

    public Login {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(permissions, "permissions");
    }
}
