package io.jnatsd.jetstream.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each case of {@code src/test/resources/differential} is answered as a nats-server does, but for known differences. */
class DifferentialTest {
    private static KnownDifferences known;
    private static Differential differential;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.isExecutable(NatsServerProcess.PROGRAM), "nats-server is not installed");
        known = new KnownDifferences(Differential.FOLDER.resolve("known.list"));
        differential = new Differential(known);
    }

    @AfterAll
    static void stop() throws IOException {
        if (differential != null)
            differential.close();
    }

    @TestFactory
    Stream<DynamicTest> aCaseIsAnsweredAsByNatsServer() throws IOException {
        Stream<DynamicTest> cases = Script.readAll(Differential.FOLDER).stream().map(each -> dynamicTest(each.name(),
                () -> assertEquals("", String.join("\n", differential.play(each, false)))));
        return Stream.concat(cases, Stream.of(dynamicTest("every known difference occurs", () -> assertEquals(List.of(), known.unused()))));
    }
}
