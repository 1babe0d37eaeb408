package io.jnatsd.config;

import static io.jnatsd.config.Config.error;
import static io.jnatsd.config.Config.warnings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in secrets are reported without the secret, and other mistakes beside them with all that helps. */
class RedactionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            $abc                  ~ Variable reference for [REDACTED] on line 1 can not be found. A string that begins with '$' needs quotes.
            9223372036854775808   ~ Integer [REDACTED] is out of the range; if this is a string, put it in quotes
            2016-13-04T18:53:41Z  ~ Expected Zulu formatted DateTime, but got [REDACTED].
            "ab\\xzz"             ~ Expected two hexadecimal digits after '\\x', but got [REDACTED]
            "ab\\qz"              ~ Invalid escape character [REDACTED].
            -abc                  ~ Expected a digit but got [REDACTED]; if this is a string, put it in quotes
            two words             ~ but got [REDACTED] instead. A string with such characters or spaces needs quotes.
            "a"bc                 ~ but got [REDACTED] instead. A string with such characters or spaces needs quotes.
            {abc}                 ~ Expected value but found '}': the key "[REDACTED]" has no value
            [$abc]                ~ Variable reference for [REDACTED] on line 1 can not be found.
            12345                 ~ expected a string for "password", but got an integer; if it is a string, put it in quotes
            """)
    void aMistakeInASecretIsReportedWithoutIt(String secret, String expected) {
        String error = error("authorization { user: joe, password: " + secret + " }");
        assertTrue(error.contains(expected), error);
        String variable = error("PW: " + secret + "\nauthorization { user: joe, password: $PW }");
        assertTrue(variable.contains(expected), variable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorization { token: $abcd }", "http_password: $abcd",
        "authorization { users [{nkey: $abcd}] }", "cluster { routes [$abcd] }", "cluster { authorization {pass: $abcd} }",
        "accounts { A { users [{password: $abcd}] } }", "jetstream { key: $abcd }", "anything: $abcd"})
    void noKeyThatMayHoldASecretHasItQuoted(String text) {
        String error = error(text);
        assertTrue(error.contains("Variable reference for [REDACTED]"), error);
    }

    @Test
    void theValuesOfOtherKeysAreQuoted() {
        assertTrue(error("port: $abc").contains("Variable reference for 'abc' on line 1 can not be found."));
        assertTrue(error("max_payload: 9eb").contains("Integer '9eb' is out of the range"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab,cdef", "ab;cdef", "ab,\"cdef\"", "\"ab\",cdef\"", "ab\",cdef", "ab} cdef", "ab,cdef{gh", "ab,cdef}",
        "ab},cdef=1", "nats://ab:cdef", "ab\ncdef: 1 2"})
    void theRestOfTheLineIsNotQuoted(String secret) {
        String error = error("port: x\nauthorization {\n  user: joe\n  password: " + secret + "\n  \n}\nport: 1 2");
        assertFalse(error.contains("cdef") && !secret.contains("\n"), error);
        assertTrue(error.contains("Expected a"), error);
    }

    @Test
    void aSecretThatBecomesAKeyIsNotQuoted() {
        assertEquals(List.of("x:1:36: unknown key \"[REDACTED]\""), warningsOf("authorization { user: a, pass: ab, cdef: 1 }"));
        assertEquals(List.of("x:1:1: unknown key \"[REDACTED]\""), warningsOf("passwordabcdef: 1"));
        assertEquals(List.of("x:1:1: unknown key \"[REDACTED]\""), warningsOf("tokenabcdef x"));
        assertEquals(List.of("x:1:1: unknown key \"[REDACTED]\""), warningsOf("\"nats://a:b@c\" x"));
    }

    private static List<String> warningsOf(String text) {
        return warnings(text).stream().map(line -> line.replace("test.conf", "x")).toList();
    }

    @Test
    void mistakesBesideASecretAreNamed() {
        String users = "authorization { users = [ {user: a, password: b, permissions: PERM}, {password: c, user: USER} ] }";
        assertEquals("test.conf:1:73: Subject \"a..b\" is not a valid subject",
                error(users.replace("PERM", "{publish: a..b}").replace("USER", "d")));
        assertTrue(error(users.replace("PERM", "{publish: $nowhere}").replace("USER", "d"))
                .contains("Variable reference for 'nowhere' on line 1"));
        assertTrue(error(users.replace("PERM", "{publish: a}").replace("USER", "5"))
                .contains("expected a string for \"user\", but got the integer 5"));
        assertEquals(List.of("test.conf:1:50: unknown key \"[REDACTED]\", did you mean \"permissions\"?"),
                warnings("authorization { users = [ {user: a, password: b, permisions: {}} ] }"));
        assertEquals(List.of("test.conf:2:1: unknown key \"usr\", did you mean \"user\"?"),
                warnings("authorization { token: b\nusr: x }"));
    }

    @Test
    void mistakesInSecretsOfTheEnvironmentAreReportedWithoutThem() {
        Map<String, String> environment = Map.of("PW", "$abcdef", "LIST", "[{user: a, password: \"ab\\qcdef\"}]",
                "PORT", "{abc}");
        assertEquals("x:1:16: Variable reference for [REDACTED] could not be parsed: Variable reference for [REDACTED]"
                + " on line 1 can not be found. A string that begins with '$' needs quotes.",
                environmentError("http_password: $PW", environment));
        assertEquals("x:1:24: Variable reference for 'LIST' could not be parsed: Invalid escape character [REDACTED]. Only"
                + " the following escape characters are allowed: \\xXX, \\t, \\n, \\r, \\\", \\\\.",
                environmentError("authorization { users: $LIST }", environment));
        assertEquals("x:1:7: Variable reference for 'PORT' could not be parsed: Expected value but found '}': the key"
                + " \"abc\" has no value", environmentError("port: $PORT", environment));
    }

    private static String environmentError(String text, Map<String, String> environment) {
        return assertThrows(ConfigException.class, () -> OptionsReader.read("x", text, environment::get)).getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            listen: "nats://joe:abcd@0.0.0.0:x"      ~ test.conf:1:9: Could not parse address string "[REDACTED]@0.0.0.0:x"
            listen: "joe:abcd@host"                  ~ test.conf:1:9: Could not parse port "[REDACTED]@host"
            host: "joe:abcd@host"                    ~ test.conf:1:1: "host" is not a host name or an IP address: "[REDACTED]@host"
            cluster { host: "joe:abcd@host" }        ~ test.conf:1:11: "cluster.host" is not a host name or an IP address: "[REDACTED]@host"
            """)
    void aLoginInAnAddressIsNotQuoted(String text, String expected) {
        assertEquals(expected, error(text));
    }

    @Test
    void aSecretInPlaceOfABlockIsNotQuoted() {
        assertEquals("test.conf:1:16: expected a map for \"authorization\", but got a string", error("authorization: abcd"));
    }
}
