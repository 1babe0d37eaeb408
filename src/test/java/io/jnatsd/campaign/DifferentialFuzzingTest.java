package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.jetstream.differential.NatsServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random commands are answered as by a nats-server, but for differences with a reason. */
class DifferentialFuzzingTest {
    private static final int CASES = 400, CUTS = 30;

    private static DifferentialFuzzing fuzzing;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.isExecutable(NatsServerProcess.PROGRAM), "nats-server is not installed");
        fuzzing = new DifferentialFuzzing();
    }

    @AfterAll
    static void stop() throws IOException {
        if (fuzzing != null)
            fuzzing.close();
    }

    @Test
    void damagedCommandsAreAnsweredAsByNatsServer() throws IOException {
        List<String> unexplained = fuzzing.play(CASES, 17, new TreeMap<>());
        assertEquals("", String.join("\n", unexplained));
    }

    /** An entry whose difference is gone is to be removed. Some differences depend on where the input is cut. */
    @ParameterizedTest
    @EnumSource
    void eachExplainedDifferenceExists(ExplainedDifference each) {
        byte[] example = each.example().getBytes(ISO_8859_1);
        assertTrue(LongStream.range(0, CUTS).anyMatch(seed -> found(example, seed, each)), each::reason);
    }

    private static boolean found(byte[] example, long seed, ExplainedDifference reason) {
        try {
            return fuzzing.compare(example, seed).stream().anyMatch(each -> each.reason() == reason);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
