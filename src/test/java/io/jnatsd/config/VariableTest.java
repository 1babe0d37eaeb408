package io.jnatsd.config;

import static io.jnatsd.config.Config.parse;
import static io.jnatsd.config.Config.syntaxError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, 1.12. */
class VariableTest {
    @Test
    void aVariableIsAKeyDefinedBefore() {
        assertEquals(22L, parse("index = 22\nfoo = $index").get("foo"));
        assertEquals("v", parse("a.b = v\nx-y$z = v\nfoo = $a.b\nbar = $x-y$z").get("bar"));
        assertEquals("v", parse("\"a:b\" = v; foo = $a:b").get("foo"));
    }

    @Test
    void innerMapsShadowOuterOnes() {
        assertEquals(Map.of("index", 22L, "nest", Map.of("index", 11L, "foo", 11L), "bar", 22L),
                parse("index = 22\nnest {\n index = 11\n foo = $index\n}\nbar = $index"));
    }

    @Test
    void variablesAreLookedUpInAllEnclosingMapsAcrossArrays() {
        assertEquals(Map.of("a", 1L, "b", Map.of("c", List.of(Map.of("d", List.of(1L, List.of(1L)))))),
                parse("a = 1\nb { c [ { d: [$a, [$a]] } ] }"));
    }

    @Test
    void variablesHaveAnyType() {
        Map<String, Object> config = parse("""
                super_user = { publish = "*", subscribe = [">"] }
                list = [1, 2]
                yes = yes
                authorization { users [ {permissions: $super_user}, {permissions: $super_user} ] }
                a = $list; b = $yes
                """);
        Map<String, Object> user = Map.of("permissions", Map.of("publish", "*", "subscribe", List.of(">")));
        assertEquals(Map.of("users", List.of(user, user)), config.get("authorization"));
        assertEquals(List.of(1L, 2L), config.get("a"));
        assertEquals(true, config.get("b"));
    }

    @Test
    void variablesOfAClosedMapAreGone() {
        assertTrue(syntaxError("nest { index = 11 }\nfoo = $index").startsWith(
                "test.conf:2:7: Variable reference for 'index' on line 2 can not be found."));
    }

    @Test
    void theCaseOfNamesDoesNotCount() throws ConfigException {
        assertEquals(11L, parse("Index = 11\nfoo = $index").get("foo"));
        assertEquals(Map.of("foo", 11L), parse("index = 11\nnest { foo = $INDEX }").get("nest"));
        assertEquals(5000, OptionsReader.read("x", "Size: 5k\nmax_payload: $SIZE", name -> null).options().maxPayload);
    }

    @Test
    void theSameCaseGoesFirstThenTheEnvironment() {
        assertEquals(2L, parse("Index = 1\nindex = 2\nINDEX = 3\nfoo = $index").get("foo"));
        assertEquals(2L, parse("index = 2\nnest { INDEX = 3 }\nfoo = $index").get("foo"));
        assertEquals("env", parse("port = 1\nfoo = $PORT", Map.of("PORT", "env")).get("foo"));
    }

    @Test
    void aKeyDoesNotReferToItself() {
        assertEquals("env", parse("foo = $foo", Map.of("foo", "env")).get("foo"));
        assertEquals(1L, parse("foo = 1\nfoo = $foo").get("foo"));
    }

