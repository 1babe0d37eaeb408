package io.jnatsd.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.config.ServerOptions;
import io.jnatsd.config.ServerOptions.AuthOptions;
import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.config.ServerOptions.User;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mindrot.jbcrypt.BCrypt;

/** Tests the ways to log in (protocol.md, section 13). */
@Timeout(60)
class ConfiguredAuthenticatorTest {
    private static final String HASH = BCrypt.hashpw("hashed", BCrypt.gensalt(10));

    @AutoClose
    private final PasswordCheck passwords = new PasswordCheck(Duration.ofSeconds(30));

    private Login login(AuthOptions options, Credentials credentials) throws Exception {
        return new ConfiguredAuthenticator(options, false, passwords).authenticate(credentials);
    }

    private static AuthOptions options(String user, String password, String token, User... users) {
        return new AuthOptions(user, password, token, users.length == 0 ? null : List.of(users),
                Duration.ofSeconds(2), "", "");
    }

    private static User user(String name, String password) {
        return new User(name, password, "", null, 0);
    }

    private static Credentials user(String name, String password, String token) {
        return new Credentials(name, password, token, "", "", "", "127.0.0.1", "", List.of());
    }

    @Test
    void usersCountBeforeTokenBeforeSingleUser() throws Exception {
        AuthOptions all = options("single", "s", "token", user("joe", "j"));
        assertEquals("joe", login(all, user("joe", "j", "")).user());
        assertNull(login(all, user("", "", "token")));
        assertNull(login(all, user("single", "s", "")));
        AuthOptions two = options("single", "s", "token");
        assertSame(Login.OPEN, login(two, user("single", "wrong", "token")));
        assertNull(login(two, user("single", "s", "")));
        assertEquals("single", login(options("single", "s", ""), user("single", "s", "token")).user());
    }

    @Test
    void anEmptyListOfUsersRefusesEveryLogin() throws Exception {
        AuthOptions none = new AuthOptions("", "", "", List.of(), Duration.ofSeconds(2), "", "");
        assertTrue(none.requiresCredentials());
        assertNull(login(none, user("", "", "")));
        assertNull(login(none, user("joe", "x", "t")));
    }

    @Test
    void aPasswordWithoutUserRequiresNoLogin() throws Exception {
        AuthOptions password = options("", "secret", "");
        assertFalse(password.requiresCredentials());
        assertSame(Login.OPEN, login(password, user("", "wrong", "")));
        assertFalse(ServerOptions.defaults().auth().requiresCredentials());
    }

    @Test
    void everySecretMayBeAHash() throws Exception {
        assertNotNull(login(options("u", HASH, ""), user("u", "hashed", "")));
        assertNotNull(login(options("", "", HASH), user("", "", "hashed")));
        assertNotNull(login(options("", "", "", user("u", HASH)), user("u", "hashed", "")));
        assertNull(login(options("u", HASH, ""), user("u", HASH, "")));
        assertNull(login(options("", "", HASH), user("", "", HASH)));
        assertNull(login(options("", "", "", user("u", HASH)), user("u", HASH, "")));
    }

    @Test
    void aClientWithoutCredentialsIsNoAuthUser() throws Exception {
        AuthOptions guest = new AuthOptions("", "", "", List.of(user("guest", "g"), user("joe", "j")),
                Duration.ofSeconds(2), "guest", "");
        assertEquals("guest", login(guest, user("", "", "")).user());
        assertEquals("joe", login(guest, user("joe", "j", "")).user());
        assertNull(login(guest, user("joe", "", "")));
        assertNull(login(guest, user("", "g", "")));
    }

    private Login byCertificate(AuthOptions options, String name, String password, X509Certificate... certificates)
            throws Exception {
        return new ConfiguredAuthenticator(options, true, passwords).authenticate(
                new Credentials(name, password, "", "", "", "", "127.0.0.1", "", List.of(certificates)));
    }

    @Test
    void aCertificateTakesThePlaceOfUserAndPassword() throws Exception {
        X509Certificate client = CertificateUsersTest.certificate("client");
        AuthOptions options = options("", "", "", user("client@localhost", ""), user("joe", "j"));
        assertEquals("client@localhost", byCertificate(options, "", "", client).user());
        assertEquals("client@localhost", byCertificate(options, "joe", "", client).user());
        assertNull(byCertificate(options, "joe", "j", client), "a password that nobody asks for");
        assertNull(byCertificate(options, "joe", "j"), "no certificate");
        assertNull(byCertificate(options, "client@localhost", ""));
        X509Certificate other = CertificateUsersTest.certificate("subject");
        assertNull(byCertificate(options, "joe", "j", other));
        assertNull(byCertificate(options, "", "", other));
        assertEquals("client@localhost", byCertificate(options, "", "", client, other).user());
        assertNull(byCertificate(options, "", "", other, client), "only the client's own certificate counts");
    }

