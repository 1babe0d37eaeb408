package io.jnatsd.config;

import static io.jnatsd.config.Config.foo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configuration reference, 1.8, 1.9 and 6.1. */
class NumbersTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "123, 123", "-123, -123", "007, 7", "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "8k, 8000", "8K, 8000", "4kb, 4096", "4KB, 4096", "1m, 1000000", "2MB, 2097152", "2g, 2000000000",
        "22GB, 23622320128", "22gB, 23622320128", "-1m, -1000000", "-1GB, -1073741824", "1ki, 1024", "1kib, 1024",
        "1KiB, 1024", "1mi, 1048576", "1mib, 1048576", "1gi, 1073741824", "1gib, 1073741824", "1t, 1000000000000",
        "1tb, 1099511627776", "1ti, 1099511627776", "1TiB, 1099511627776", "1p, 1000000000000000",
        "1pb, 1125899906842624", "1pib, 1125899906842624", "1e, 1000000000000000000", "7eb, 8070450532247928832",
        "7eib, 8070450532247928832", "1ei, 1152921504606846976", "0eb, 0"})
    void integersMayHaveSizeSuffixes(String written, long value) {
        assertEquals(value, foo("foo = " + written));
        assertEquals(value, foo("foo " + written + "#comment"));
        assertEquals(value, foo("foo " + written + "//comment"));
        assertEquals(List.of(value, value), foo("foo [" + written + "," + written + "]"));
        assertEquals(Map.of("a", value, "b", value), foo("foo {a: " + written + ";b: " + written + "}"));
    }

    @ParameterizedTest
    @CsvSource({"22.2, 22.2", "-22.2, -22.2", "0.5, 0.5", "1.0, 1", "00.50, 0.5"})
    void floatsHaveDigitsOnBothSidesOfThePoint(String written, double value) {
        assertEquals(value, foo("foo = " + written));
        assertEquals(List.of(value), foo("foo [" + written + "]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:4222", "1.2.3", "1.2.3:", "127.0.0.1:-1", "10.0.1.22:foo", "5ecret",
        "12abc", "2s", "1m30s", "1kbb", "1kk", "1.", "1.5k", "1e3", "4e2", "1_000", "0x1F", "12:30", "2017-01-01",
        "2016-05-04T18:53:41", "2016-05-04T18:53:41+00:00", "123-456", "1234-node", "1.2.3.4.5", "9.9.", "5+5", "5x",
        "0\u00e9", "1kx", "10.0.0.0/8", "98765432109876543210x"})
    void whatOnlyBeginsLikeANumberIsAString(String written) {
        assertEquals(written, foo("foo = " + written));
        assertEquals(List.of(written, 1L), foo("foo [" + written + ",1]"));
        assertEquals(Map.of("a", written, "b", 1L), foo("foo {a: " + written + ";b: 1}"));
    }

    @Test
    void aCommentMayFollowAnAddressAtOnce() {
        assertEquals("127.0.0.1:4222", foo("foo = 127.0.0.1:4222#comment"));
        assertEquals("1.2.3.4", foo("foo = 1.2.3.4//comment"));
    }

    @Test
    void escapesWorkInStringsThatBeginWithADigit() {
        assertEquals("5|x", foo("foo = 5\\x7cx"));
    }
}
