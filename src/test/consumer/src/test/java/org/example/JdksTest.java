package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jnatsd.NatsServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published jar with each JDK that this machine has, on the module path and on the class path. */
class JdksTest {
    private static final int OLDEST = 21;

    @TempDir
    private Path dir;

    private static Jdk jdk(int feature) throws IOException {
        Optional<Jdk> found = Jdk.all().stream().filter(jdk -> jdk.feature() == feature).findFirst();
        assumeTrue(found.isPresent(), () -> "no JDK " + feature + " on this machine");
        return found.orElseThrow();
    }

    private static String jnatsd() {
        return NatsServer.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    @ParameterizedTest
    @ValueSource(ints = {OLDEST, 25})
    void aModuleRequiresTheServerAndNothingElse(int feature) throws Exception {
        Jdk jdk = jdk(feature);
        Path sources = Path.of("src/module");
        ChildProcess.run(List.of(jdk.tool("javac"), "-Xlint:all", "-Werror", "-p", jnatsd(), "-d", dir.toString(),
                sources.resolve("module-info.java").toString(), sources.resolve("org/example/Bus.java").toString()));
        String output = ChildProcess.run(List.of(jdk.tool("java"), "-p", jnatsd() + File.pathSeparator + dir,
                "-m", "org.example.bus/org.example.Bus"));
        assertEquals("MSG a 1 2 hi PONG max_payload=65536 module=io.jnatsd", output.strip());
    }

    @ParameterizedTest
    @ValueSource(ints = {OLDEST, 25})
    void theOtherTestsPass(int feature) throws Exception {
        assumeTrue(feature != Runtime.version().feature(), "they run with JDK " + feature + " anyway");
        ChildProcess.run(List.of(jdk(feature).tool("java"), "-cp", Jdk.classPath(),
                "org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner", "--fail-if-no-tests",
                "--scan-classpath", "target/test-classes", "--exclude-classname", ".*JdksTest"));
    }

    /** The message of the JVM names both versions. */
    @ParameterizedTest
    @ValueSource(ints = 17)
    void anOlderJdkIsRefusedByTheJvm(int feature) throws Exception {
        Jdk jdk = jdk(feature);
        Path source = Files.writeString(dir.resolve("Start.java"),
                "class Start { public static void main(String[] args) throws Exception {"
                        + " try { Class.forName(\"io.jnatsd.NatsServer\"); }"
                        + " catch (UnsupportedClassVersionError e) { System.out.println(e.getMessage()); } } }");
        String output = ChildProcess.run(List.of(jdk.tool("java"), "-cp", jnatsd(), source.toString()));
        assertTrue(Stream.of("65.0", "61.0").allMatch(output::contains), output);
    }
}
