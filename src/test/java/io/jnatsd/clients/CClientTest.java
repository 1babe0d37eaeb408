package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the official C client makes of the server: compiles and runs {@code src/test/c/cases.c}, each of whose cases
 * becomes a test. Without a compiler or the client (Debian's package libnats-dev) there is nothing to test.
 */
class CClientTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", ""));
    private static final Path SOURCE = HOME.resolve("src/test/c/cases.c"), PROGRAM = HOME.resolve("target/c/cases");
    private static final int PATIENCE_SECONDS = 60;

    /** How a program ended, and what it said. */
    private record Ended(int code, String output) {
    }

    private static Ended run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        // By its handle: the process itself would close the stream that its output is still read from.
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.toHandle().destroyForcibly());
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    /** Empty if nothing is. */
    private static String missing() throws InterruptedException {
        try {
            Ended probe = run("cc", "-fsyntax-only", "-include", "nats/nats.h", "-x", "c", "/dev/null");
            return probe.code() == 0 ? "" : "the C client is not installed: " + probe.output();
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    @TestFactory
    List<DynamicTest> natsC() throws Exception {
        String missing = missing();
        if (!missing.isEmpty())
            return List.of(dynamicTest("theClientIsInstalled", () -> abort(missing)));
        Files.createDirectories(PROGRAM.getParent());
        Ended built = run("cc", "-Wall", "-Werror", "-o", PROGRAM.toString(), SOURCE.toString(), "-lnats");
        assertEquals(0, built.code(), built.output());
        try (ServerUnderTest server = ServerUnderTest.start()) {
            return results(run(PROGRAM.toString(), server.url()).output());
        }
    }

    private static List<DynamicTest> results(String output) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : output.lines().toList())
            if (line.startsWith("ok ") || line.startsWith("failed "))
                tests.add(dynamicTest(line.split("[ :]")[1], () -> assertTrue(line.startsWith("ok "), line)));
        tests.add(dynamicTest("theProgramRanToItsEnd", () -> assertTrue(output.endsWith("end\n"), output)));
        return tests;
    }
}
