package io.jnatsd.auth;

/** Keeps everybody but one user away from the subjects under {@code $SYS}. Threads: immutable. */
public final class SystemUser implements Authenticator {
    private static final String SYSTEM_SUBJECTS = "$SYS.>";

    private final String name;
    private final Authenticator judge;

    /** @param judge decides who may connect, and who is who */
    public SystemUser(String name, Authenticator judge) {
        this.name = name;
        this.judge = judge;
    }

    @Override
    public Login authenticate(Credentials credentials) throws AuthenticationTimeout, InterruptedException {
        Login login = judge.authenticate(credentials);
        return login == null || login.user().equals(name) ? login
                : new Login(login.user(), Permissions.without(SYSTEM_SUBJECTS, login.permissions()),
                        login.maxConnections());
    }
}