    @Test
    void aUserWithAPasswordShowsItBesideTheCertificate() throws Exception {
        X509Certificate client = CertificateUsersTest.certificate("client");
        for (String secret : List.of("c", HASH)) {
            AuthOptions options = options("", "", "", user("client@localhost", secret));
            assertNull(byCertificate(options, "", "", client));
            assertNull(byCertificate(options, "client@localhost", "wrong", client));
            assertEquals("client@localhost",
                    byCertificate(options, "", secret.equals(HASH) ? "hashed" : secret, client).user());
        }
    }

    @Test
    void noAuthUserDoesNotReplaceTheCertificate() throws Exception {
        AuthOptions options = new AuthOptions("", "", "", List.of(user("joe", "j"), user("sue", "")),
                Duration.ofSeconds(2), "joe", "");
        assertNull(byCertificate(options, "", ""));
        assertNull(byCertificate(options, "", "", CertificateUsersTest.certificate("client")));
        assertEquals("joe", login(options, user("", "", "")).user());
    }

    @Test
    void withoutCertificatesAUserWithoutAPasswordIsRefused() throws Exception {
        AuthOptions options = options("", "", "", user("joe", ""), user("sue", "s"));
        assertNull(login(options, user("joe", "", "")));
        assertNull(login(options, user("joe", "s", "")));
        assertNull(new ConfiguredAuthenticator(options, false, passwords).authenticate(new Credentials("", "", "", "",
                "", "", "127.0.0.1", "", List.of(CertificateUsersTest.certificate("client")))));
    }

    @Test
    void usersWithOneBlockOfPermissionsShareWhatIsMadeOfIt() throws Exception {
        PermissionOptions block = new PermissionOptions(new SubjectRules(List.of("a"), List.of()),
                new SubjectRules(List.of("b"), List.of()), null);
        AuthOptions options = options("", "", "", new User("joe", "j", "", block, 0), new User("bob", "b", "", block, 7),
                user("sue", "s"));
        Login joe = login(options, user("joe", "j", ""));
        ConfiguredAuthenticator one = new ConfiguredAuthenticator(options, false, passwords);
        assertSame(one.authenticate(user("joe", "j", "")).permissions(),
                one.authenticate(user("bob", "b", "")).permissions());
        assertNotSame(Permissions.UNRESTRICTED, joe.permissions());
        assertEquals(7, one.authenticate(user("bob", "b", "")).quota().connections());
        assertSame(Permissions.UNRESTRICTED, one.authenticate(user("sue", "s", "")).permissions());
    }

    /** Returns the shortest of several tries, so that a pause of the machine does not count. */
    private long nanos(ConfiguredAuthenticator authenticator, String name) throws Exception {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            assertNull(authenticator.authenticate(user(name, "wrong" + i, "")));
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    @Test
    void aWrongPasswordTakesAsLongWhetherTheUserExistsOrNot() throws Exception {
        ConfiguredAuthenticator one = new ConfiguredAuthenticator(options("", "", "", user("hashed", HASH),
                user("plain", "text")), false, passwords);
        long known = nanos(one, "hashed");
        for (String name : List.of("nobody", "", "plain")) {
            long other = nanos(one, name);
            assertTrue(other > known / 5 && other < known * 5, () -> name + ": " + other + " ns instead of " + known);
        }
        ConfiguredAuthenticator single = new ConfiguredAuthenticator(options("u", HASH, ""), false, passwords);
        assertTrue(nanos(single, "nobody") > known / 5);
    }

    @Test
    void withoutHashesAnUnknownUserCostsNothing() throws Exception {
        ConfiguredAuthenticator plain =
                new ConfiguredAuthenticator(options("", "", "", user("u", "text")), false, passwords);
        long stranger = nanos(plain, "nobody"), known = nanos(plain, "u");
        assertTrue(stranger < 100_000_000 && known < 100_000_000, () -> stranger + " and " + known + " ns");
    }

    @Test
    void requestersAreNetworksAndUsers() {
        assertEquals("10.0.0.7 joe", asker("10.0.0.7", true));
        assertEquals("10.0.0.7 ", asker("10.0.0.7", false));
        assertEquals("2001:db8:0:1 joe", asker("2001:db8:0:1:a:b:c:d", true));
        assertEquals(asker("2001:db8:0:1:a:b:c:d", true), asker("2001:db8:0:1:0:0:0:1", true));
        assertEquals(" joe", asker("", true));
    }

    private static String asker(String address, boolean known) {
        return new Credentials("joe", "", "", "", "", "", address, "", List.of()).asker(known);
    }
}
