package io.jnatsd.config;

import static io.jnatsd.config.Config.syntaxError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, 1.14, 1.15 and 1.17: mistakes are found, named, and never hang. */
class SyntaxErrorTest {
    @ParameterizedTest
    @ValueSource(strings = {"foo = \"bar", "foo = 'bar", "\"foo", "'foo = 1", "foo (\nbar", "foo (\nbar)", "foo = {",
        "foo { a", "foo {a}", "{a}", "foo =", "foo = [1,", "foo = [1", "foo = [", "foo {a=}", "foo {a }",
        "foo {a", "foo {a=1",
        "foo {\nusers: a,b\n}", "foo:", "foo = \n", "{", "{ a: 1", "{ a: {", "foo = \"\\", "foo = \"\\x",
        "foo = \"\\x4",
        "foo = \\", "foo = -", "include", "include ", "foo { include", "foo = {\"a", "foo = {a (", "'foo'", "'foo' ="})
    void whatIsNotCompleteIsAnError(String text) {
        String error = syntaxError(text);
        assertTrue(error.startsWith("test.conf:"), error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            = 1                 ~ 1:1: Unexpected key separator '='
            foo {: 1}           ~ 1:6: Unexpected key separator ':'
            foo == 3            ~ 1:8: Expected a top-level value to end with a new line, comment or EOF, but got '3'
            foo := 3            ~ 1:8: Expected a top-level value to end with a new line, comment or EOF, but got '3'
            foo : = 3           ~ 1:9: Expected a top-level value to end with a new line, comment or EOF, but got '3'
            foo = # abc         ~ 1:9: Expected a top-level value to end with a new line, comment or EOF, but got 'a'
            foo = it's          ~ 1:10: Expected a top-level value to end with a new line, comment or EOF, but got 's'
            foo = "a""b"        ~ 1:10: Expected a top-level value to end with a new line, comment or EOF, but got '"'
            foo = 1 }           ~ 1:9: Expected a top-level value to end with a new line, comment or EOF, but got '}'
            foo = .5            ~ 1:7: Floats must start with a digit
            foo = ./file        ~ 1:7: Floats must start with a digit
            foo = -.5           ~ 1:7: Floats must start with a digit, not '.'.
            foo = -a            ~ 1:7: Expected a digit but got 'a'
            foo = -5a           ~ 1:7: Expected a negative number; if this is a string, put it in quotes
            foo = ,             ~ 1:7: Unexpected map value terminator ",".
            foo {a: ,}          ~ 1:9: Unexpected map value terminator ",".
            foo = ]             ~ 1:7: Expected value but found ']'
            foo {a=]}           ~ 1:8: Expected value but found ']'
            foo {a 1 b 2}       ~ 1:10: Expected a map value terminator "," or a map terminator "}", but got 'b' instead.
            foo {a {x 1} b 2}   ~ 1:14: Expected a map value terminator "," or a map terminator "}", but got 'b' instead.
            foo [1 2]           ~ 1:8: Expected an array value terminator "," or an array terminator "]", but got '2' instead.
            foo [1; 2]          ~ 1:7: Expected an array value terminator "," or an array terminator "]", but got ';' instead.
            foo [{a 1} {b 2}]   ~ 1:12: Expected an array value terminator "," or an array terminator "]", but got '{' instead.
            foo [,1]            ~ 1:6: Unexpected array value terminator ','.
            foo [1,,2]          ~ 1:8: Unexpected array value terminator ','.
            foo {a}             ~ 1:7: Expected value but found '}': the key "a" has no value
            foo {a }            ~ 1:6: Expected value but found '}': the key "a" has no value
            foo{ a: 1 }         ~ 1:4: Expected a space, '=' or ':' between the key "foo" and '{'
            foo[1]              ~ 1:4: Expected a space, '=' or ':' between the key "foo" and '['
            /x = 1              ~ 1:1: Unexpected '/': a comment begins with // or #
            } = 1               ~ 1:1: Expected a key but got '}'
            [1]                 ~ 1:1: Expected a key but got '['
            foo = C:\\Win       ~ 1:9: Invalid escape character 'W'. Only the following escape characters are allowed: \\xXX, \\t, \\n, \\r, \\", \\\\.
            foo = "\\u00e9"     ~ 1:8: Invalid escape character 'u'.
            foo = "[\\x]"       ~ 1:9: Expected two hexadecimal digits after '\\x', but got ']"'
            foo = "[\\xe]"      ~ 1:9: Expected two hexadecimal digits after '\\x', but got 'e]'
            foo = 9223372036854775808  ~ 1:7: Integer '9223372036854775808' is out of the range
            foo = 9eb           ~ 1:7: Integer '9eb' is out of the range
            foo = 2016-13-04T18:53:41Z ~ 1:7: Expected Zulu formatted DateTime, but got '2016-13-04T18:53:41Z'.
            foo = $nowhere      ~ 1:7: Variable reference for 'nowhere' on line 1 can not be found.
            foo = $             ~ 1:7: Variable reference for '' on line 1 can not be found.
            foo = $foo          ~ 1:7: Variable reference for 'foo' on line 1 can not be found.
            foo = "bar          ~ 1:7: this string is not closed: expected " before the end of the file
            foo = 'bar          ~ 1:7: this string is not closed: expected ' before the end of the file
            "foo = 1            ~ 1:1: this key is not closed: expected " before the end of the file
            foo = (bar)         ~ 1:7: this block is not closed
            foo { a: [1, 2      ~ 1:10: this '[' is not closed: expected ']' before the end of the file
            foo { a: 1          ~ 1:5: this '{' is not closed: expected '}' before the end of the file
            foo =               ~ 1:1: Expected value but found end of file: the key "foo" has no value
            include [x]         ~ 1:9: Expected include value but found start of an array
            include {x}         ~ 1:9: Expected include value but found start of a map
            include (x)         ~ 1:9: Expected include value but found start of a block
            include \\x         ~ 1:9: Expected include value but found escape sequence
            {a: 1} b: 2         ~ 1:8: expected the end of the file after the '}' that closes all of it, but got 'b'
            """)
    void theErrorSaysWhereAndWhat(String text, String expected) {
        String error = syntaxError(text);
        String first = error.lines().findFirst().orElseThrow();
        assertTrue(first.startsWith("test.conf:" + expected), first);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            foo =\\nbar = 1       ~ 1:6: Expected value but found new line
            trace: \\nbar = 1     ~ 1:8: Expected value but found new line
            a = 1\\nb = "\\x\\n"  ~ 2:6: Expected two hexadecimal digits after '\\x', but hit end of line
            \\n\\nfoo = [1\\n,2]  ~ 4:1: Unexpected array value terminator ','.
            include\\nx           ~ 1:8: Expected include value but found new line
            a = (\\n\\nx\\n)\\nb c d  ~ 5:5: Expected a top-level value to end
            a = 'x\\n\\n'\\r\\nb c d  ~ 4:5: Expected a top-level value to end
            """)
    void linesAreCountedFromOne(String text, String expected) {
        String error = syntaxError(text.replace("\\n", "\n").replace("\\r", "\r"));
        assertTrue(error.startsWith("test.conf:" + expected), error);
    }

    @Test
    void severalMistakesAreShownAtOnce() {
        String text = """
                foo = 1 2
                cluster {
                  host: h
                  listen: .5
                  port: 5
                  routes [
                    {x}
                    {user: b, pass: c d}
                    {user: b, pass: c}
                  ]
                }
                = 5
                port: 4222
                """;
        assertEquals("""
                test.conf:1:9: Expected a top-level value to end with a new line, comment or EOF, but got '2' instead.
                test.conf:4:11: Floats must start with a digit; if this is a string, put it in quotes
                test.conf:7:7: Expected value but found '}': the key "x" has no value
                test.conf:8:23: Expected a map value terminator "," or a map terminator "}", but got 'd' instead. \
                A string with such characters or spaces needs quotes.
                test.conf:12:1: Unexpected key separator '='""", syntaxError(text));
    }

    @Test
    void noMoreThanTwentyMistakesAreShown() {
        assertEquals(20, syntaxError("foo = 1 2\n".repeat(1000)).lines().count());
        assertEquals(20, syntaxError("foo (\n".repeat(100_000)).lines().count());
    }

    @Test
    void aMissingBracketIsNotReportedAfterAnotherMistake() {
        assertEquals(1, syntaxError("foo { a: 1 2\n").lines().count());
    }

    @Test
    void theRestOfABadBlockIsSkippedWithIt() {
        assertEquals(1, syntaxError("foo{\n a: 1\n b: {c: 2}\n}\nbar: 1").lines().count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a:", "{a [", "{a ", "[{a ["})
    void tooDeepNestingIsAnError(String open) {
        for (String text : new String[] {"foo = " + open.repeat(100_000), "foo = " + (open + "\n").repeat(100_000),
            "foo " + open.repeat(201)}) {
            String error = syntaxError(text);
            assertTrue(error.contains("nested deeper than 200 levels"), error);
        }
    }

    @Test
    void nestingOfTwoHundredLevelsIsFine() {
        Config.parse("foo = " + "[".repeat(200) + "]".repeat(200));
        Config.parse("foo = " + "{a:".repeat(199) + "{}" + "}".repeat(199));
    }

    @Test
    void hugeTokensAreNoProblem() {
        int size = 5_000_000;
        for (String text : new String[] {"foo = " + "1".repeat(size), "foo = \"" + "a".repeat(size),
            "a".repeat(size) + "}",
            "foo = 1." + "1".repeat(size) + "x y", "foo = 'a' " + "b".repeat(size), "foo = $" + "x".repeat(size),
            "foo = 'a" + "\n'b'".repeat(100_000)}) {
            String error = syntaxError(text);
            assertTrue(error.length() < 20_000, () -> error.length() + "");
        }
    }

    @Test
    void aByteOfZeroIsNoText() {
        assertEquals("test.conf:2:4: unexpected NUL byte; the file is not text", syntaxError("a=1\nb=\"\u0000\"\n"));
    }

    @Test
    void problemsShowNoControlCharacters() {
        String error = syntaxError("foo = \"\\\u001b[31m\"");
        assertTrue(error.contains("Invalid escape character '?'"), error);
    }
}
