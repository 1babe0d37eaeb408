package io.jnatsd.config;

import static io.jnatsd.config.Config.foo;
import static io.jnatsd.config.Config.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, section 1: what the language accepts, and what it means. */
class LanguageTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "# only a comment", "// the same\n", "\r\n\r\n", ";", "\u00a0\u0085\n",
        "foo", "foo\n", "\u0000\u0000"})
    void aFileWithoutPairsIsEmpty(String text) {
        assertEquals(Map.of(), parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo = 123", "foo: 123", "foo 123", "foo\t\t123", "foo=123", "foo:123", "  foo = 123  ",
        "\n\nfoo = 123\n", "foo = 123\r\n", "foo = 123;", "foo = 123 # why", "foo = 123 // why", "foo = 123# why",
        "foo = 123// why", "foo\n= 123", "foo\n\n\t: 123", "foo\n123", "\"foo\" 123", "\"foo\"123", "'foo' = 123",
        "# first\nfoo = 123", "// first\nfoo = 123", "{foo = 123}", "{ \"foo\": 123 }\n", "foo = 123,", "\ufefffoo=123",
        "foo = 1\nfoo = 123", "foo\u00a0123", "foo = 123 ;# why", "foo\u2003=123", "foo = 123 #"})
    void keysAndValuesMayBeSeparatedInManyWays(String text) {
        assertEquals(Map.of("foo", 123L), parse(text));
    }

    @Test
    void keysKeepTheirCaseAndPunctuation() {
        assertEquals(Map.of("Foo.b-r_9", 1L, " foo", 2L, "a#b", 3L, "bar-1.2.3", 4L, "a;b,c", 5L, "\"", 6L),
                parse("Foo.b-r_9 = 1\n' foo' = 2\na#b = 3\n\"bar-1.2.3\" = 4\na;b,c = 5\n'\"' 6"));
    }

    @Test
    void quotedKeysMayHoldSeparatorsAndNewlines() {
        assertEquals(Map.of("a = b: {c}\nd", 1L, "it's", 2L), parse("'a = b: {c}\nd' = 1; \"it's\" = 2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INCLUDE: 3", "include=3", "include:3", "'include' 3"})
    void includeWithASeparatorOrQuotesIsAKey(String text) {
        assertEquals(1, parse(text).size());
    }

    @Test
    void aNewlineMayStandBetweenAKeyAndItsValueInsideMapsOnly() {
        assertEquals(Map.of("foo", Map.of("a", 1L)), parse("foo {a:\n\n1}"));
        assertEquals(Map.of("foo", "bar"), parse("foo\nbar"));
    }

    // Strings.

    @ParameterizedTest
    @ValueSource(strings = {"foo = bar", "foo = 'bar'", "foo = \"bar\"", "foo = bar'", "foo = bar' ", "foo bar;",
        "foo = \"b\\x61r\"", "foo = b\\x61r", "foo = bar,", "foo: bar // no\n", "foo: bar # no"})
    void stringsMayBeBareOrQuoted(String text) {
        assertEquals("bar", foo(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4222", ":80", "nats-route://foo:bar@h:4245", "apcera.me:80", "a#b",
        "http://h/p", "T0PS3cr3T!", "a=b", "a:b", "a(b", "a{b", "a[b", "a@b%c&d?e+f",
        "+5", "foo.*.bar.>", ">", "*", "/var/log/nats.log", "a\"b", "a$b",
        "$2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG",
        "$2b$11$abc.", "$2y$10$xyz/", "s\u00e9cret", "\u65e5\u672c", "true1", "offline"})
    void bareStringsMayHoldAnythingButTerminators(String value) {
        assertEquals(value, foo("foo = " + value));
        assertEquals(Map.of("a", value, "b", 1L), foo("foo { a: " + value + " ; b: 1 }"));
        assertEquals(List.of(value, value), foo("foo [ " + value + ", " + value + "]"));
    }

    @Test
    void noCommentStandsBetweenAKeyAndItsValue() {
        assertEquals("#abc", foo("foo = #abc"));
        assertEquals("//abc", foo("foo //abc"));
        assertEquals(Map.of("a", "#b"), foo("foo {a: #b}"));
    }

    @Test
    void singleQuotedStringsAreRaw() {
        assertEquals("bar\\r\\n  \\t", foo("foo = 'bar\\r\\n  \\t'"));
        assertEquals("a\nb \"c\" # d", foo("foo = 'a\nb \"c\" # d'"));
        assertEquals("", foo("foo = ''"));
    }

    @Test
    void doubleQuotedStringsHaveEscapesAndMaySpanLines() {
        assertEquals("a\tb\nc\rd\"e\\f", foo("foo = \"a\\tb\\nc\\rd\\\"e\\\\f\""));
        assertEquals("line\nit's # ; , ] }", foo("foo = \"line\nit's # ; , ] }\""));
        assertEquals("", foo("foo = \"\""));
        assertEquals("$foo", foo("foo = \"$foo\""));
    }

    @Test
    void bareStringsHaveTheSameEscapes() {
        assertEquals("start|end", foo("foo = start\\x7Cend"));
        assertEquals("\\end", foo("foo = \\\\end"));
        assertEquals("C:\temp", foo("foo = C:\\temp"));
        assertEquals("a b", foo("foo = a\\x20b"));
    }

    @Test
    void anEscapeMakesAStringOfAnything() {
        assertEquals("\\true", foo("foo = \\\\true"));
        assertEquals("\\$var", foo("foo = \\\\$var"));
        assertEquals("true", foo("foo = tru\\x65"));
    }

    @Test
    void hexEscapesAreBytes() {
        assertEquals("\u00e9", foo("foo = \"\\xc3\\xa9\""), "UTF-8");
        assertEquals("\u65e5!", foo("foo = \\xe6\\x97\\xa5!"));
        assertEquals("\u00e9", foo("foo = \"\\xe9\""), "no UTF-8: the character of that number");
        assertEquals("\u00e9A", foo("foo = \"\\xe9\\x41\""));
        assertEquals("\u0000", foo("foo = \"\\x00\""));
        assertEquals("MORE\u00ff", foo("foo = \"\\x4dORE\\xFF\""));
    }

    @Test
    void anEmptyBareStringIsAString() {
        assertEquals("", foo("foo = ;"));
        assertEquals(Map.of("a", "", "b", 1L), foo("foo {a=;b=1}"));
    }

    @Test
    void blockStringsEndAtABracketAloneOnItsLine() {
        assertEquals("\n1234567890\n", foo("foo (\n1234567890\n)"));
        assertEquals("\n1234567890\n", foo("foo (\n1234567890\n)\n"));
        assertEquals("\n1234567890\n", foo("foo (\n1234567890\n)\u0000"));
        assertEquals("\n (inner)\n  )\n) x\n", foo("foo = (\n (inner)\n  )\n) x\n)\nbar = 1"));
        assertEquals("\r\na\r\n", foo("foo (\r\na\r\n)\r\nbar: 1"), "gnatsd never finds the end of this");
        assertEquals(" a # b\n", foo("foo ( a # b\n)"));
    }

    // Booleans.

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "True", "yes", "Yes", "on", "ON"})
    void wordsForTrue(String word) {
        assertEquals(true, foo("foo = " + word));
        assertEquals(List.of(true, word), foo("foo = [" + word + ", \"" + word + "\"]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", "no", "NO", "off", "Off"})
    void wordsForFalse(String word) {
        assertEquals(false, foo("foo = " + word));
        assertEquals(word, foo("foo = '" + word + "'"));
    }

    // Dates.

    @Test
    void datesAreInZuluTime() {
        assertEquals(Instant.parse("2016-05-04T18:53:41Z"), foo("foo = 2016-05-04T18:53:41Z"));
        assertEquals(List.of(Instant.parse("2016-05-04T18:53:41Z")), foo("foo = [2016-05-04T18:53:41Z]"));
    }

    // Arrays.

    @ParameterizedTest
    @ValueSource(strings = {"[1,2,3]", "[1, 2, 3]", "[1,2,3,]", "[\n1,\n2,\n3\n]", "[\n1\n2\n3\n]", "[1,2\n3]",
        "[ 1 , 2 , 3 , ]", "[\n\t1, # one\n\t2 // two\n\t3 #three\n]", "[#no\n1,2,3]", "[//no\n1,2,3//no\n]",
        "[1,#one\n2,//two\n3]", "[\r\n1\r\n2\r\n3\r\n]", "[1,2,3\n\n\n]"})
    void arrayElementsAreSeparatedByCommasOrNewlines(String array) {
        assertEquals(List.of(1L, 2L, 3L), foo("foo = " + array));
        assertEquals(List.of(1L, 2L, 3L), foo("foo " + array + " # done"));
    }

    @Test
    void arraysMayBeEmptyNestedAndMixed() {
        assertEquals(List.of(), foo("foo = []"));
        assertEquals(List.of(), foo("foo = [\n\n # nothing\n ]"));
        assertEquals(List.of(1L, "two", 3.5, true, List.of("a", List.of()), Map.of("x", "y")),
                foo("foo = [1, two, 3.5, yes, [a, []], {x: y}]"));
        assertEquals(List.of(Map.of("a", 1L), Map.of("b", 2L)), foo("foo = [{a=1}\n{b=2}]"));
        assertEquals(List.of("\ta\n", "b"), foo("foo = ['\ta\n',b]"));
    }

    @Test
    void routesMayBeBareAndCommented() {
        String routes = """
                cluster {
                  routes = [
                    nats-route://foo:bar@apcera.me:4245 // one
                    nats-route://foo:bar@apcera.me:4246 # two
                  ]
                }
                """;
        assertEquals(Map.of("cluster", Map.of("routes",
                List.of("nats-route://foo:bar@apcera.me:4245", "nats-route://foo:bar@apcera.me:4246"))), parse(routes));
    }

    @Test
    void pathsMayStandBareInArrays() {
        assertEquals(List.of("/a/b", "/c"), foo("foo [/a/b, /c]"));
    }

    // Maps.

    @ParameterizedTest
    @ValueSource(strings = {"{a=1,b=2}", "{a=1;b=2}", "{a=1\nb=2}", "{ a: 1, b: 2, }", "{a 1;b 2;}",
        "{\n\ta = 1\n\n\tb = 2\n}",
        "{a=1, # one\nb=2 # two\n}", "{a=1 // one\nb=2}", "{# none\na=1,\nb=2}", "{'a'=1,\"b\":2}", "{\"a\"1,\"b\"2}",
        "{a\n=\n1\n,\nb\n:\n2\n}", "{a=1,,b=2}", "{;a=1;;b=2;}", "{a=1,b=2//x\n}", "{a=9,a=1,b=2}"})
    void mapEntriesAreSeparatedByCommasSemicolonsOrNewlines(String map) {
        Map<String, Object> expected = Map.of("a", 1L, "b", 2L);
        assertEquals(expected, foo("foo = " + map));
        assertEquals(expected, foo("foo " + map + ";"));
        assertEquals(List.of(expected), foo("foo [" + map + "]"));
    }

    @Test
    void mapsMayBeEmptyAndNested() {
        assertEquals(Map.of(), foo("foo {}"));
        assertEquals(Map.of("a", Map.of("x", 1L), "b", 2L), foo("foo {a {x 1}, b 2}"));
        assertEquals(Map.of("ip", "127.0.0.1", "port", 4242L),
                foo("foo\n{\n  ip = '127.0.0.1'\n  port= 4242 // port\n}\n"));
    }

    @Test
    void theLastOfEqualKeysCounts() {
        assertEquals(List.of("b", "a"), List.copyOf(parse("a=1\nb=2\na=3").keySet()));
        assertEquals(Map.of("a", 3L, "A", 4L), parse("a=1\na=3\nA=4"));
    }

    @Test
    void jsonLoads() {
        assertEquals(Map.of("port", 4222L, 
                "authorization", Map.of("users", List.of(Map.of("user", "a b", "x", true))), "f", -1.5), parse("""
                        {
                          "port": 4222,
                          "authorization": {"users": [{"user": "a b", "x": true}]},
                          "f": -1.5
                        }
                        """));
        assertEquals(Map.of("a", 1L, "b", 2L), parse("\"a\": 1,\n\"b\": 2,\n"));
        assertEquals(Map.of("a", 1L), parse("# first\n{a: 1} // last"));
    }

    @Test
    void theFixturesOfGnatsdLoad() {
        Map<String, Object> config = parse("""
                # Users
                listen: 127.0.0.1:4222
                authorization {
                  PASS: $2a$10$UHR6GhotWhpLsKtVP0/i6.Nh9.fuY73cWjLoJjb2sKT8KISBcUW5q
                  ADMIN = {
                    publish = ">"
                    subscribe = ">"
                  }
                  DEFAULT_PERMISSIONS = {
                    publish = "SANDBOX.*"
                    subscribe = ["PUBLIC.>", "_INBOX.>"]
                  }
                  users = [
                \t{user: alice, password: $PASS, permissions: $ADMIN}
                \t{user: bob,   password: bar}
                    {user: joe, password: T0PS3cr3T!}
                  ]
                  timeout: 0.5
                }
                remote_syslog: "udp://foo.com:33"
                empty [

                ]""");
        Map<?, ?> authorization = (Map<?, ?>) config.get("authorization");
        Map<?, ?> alice = (Map<?, ?>) ((List<?>) authorization.get("users")).getFirst();
        assertEquals("$2a$10$UHR6GhotWhpLsKtVP0/i6.Nh9.fuY73cWjLoJjb2sKT8KISBcUW5q", alice.get("password"));
        assertEquals(Map.of("publish", ">", "subscribe", ">"), alice.get("permissions"));
        assertEquals(0.5, authorization.get("timeout"));
        assertEquals(List.of(), config.get("empty"));
    }
}
