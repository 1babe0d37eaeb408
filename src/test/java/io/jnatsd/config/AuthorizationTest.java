package io.jnatsd.config;

import static io.jnatsd.config.Config.error;
import static io.jnatsd.config.Config.read;
import static io.jnatsd.config.Config.readAll;
import static io.jnatsd.config.Config.warnings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jnatsd.config.ServerOptions.PermissionOptions;
import io.jnatsd.config.ServerOptions.SubjectRules;
import io.jnatsd.config.ServerOptions.User;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, 2.5 and 2.6: who may connect. */
class AuthorizationTest {
    private static final String NKEY = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";

    private static OptionsBuilder auth(String block) {
        OptionsReader.ReadResult result = readAll("authorization {\n" + block + "\n}");
        assertEquals(List.of(), result.warnings());
        return result.options();
    }

    private static String authError(String block) {
        return error("authorization {" + block + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user: u, pass: p", "username: u, password: p", "USER = u; Pass = p", "user u\npassword p"})
    void aSingleUserHasAPassword(String block) {
        assertEquals("u", auth(block).user);
        assertEquals("p", auth(block).password);
        assertNull(auth(block).users);
    }

    @Test
    void aTokenMayBeAHash() {
        assertEquals("$2a$11$abc", auth("token: $2a$11$abc\ntimeout: 5").token);
    }

    @ParameterizedTest
    @CsvSource({"5, 5000", "0.5, 500", "1.25, 1250", "\"2s\", 2000", "300ms, 300", "0, 0"})
    void theTimeoutIsInSecondsOrADuration(String value, long millis) {
        assertEquals(Duration.ofMillis(millis), auth("timeout: " + value).authTimeout);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            user: a, token: b                   ~ 1:15: Cannot have a user/pass and token
            password: a, token: b               ~ 1:15: Cannot have a user/pass and token
            user: a, users: []                  ~ 1:15: Can not have a single user/pass and a users array
            token: a, users: []                 ~ 1:15: Can not have a token and a users array
            timeout: true                       ~ 1:25: expected a duration like "2m" or a number of seconds for "timeout", but got the boolean true
            timeout: abc                        ~ 1:25: error parsing timeout: time: invalid duration "abc"
            password: 12345                     ~ 1:26: expected a string for "password", but got an integer; if it is a string, put it in quotes
            token: yes                          ~ 1:23: expected a string for "token", but got a boolean; if it is a string, put it in quotes
            token: {}                           ~ 1:23: expected a string for "token", but got a map
            users: {user: a, password: secret}  ~ 1:23: Expected users field to be an array, got a map
            users: secret                       ~ 1:23: Expected users field to be an array, got a string
            users: [5]                          ~ 1:24: Expected user entry to be a map/struct, got an integer
            users: [{user: a}]                  ~ 1:24: User entry requires a user and a password
            users: [{password: a}]              ~ 1:24: User entry requires a user and a password
            users: [{user: a, password: ""}]    ~ 1:44: "password" must not be empty
            users: [{}]                         ~ 1:24: User entry requires a user and a password
            users: [{nkey: UABC}]               ~ 1:31: Not a valid public nkey for a user
            default_permissions: x              ~ 1:37: Expected default permissions to be a map/struct, got a string
            users: [{user: a, pass: b, permissions: 5}] \
            ~ 1:56: Expected user permissions to be a map/struct, got an integer
            """)
    void mistakesAreErrors(String block, String expected) {
        assertEquals("test.conf:" + expected, authError(block).lines().findFirst().orElseThrow());
    }

    @Test
    void aPasswordWithoutAUserMayStandBesideUsers() {
        assertEquals(List.of(), auth("password: $2a$x, users: []").users);
    }

    @Test
    void anEmptyListOfUsersIsAList() {
        assertEquals(List.of(), auth("users: []").users);
        assertNull(auth("").users);
    }

    @Test
    void usersHaveNamesPasswordsAndLimits() {
        List<User> users = auth("""
                users = [
                  {user: alice, password: foo}
                  {username: bob,   pass: bar, max_connections: 3}
                  {nkey: %s}
                ]
                """.formatted(NKEY)).users;
        assertEquals(List.of(new User("alice", "foo", "", null, 0), new User("bob", "bar", "", null, 3),
                new User("", "", NKEY, null, 0)), users);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls { verify_and_map: true }", "websocket { port: -1, tls { verify_and_map: true } }"})
    void aUserNeedsNoPasswordWhereCertificatesAreMapped(String tls) {
        String users = "authorization { users: [{user: \"CN=joe,O=Acme\"}, {user: bob, password: b}] }\n";
        List<User> expected = List.of(new User("CN=joe,O=Acme", "", "", null, 0), new User("bob", "b", "", null, 0));
        assertEquals(expected, read(users + tls).users);
        assertEquals(expected, read(tls + "\n" + users).users);
        assertEquals("test.conf:1:25: User entry requires a user and a password",
                error(users + tls.replace("verify_and_map", "verify")));
        assertEquals("test.conf:1:25: User entry requires a user and a password", error(users));
        assertEquals("test.conf:1:25: User entry requires a user and a password",
                error("authorization { users: [{permissions: {}}] }\n" + tls));
    }

    @Test
    void nkeyUsersHaveNoPassword() {
        assertEquals("test.conf:1:24: Nkey users do not take usernames or passwords",
                authError("users: [{nkey: " + NKEY + ", user: a}]"));
    }

    @Test
    void theLastOfEqualUsersCounts() {
        String text = "authorization { users [{user: a, password: x}\n{user: b, password: y}\n"
                + "{user: a, password: z}] }";
        assertEquals(List.of("z", "y"), read(text).users.stream().map(User::password).toList());
        assertEquals(List.of("test.conf:3:1: user \"a\" is there twice, the last one counts"), warnings(text));
    }

    @Test
    void unsupportedKeysOfUsersAreWarnings() {
        assertEquals(List.of("test.conf:1:51: \"allowed_connection_types\" is not supported by jnatsd and ignored",
                "test.conf:1:82: unknown key \"[REDACTED]\", did you mean \"password\"?"),
                warnings("authorization { users [{user: a, password: $2a$x, allowed_connection_types: [X],"
                        + " passwort: x}] }"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default_permissions", "default_permission", "permissions", "DEFAULT_PERMISSIONS"})
    void defaultPermissionsHoldForUsersWithoutTheirOwn(String key) {
        String defaults = key + " { publish: d, subscribe: [d, e] }\n";
        String users = """
                users [
                  {user: susan, password: x}
                  {user: joe, password: y, permission: {pub: own, sub: []}}
                  {user: ann, password: y, authorization: {publish: ann, subscribe: >}}
                ]
                """;
        for (String block : List.of(defaults + users, users + defaults)) {
            List<User> read = auth(block).users;
            assertEquals(new PermissionOptions(rules("d"), rules("d", "e"), null), read.get(0).permissions());
            assertEquals(new PermissionOptions(rules("own"), rules(), null), read.get(1).permissions());
            assertEquals(new PermissionOptions(rules("ann"), rules(">"), null), read.get(2).permissions());
        }
    }

    private static SubjectRules rules(String... allow) {
        return new SubjectRules(List.of(allow), List.of());
    }

    @Test
    void permissionsMayBeAVariableForSeveralUsers() {
        List<User> users = auth("""
                ADMIN = { publish = ">", subscribe = ">" }
                users = [
                  {user: a, password: x, permissions: $ADMIN}
                  {user: b, password: x, permissions: $ADMIN}
                ]
                """).users;
        assertEquals(new PermissionOptions(rules(">"), rules(">"), null), users.get(0).permissions());
        assertEquals(users.get(0).permissions(), users.get(1).permissions());
    }

    @Test
    void aMistakeInASharedMapIsReportedOnce() {
        assertEquals("test.conf:2:3: Unknown field publisher parsing permissions",
                authError("ADMIN = {\n  publisher = x }\nusers = [{user: a, password: x, permissions: $ADMIN},"
                        + "{user: b, password: x, permissions: $ADMIN}]"));
    }
}
