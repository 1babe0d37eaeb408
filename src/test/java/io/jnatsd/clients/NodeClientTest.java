package io.jnatsd.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.jnatsd.protocol.TestNkey;
import io.jnatsd.tls.TestCerts;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What the official clients for Node and for browsers make of the server: runs the scripts of {@code src/test/node}, each of whose cases
 * becomes a test. They are installed into {@code target/node}, once per build; without Node, npm or a package registry
 * there is nothing to test.
 */
class NodeClientTest {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home", ""));
    private static final Path SOURCES = HOME.resolve("src/test/node"), INSTALLED = HOME.resolve("target/node");
    private static final Pattern RESULT = Pattern.compile("(ok|failed|skipped) (\\w+)(?:: (.*))?");
    private static final int PATIENCE_SECONDS = 240;

    /** What came of each script. */
    private static final Map<String, FutureTask<List<DynamicTest>>> RUNS = new HashMap<>();

    /** Why nothing can be tested, empty if it can. */
    private static String missing;

    private static void install() throws Exception {
        Path lock = INSTALLED.resolve("package-lock.json");
        // npm writes this one when all the rest is there.
        Path complete = INSTALLED.resolve("node_modules/.package-lock.json");
        boolean upToDate = Files.exists(complete) && Files.exists(lock)
                && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        Files.createDirectories(INSTALLED);
        try (var files = Files.newDirectoryStream(SOURCES)) {
            for (Path file : files)
                Files.copy(file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        missing = whyNot("node", "--version");
        if (missing.isEmpty() && !upToDate)
            missing = whyNot("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
                    "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=500",
                    "--fetch-timeout=20000");
    }

    private static String whyNot(String... command) throws InterruptedException {
        try {
            Process process = start(command);
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertFalse(output.contains("EUSAGE"), () -> "package-lock.json does not fit package.json: " + output);
            return process.waitFor() == 0 ? "" : String.join(" ", command) + " failed: " + output;
        } catch (IOException e) {
            return command[0] + " is not installed (Debian: nodejs, npm): " + e.getMessage();
        }
    }

    private static Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).directory(INSTALLED.toFile()).redirectErrorStream(true).start();
        // By its handle: the process itself would close the stream that its output is still read from.
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.toHandle().destroyForcibly());
        return process;
    }

    /** They wait more than they work, and so run at the same time. */
    @BeforeAll
    static void runAll() throws Exception {
        install();
        for (String script : List.of("nats-v2.mjs", "nats-v3.mjs", "nats-ws-v2.mjs", "nats-ws-v3.mjs")) {
            FutureTask<List<DynamicTest>> run = new FutureTask<>(() -> run(script,
                    script.contains("-ws-") ? ServerUnderTest::webSocketUrl : ServerUnderTest::url));
            start(script, run);
        }
        for (String script : List.of("jetstream-v2.mjs", "jetstream-v3.mjs"))
            start(script, new FutureTask<>(() -> runJetStream(script)));
    }

    private static void start(String script, FutureTask<List<DynamicTest>> run) {
        RUNS.put(script, run);
        Thread.ofPlatform().daemon().name(script).start(run);
    }

    private static List<DynamicTest> results(String script) throws Exception {
        try {
            return RUNS.get(script).get();
        } catch (ExecutionException e) {
            // Perhaps it was aborted.
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @TestFactory
    List<DynamicTest> natsVersion2() throws Exception {
        return results("nats-v2.mjs");
    }

    @TestFactory
    List<DynamicTest> natsVersion3() throws Exception {
        return results("nats-v3.mjs");
    }

    @TestFactory
    List<DynamicTest> natsVersion2OverWebSocket() throws Exception {
        return results("nats-ws-v2.mjs");
    }

    @TestFactory
    List<DynamicTest> natsVersion3OverWebSocket() throws Exception {
        return results("nats-ws-v3.mjs");
    }

    @TestFactory
    List<DynamicTest> jetStreamVersion2() throws Exception {
        return results("jetstream-v2.mjs");
    }

    @TestFactory
    List<DynamicTest> jetStreamVersion3() throws Exception {
        return results("jetstream-v3.mjs");
    }

    private static List<DynamicTest> runJetStream(String script) throws Exception {
        if (!missing.isEmpty())
            return List.of(dynamicTest("theClientIsInstalled", () -> abort(missing)));
        try (ServerUnderTest server = ServerUnderTest.start(o -> o.jetStream = true);
                ServerUnderTest plain = ServerUnderTest.start(o -> { })) {
            return results(List.of("node", script, server.url(), "--plain=" + plain.url()), server, null);
        }
    }

    private static List<DynamicTest> run(String script, Function<ServerUnderTest, String> url) throws Exception {
        if (!missing.isEmpty())
            return List.of(dynamicTest("theClientIsInstalled", () -> abort(missing)));
        try (ServerUnderTest server = ServerUnderTest.startWithWebSocket()) {
            List<String> command = new ArrayList<>(List.of("node", script, url.apply(server)));
            if (server.isJnatsd())
                command.add("--last-words");
            return server.canRestart() ? runWithMore(command, server, url) : results(command, server, null);
        }
    }

    private static List<DynamicTest> runWithMore(List<String> command, ServerUnderTest server,
            Function<ServerUnderTest, String> url) throws Exception {
        try (ServerUnderTest full = ServerUnderTest.start(o -> {
            o.maxConnections = 1;
            o.webSocketPort = -1;
        });
                ServerUnderTest restricted = ServerUnderTest.startRestricted();
                ServerUnderTest leaving =
                        ServerUnderTest.start(o -> o.lameDuckGracePeriod = Duration.ofMillis(200));
                ServerUnderTest secure = ServerUnderTest.start(o -> {
                    SecureJnatsTest.encrypted(o, false);
                    o.users = List.of(SecureJnatsTest.KEYED);
                })) {
            command.addAll(List.of("--restart", "--full=" + url.apply(full)));
            // Nothing in these cases depends on what carries the protocol.
            if (url.apply(server).equals(server.url()))
                command.addAll(List.of("--restricted=" + restricted.url(), "--leaving=" + leaving.url(),
                        "--secure=" + secure.url(), "--ca=" + TestCerts.file("ca.pem"), "--seed=" + TestNkey.SEED));
            return results(command, server, leaving);
        }
    }

    private static List<DynamicTest> results(List<String> command, ServerUnderTest server, ServerUnderTest leaving)
            throws Exception {
        Process process = start(command.toArray(new String[0]));
        List<DynamicTest> tests = new ArrayList<>();
        List<String> output = new ArrayList<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line; (line = lines.readLine()) != null; output.add(line)) {
                Matcher result = RESULT.matcher(line);
                if (result.matches())
                    tests.add(test(result.group(1), result.group(2), result.group(3)));
                else if (line.equals("restart"))
                    restart(server);
                else if (line.equals("lame duck"))
                    leaving.lameDuck();
            }
        }
        process.waitFor();
        tests.add(dynamicTest("theScriptRanToItsEnd",
                () -> assertEquals("end", output.isEmpty() ? "" : output.getLast(), () -> String.join("\n", output))));
        return tests;
    }

    private static void restart(ServerUnderTest server) throws IOException {
        server.stop();
        server.startAgain();
    }

    private static DynamicTest test(String outcome, String name, String why) {
        return dynamicTest(name, () -> {
            switch (outcome) {
                case "failed" -> fail(name + ": " + why);
                case "skipped" -> abort(name + ": " + why);
                default -> { }
            }
        });
    }
}
