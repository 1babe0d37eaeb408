package io.jnatsd.auth;

import java.util.Objects;

/**
 * Who a client turned out to be.
 *
 * @param user for logs and limits, empty if there are no users
 * @param permissions what it may do; {@link Permissions#UNRESTRICTED} for everything, never null
 * @param maxConnections simultaneous connections of this user, 0 for no limit
 */
public record Login(String user, Permissions permissions, int maxConnections) {
    /** No particular user; it may do everything. */
    public static final Login ANYBODY = new Login("", Permissions.UNRESTRICTED, 0);

    public Login {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(permissions, "permissions");
    }
}
