package io.jnatsd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Durations in Go's syntax. */
class GoDurationTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "+0, 0", "-0, 0", "1ns, 1", "1us, 1000", "1\u00b5s, 1000", "1\u03bcs, 1000", "300ms, 300000000",
        "1s, 1000000000", "1.5s, 1500000000", "-1s, -1000000000", "+5s, 5000000000", "1m30s, 90000000000",
        "1h, 3600000000000", "1h1m1s1ms1us1ns, 3661001001001", "0.5m, 30000000000", ".5s, 500000000", "5.s, 5000000000",
        "0s, 0", "2562047h, 9223369200000000000", "0.0000000001s, 0"})
    void durationsAreDecimalsWithUnits(String text, long nanos) {
        assertEquals(Duration.ofNanos(nanos), GoDuration.parse(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            ``      ~ time: invalid duration ""
            abc     ~ time: invalid duration "abc"
            -       ~ time: invalid duration "-"
            .s      ~ time: invalid duration ".s"
            1..5s   ~ time: invalid duration "1..5s"
            s       ~ time: invalid duration "s"
            --1s    ~ time: invalid duration "--1s"
            9999999h ~ time: invalid duration "9999999h"
            1       ~ time: missing unit in duration "1"
            1m5     ~ time: missing unit in duration "1m5"
            3x      ~ time: unknown unit "x" in duration "3x"
            1d      ~ time: unknown unit "d" in duration "1d"
            1s 2s   ~ time: unknown unit "s " in duration "1s 2s"
            """)
    void errorsHaveTheWordsOfGo(String text, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> GoDuration.parse(text)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "1, 1ns", "1500, 1.5\u00b5s", "300000000, 300ms", "1500000, 1.5ms", "1000000000, 1s",
        "1500000000, 1.5s", "90000000000, 1m30s", "120000000000, 2m0s", "3600000000000, 1h0m0s",
        "3661001000000, 1h1m1.001s", "-1500000000, -1.5s", "10000000000, 10s"})
    void durationsAreWrittenAsGoWritesThem(long nanos, String text) {
        assertEquals(text, GoDuration.format(Duration.ofNanos(nanos)));
    }
}