    @Test
    void theFileGoesBeforeTheEnvironment() {
        assertEquals("file", parse("x = file\nfoo = $x", Map.of("x", "env")).get("foo"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            22          ~ 22
            8k          ~ 8000
            -1          ~ -1
            1.5         ~ 1.5
            true        ~ true
            OFF         ~ false
            abc         ~ abc
            "a b"       ~ a b
            'a b'       ~ a b
            [1,2]       ~ [1, 2]
            {a: 1}      ~ {a=1}
            {a: 1, b: {c: x}} ~ {a=1, b={c=x}}
            $OTHER      ~ other
            [$OTHER]    ~ [other]
            $2a$10$abc  ~ $2a$10$abc
            nats://a:4222 ~ nats://a:4222
            """)
    void valuesInTheEnvironmentAreParsed(String text, String expected) {
        Map<String, String> environment = Map.of("X", text, "OTHER", "other");
        assertEquals(expected, parse("foo = $X", environment).get("foo").toString());
        assertEquals("[" + expected + "]", parse("foo [$X]", environment).get("foo").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,b", "a;b", "it's", "abc'", "12abc", "a#b c", "C:\\Win", "=x", "a\nb",
        "-x", ".5", "x}", "/etc/nats", "22 # x", "22#x", ",", "]", "a\u0000b"})
    void whatIsNoSingleValueIsTakenAsItStands(String text) {
        assertEquals(text, parse("foo = $X", Map.of("X", text)).get("foo"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"word", "two words", "it's", "a,b", "a\nb", "a\u0000b", "12 #x"})
    void theNewlineBehindAValueInTheEnvironmentIsNoPartOfIt(String text) throws ConfigException {
        for (String end : List.of("\n", "\r\n", "\n\n")) {
            Map<String, String> environment = Map.of("X", text + end);
            assertEquals(text, parse("foo = $X", environment).get("foo"));
            assertEquals(List.of(text, text), parse("foo [$X, $X]", environment).get("foo"));
            assertEquals(Map.of("bar", text), parse("foo {bar: $X}", environment).get("foo"));
            assertEquals(text, OptionsReader.read("x", "authorization { token: $X }", environment::get).options().token);
        }
        assertEquals("0123", OptionsReader.read("x", "authorization { token: $X }",
                Map.of("X", "0123\n")::get).options().token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,2", "{a: 1", "\"abc", "'abc", "{a}", "[1] [2]", "(abc"})
    void brokenStructuresAreErrors(String text) {
        String error = syntaxError("\nfoo = $X", Map.of("X", text));
        assertTrue(error.startsWith("test.conf:2:7: Variable reference for 'X' could not be parsed: "), error);
        assertEquals(1, error.lines().count());
    }

    @Test
    void anEmptyValueIsNotFound() {
        assertTrue(syntaxError("foo = $X", Map.of("X", "")).contains("can not be found"));
        assertTrue(syntaxError("foo = $X", Map.of("X", " \t")).contains("can not be found"));
    }

    @Test
    void cyclesAreErrors() {
        assertTrue(syntaxError("foo = $X", Map.of("X", "$X")).contains("'X'"));
        assertTrue(syntaxError("foo = $X", Map.of("X", "$Y", "Y", "$Z", "Z", "$X")).contains("can not be found"));
        assertTrue(syntaxError("foo = $X", Map.of("X", "[$X]")).contains("can not be found"));
    }

    @Test
    void manyVariablesDoNotGrowExponentially() {
        Map<String, String> environment = new HashMap<>(Map.of("V0", "x"));
        for (int i = 1; i < 60; i++)
            environment.put("V" + i, "[$V" + (i - 1) + ", $V" + (i - 1) + "]");
        Config.parse("bar = 1"); // Warm.
        assertTimeoutPreemptively(Duration.ofSeconds(2),
                () -> ConfigParser.parse("x", "foo = $V59", Config.load(environment)));
    }

    @Test
    void longChainsOfVariablesAreErrors() {
        Map<String, String> environment = new HashMap<>(Map.of("V0", "x"));
        for (int i = 1; i < 10_000; i++)
            environment.put("V" + i, "[$V" + (i - 1) + "]");
        assertTrue(syntaxError("foo = $V9999", environment).contains("nested deeper than 200 levels"));
    }

    @Test
    void bcryptHashesNeedNoQuotes() {
        for (String hash : List.of("$2a$11$abc./", "$2b$11$abc./", "$2y$11$abc./"))
            assertEquals(Map.of("foo", List.of(hash), "bar", hash), parse("foo [" + hash + "]\nbar: " + hash));
    }

    @Test
    void textFromTheEnvironmentStaysTextWhereTextIsWanted() throws ConfigException {
        for (String secret : List.of("12345", "on", "1e3", "4k", "0123", "1.50", "2016-05-04T18:53:41Z", "a b",
                "it's")) {
            OptionsBuilder options = OptionsReader.read("x", "authorization { user: u, password: $P }\nport: $PORT",
                    Map.of("P", secret, "PORT", "4333")::get).options();
            assertEquals(secret, options.password);
            assertEquals(4333, options.port);
        }
    }

    @Test
    void mistakesInTheEnvironmentAreShownWhereItIsUsed() {
        String error = assertThrows(ConfigException.class,
                () -> OptionsReader.read("x", "\n  port: $PORT", Map.of("PORT", "abc")::get)).getMessage();
        assertEquals("x:2:9: expected an integer for \"port\", but got the string \"abc\"", error);
    }
}
