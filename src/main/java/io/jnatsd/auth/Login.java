package io.jnatsd.auth;

/**
 * Who a client turned out to be.
 *
 * @param user for logs and limits, empty if there are no users
 * @param permissions null for no restrictions
 * @param maxConnections simultaneous connections of this user, 0 for no limit
 */
public record Login(String user, Permissions permissions, int maxConnections) {
    /** Nobody in particular, who may do everything. */
    public static final Login ANYBODY = new Login("", null, 0);
}
