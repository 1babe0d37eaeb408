package io.jnatsd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class OptionsTest {
    @ParameterizedTest
    @CsvSource({"0,0", "500,500", "100k,100000", "5m,5000000", "2G,2000000000"})
    void countsUnderstandThousands(String text, long count) {
        assertEquals(count, new Amount.Count().convert(text));
    }

    @ParameterizedTest
    @CsvSource({"16,16", "16b,16", "4k,4096", "4kb,4096", "1MB,1048576"})
    void sizesUnderstandPowersOfTwo(String text, long bytes) {
        assertEquals(bytes, new Amount.Bytes().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "5x", "1.5m", "10kk", "9999999999999999", "999999999999999g"})
    void badCountsAreRefused(String text) {
        assertThrows(TypeConversionException.class, () -> new Amount.Count().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--msgs 5x", "--msgs 0", "--msgs", "--size big", "--size 65mb", "--pub x", "--pub -1",
        "--pub 0 --sub 0", "--pub 0 --request", "--subject a..b", "--subject a.>", "--subjects 0", "--runs 0",
        "--timeout 0", "--rate fast", "--queue a\tb", "--user u --token t", "--tlskey k.pem",
        "--no-such-option", "stray", "-s http://x", "-s host:0", "-s host:99999", "-s nats://", "-s nats://u%zz@host"})
    void badUsageIsOneLineAndExitCode2(String line) {
        Ran ran = Ran.bench(line.split(" "));
        assertEquals(2, ran.code(), ran.toString());
        assertEquals("", ran.out());
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertTrue(ran.err().startsWith("nats-bench: "), ran.err());
    }

    @Test
    void badUsageNamesTheOptionAndWhatIsWanted() {
        assertTrue(Ran.bench("--msgs", "5x").err().contains("'--msgs': '5x' is not a number such as 500, 100k or 5m"));
    }

    @Test
    void anUnknownFlagIsToldWithTheOneThatWasMeant() {
        for (String[] args : new String[][] {{"--msg", "5k"}, {"--msg=5k"}})
            assertEquals("nats-bench: Unknown option: '--msg', did you mean --msgs? (see nats-bench --help)",
                    Ran.bench(args).err().strip());
    }

    @Test
    void helpAndVersionGoToStdout() {
        Ran help = Ran.bench("-h"), version = Ran.bench("--version");
        assertEquals(0, help.code());
        assertTrue(help.out().contains("--request"));
        assertTrue(version.out().matches("nats-bench \\d+\\.\\d+\\.\\d+\\S*\\R"), version.out());
    }

    @Test
    void serverMayBeAnAddressOrAUrl() {
        assertEquals(new Endpoint("localhost", 4222, "", "", "", false), Endpoint.parse("localhost"));
        assertEquals(new Endpoint("h", 4333, "", "", "", false), Endpoint.parse("nats://h:4333/"));
        assertEquals(new Endpoint("h", 4222, "u", "p@:w+", "", false), Endpoint.parse("nats://u:p%40:w+@h"));
        assertEquals(new Endpoint("h", 1, "", "", "s3cr3t", true), Endpoint.parse("tls://s3cr3t@h:1"));
        assertEquals(new Endpoint("::1", 4222, "", "", "", false), Endpoint.parse("[::1]"));
        assertEquals("[::1]:99", Endpoint.parse("nats://[::1]:99").address());
    }

    @Test
    void loginIsQuotedForJson() {
        assertEquals("\"user\":\"a\\\"b\",\"pass\":\"\\\\\\u0001\",",
                new Endpoint("h", 1, "a\"b", "\\\u0001", "", false).loginFields());
    }

    @Test
    void messagesAreSharedOutToTheLastOne() {
        Workload load = new Workload(3, 0, 11, 1, 0, "s", 1, "", false, 0);
        assertEquals(4, load.share(0));
        assertEquals(4, load.share(1));
        assertEquals(3, load.share(2));
    }

    @Test
    void theLastValueOfARepeatedFlagCounts() {
        String err = Ran.bench("--size", "1", "--size", "5x").err();
        assertTrue(err.contains("5x"), err);
        err = Ran.bench("--pub", "1", "--pub", "0", "--sub", "1", "--sub", "0").err();
        assertTrue(!err.contains("only once"), err);
    }
}
