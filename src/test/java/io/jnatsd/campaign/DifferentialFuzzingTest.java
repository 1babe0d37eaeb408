package io.jnatsd.campaign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.campaign.Transcript.Difference;
import io.jnatsd.jetstream.differential.NatsServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.TreeMap;
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
        List<String> unexplained = fuzzing.play(CASES, 17, false, new TreeMap<>());
        assertEquals("", String.join("\n", unexplained));
    }

    /** An entry whose difference is gone is to be removed. Some differences appear only if the input is cut. */
    @ParameterizedTest
    @EnumSource
    void eachExplainedDifferenceExists(ExplainedDifference each) throws IOException {
        byte[] example = each.example().getBytes(ISO_8859_1);
        boolean exists = isIn(fuzzing.compareWhole(example), each);
        for (long seed = 0; !exists && seed < CUTS; seed++)
            exists = isIn(fuzzing.compare(example, seed), each);
        assertTrue(exists, each::reason);
    }

    private static boolean isIn(List<Difference> found, ExplainedDifference reason) {
        return found.stream().anyMatch(each -> each.reason() == reason);
    }
}
