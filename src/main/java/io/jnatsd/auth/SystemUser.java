package io.jnatsd.auth;

/** An authenticator that denies the subjects under {@code $SYS} to all users except one. Threads: immutable. */
public final class SystemUser implements Authenticator {
    private static final String SYSTEM_SUBJECTS = "$SYS.>";

    private final String name;
    private final Authenticator authenticator;

    /** @param authenticator the authenticator that checks the credentials */
    public SystemUser(String name, Authenticator authenticator) {
        this.name = name;
        this.authenticator = authenticator;
    }

    @Override
    public Login authenticate(Credentials credentials) throws Exception {
        Login login = authenticator.authenticate(credentials);
        return login == null || login.user().equals(name) ? login
                : new Login(login.user(), Permissions.without(SYSTEM_SUBJECTS, login.permissions()),
                        login.quota());
    }
}
