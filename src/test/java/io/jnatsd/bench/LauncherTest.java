package io.jnatsd.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** bin/launch.sh in a copy of the project, with a fake JDK and a fake Maven that print their arguments. */
@Timeout(30)
final class LauncherTest {
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    @TempDir
    private Path dir;
    private Path home;
    private Path jar;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void copy() throws IOException {
        home = Files.createDirectories(dir.resolve("a home/jnatsd"));
        jar = home.resolve("target/jnatsd.jar");
        for (String name : List.of("jnatsd", "nats-bench", "launch.sh")) {
            Path from = Path.of(System.getProperty("jnatsd.home"), "bin", name);
            executable(home.resolve("bin").resolve(name), Files.readString(from));
        }
        executable(dir.resolve("tools/mvn"), "#!/bin/sh\necho building with $JAVA_HOME: \"$@\"\n"
                + "echo x >>'" + dir + "/builds'\necho half >'" + jar + "'\nexit $FAKE_EXIT\n");
        environment.put("PATH", dir.resolve("tools") + ":" + System.getenv("PATH"));
        environment.put("JAVA_HOME", jdk("jdk", "25.0.3").toString());
        environment.put("FAKE_EXIT", "0");
        environment.put("FAKE_TRAINING", "0");
    }

    @Test
    void distributionRunsWithoutBuilding() throws Exception {
        file(jar, "");
        Ran ran = launch("--msgs", "a b");
        assertEquals("jdk: -XX:+UseSerialGC -cp " + jar + " io.jnatsd.bench.Bench --msgs a b\n", ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void userMayAddFlags() throws Exception {
        file(jar, "");
        environment.put("JNATSD_OPTS", "-Xmx1g  -Da=*");
        assertTrue(launch().out().contains(" -Xmx1g -Da=* -cp "));
    }

    @Test
    void theServersSignalsAreNotUsedByTheJvm() throws Exception {
        file(jar, "");
        executable(dir.resolve("jdk/bin/java"), "#!/bin/sh\necho $_JAVA_SR_SIGNUM\n");
        String server = home.resolve("bin/jnatsd").toString();
        assertEquals("16\n", launch(List.of(server)).out());
        environment.put("_JAVA_SR_SIGNUM", "50");
        assertEquals("50\n", launch(List.of(server)).out());
    }

    @Test
    void linkToTheCommandFindsItsHome() throws Exception {
        file(jar, "");
        Path link = Files.createSymbolicLink(dir.resolve("nb"), home.resolve("bin/nats-bench"));
        assertEquals(0, launch(List.of(link.toString())).code());
    }

    @Test
    void oldJavaHomeIsPassedOverForPath() throws Exception {
        file(jar, "");
        environment.put("JAVA_HOME", jdk("old", "1.8.0_392").toString());
        environment.put("PATH", jdk("newer", "21").resolve("bin") + ":" + environment.get("PATH"));
        assertTrue(launch().out().startsWith("newer: "));
    }

    @Test
    void jdkWithoutReleaseFileIsAsked() throws Exception {
        file(jar, "");
        Path jdk = jdk("asked", "");
        Files.delete(jdk.resolve("release"));
        environment.put("JAVA_HOME", jdk.toString());
        assertTrue(launch().out().startsWith("asked: "));
    }

    @Test
    void firstUseBuilds() throws Exception {
        file(home.resolve("src/main/A.java"), "");
        file(home.resolve("pom.xml"), "");
        Ran ran = launch();
        assertEquals(0, ran.code());
        assertTrue(ran.err().contains("building with " + dir.resolve("jdk") + ": "), ran.err());
        assertTrue(ran.err().contains("-Dmaven.test.skip=true package"), ran.err());
        assertTrue(ran.out().startsWith("jdk: "), ran.out());
        launch();
        assertEquals(1, builds());
    }

    @Test
    void aBuildIsRehearsedAndTheServerStartsWithWhatWasRecorded() throws Exception {
        built();
        Files.delete(jar);
        String server = home.resolve("bin/jnatsd").toString();
        Path cache = home.resolve("target/jnatsd.aot");
        String flag = "-XX:AOTCache=" + cache;
        assertTrue(launch(List.of(server, "-p", "1")).out().contains(flag));
        assertFalse(launch(List.of(server, "-sl", "reload")).out().contains(flag), "faster without");
        assertFalse(launch().out().contains(flag), "another command");
        assertEquals(1, trainings());
    }

    @Test
    void whatWasRecordedFromAnotherJarOrJavaIsRecordedAnew() throws Exception {
        built();
        String server = home.resolve("bin/jnatsd").toString(), flag = "-XX:AOTCache=" + home.resolve("target/jnatsd.aot");
        for (int i = 0; i < 2; i++)
            assertTrue(launch(List.of(server)).out().contains(flag));
        assertEquals(1, trainings(), "of a jar that somebody else has built");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(5)));
        assertTrue(launch(List.of(server)).out().contains(flag));
        assertEquals(2, trainings(), "of an older jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
        assertTrue(launch(List.of(server)).out().contains(flag));
        assertEquals(3, trainings(), "of a newer jar");
        file(dir.resolve("jdk/release"), "JAVA_VERSION=\"25.0.4\"\n");
        assertTrue(launch(List.of(server)).out().contains(flag));
        environment.put("JAVA_HOME", jdk("other", "25.0.4").toString());
        assertTrue(launch(List.of(server)).out().contains(flag));
        assertEquals(5, trainings(), "by another Java");
    }

    @Test
    void aTrainingRunThatFailedIsNotRepeated() throws Exception {
        built();
        environment.put("FAKE_TRAINING", "1");
        String server = home.resolve("bin/jnatsd").toString();
        for (int i = 0; i < 2; i++)
            assertTrue(launch(List.of(server)).out().startsWith("jdk: "));
        assertEquals(1, trainings());
        assertTrue(launch(List.of(server, "-v")).out().contains("-Djnatsd.aot=could not be recorded"));
    }

    @Test
    void whereNothingCanBeWrittenServersStartWithout() throws Exception {
        built();
        // Even root cannot write to this file, because it is a folder.
        Files.createDirectories(home.resolve("target/jnatsd.aot.new"));
        String server = home.resolve("bin/jnatsd").toString();
        Ran ran = launch(List.of(server, "-p", "1"));
        assertEquals("", ran.err());
        assertTrue(ran.out().startsWith("jdk: ") && !ran.out().contains("AOT"), ran.out());
        assertEquals(0, trainings());
        assertTrue(launch(List.of(server, "-v")).out().contains("-Djnatsd.aot=not recorded"));
    }

    @Test
    void shortAnswersDoNotWaitForATrainingRun() throws Exception {
        built();
        String server = home.resolve("bin/jnatsd").toString();
        for (List<String> flags : List.of(List.of("-v"), List.of("--version"), List.of("-D", "-v"), List.of("-sl", "reload"),
                List.of("--signal=stop"), List.of("-P", "pid", "-sl", "stop"), List.of("-t", "-c", "f"), List.of("--help"))) {
            List<String> command = new ArrayList<>(List.of(server));
            command.addAll(flags);
            assertFalse(launch(command).out().contains("-XX:AOTCache="), command::toString);
        }
        assertEquals(0, trainings());
        launch(List.of(server));
        String version = launch(List.of(server, "-v")).out();
        assertTrue(version.contains("-XX:AOTCache=") && version.contains("-Djnatsd.aot=recorded"), version);
    }

    @Test
    void anOlderJdkAndAFailedTrainingRunDoWithout() throws Exception {
        built();
        Path cache = home.resolve("target/jnatsd.aot");
        String server = home.resolve("bin/jnatsd").toString();
        environment.put("JAVA_HOME", jdk("older", "24").toString());
        Files.delete(jar);
        assertTrue(launch(List.of(server)).out().startsWith("older: "));
        assertFalse(Files.exists(cache));
        environment.put("JAVA_HOME", dir.resolve("jdk").toString());
        environment.put("FAKE_TRAINING", "1");
        Files.delete(jar);
        Ran ran = launch(List.of(server));
        assertTrue(ran.out().startsWith("jdk: "), ran.out());
        assertFalse(ran.out().contains("AOT"), ran.out());
        assertFalse(Files.exists(cache));
    }

    @Test
    void newerSourceAndRemovedSourceBuildAgain() throws Exception {
        built();
        launch();
        assertEquals(0, builds());
        Files.setLastModifiedTime(home.resolve("src/main/A.java"), FileTime.from(Instant.now()));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(5)));
        launch();
        assertEquals(1, builds());
        Files.delete(home.resolve("src/main/A.java"));
        launch();
        assertEquals(2, builds());
    }

    @Test
    void failedBuildLeavesNothingThatLooksFresh() throws Exception {
        built();
        Files.setLastModifiedTime(jar, FileTime.from(LONG_AGO.minusSeconds(1)));
        environment.put("FAKE_EXIT", "1");
        Ran ran = launch();
        assertEquals(1, ran.code());
        assertTrue(ran.err().endsWith("nats-bench: the build failed; what Maven said is above\n"), ran.err());
        assertFalse(Files.exists(jar));
        environment.put("FAKE_EXIT", "0");
        assertEquals(0, launch().code());
    }

    @Test
    void jarOfABuildThatWasCutOffIsNotTrusted() throws Exception {
        built();
        file(home.resolve("target/.building"), "");
        launch();
        assertEquals(1, builds());
    }

    @Test
    void twoLaunchesBuildOnce() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "without flock, both build");
        file(home.resolve("src/main/A.java"), "");
        file(home.resolve("pom.xml"), "");
        Process one = start(List.of(command())), other = start(List.of(command()));
        assertEquals(0, one.waitFor());
        assertEquals(0, other.waitFor());
        assertEquals(1, builds());
    }

    @Test
    void missingMavenIsOneLine() throws Exception {
        file(home.resolve("src/main/A.java"), "");
        Path tools = Files.createDirectories(dir.resolve("few"));
        for (String tool : List.of("bash", "find", "readlink"))
            executable(tools.resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        environment.put("PATH", tools.toString());
        Ran ran = launch();
        assertEquals(1, ran.code());
        assertEquals("nats-bench: " + jar + " has to be built, which needs Maven, and there is no mvn on the PATH\n",
                ran.err());
    }

    @Test
    void neitherJarNorSourceIsOneLine() throws Exception {
        Ran ran = launch();
        assertEquals(1, ran.code());
        assertEquals("nats-bench: " + jar + " is missing, and so is the source to build it from\n", ran.err());
    }

    private void built() throws IOException {
        file(home.resolve("src/main/A.java"), "");
        file(home.resolve("pom.xml"), "");
        file(jar, "");
        for (String old : List.of("src/main/A.java", "src/main", "pom.xml"))
            Files.setLastModifiedTime(home.resolve(old), FileTime.from(LONG_AGO));
    }

    private long builds() throws IOException {
        Path builds = dir.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    private long trainings() throws IOException {
        Path trainings = dir.resolve("trainings");
        return Files.exists(trainings) ? Files.readAllLines(trainings).size() : 0;
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = dir.resolve(name);
        executable(jdk.resolve("bin/java"), "#!/bin/sh\n"
                + "[ \"$1\" = -version ] && echo 'openjdk version \"21.0.1\"' >&2\n"
                + "case \"$1\" in -XX:AOTCacheOutput=*) echo x >\"${1#*=}\"; echo x >>'" + dir
                + "/trainings'; exit $FAKE_TRAINING;; esac\n"
                + "echo " + name + ": \"$@\"\n");
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        file(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_RUNTIME_VERSION=\"9\"\n"
                + "JAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    private String command() {
        return home.resolve("bin/nats-bench").toString();
    }

    private Ran launch(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(command()));
        command.addAll(List.of(args));
        return launch(command);
    }

    private Ran launch(List<String> command) throws Exception {
        Process process = start(command);
        int code = process.waitFor();
        return new Ran(code, Files.readString(outputOf(process, "out")), Files.readString(outputOf(process, "err")));
    }

    private Process start(List<String> command) throws IOException {
        Path out = Files.createTempFile(dir, "out", ""), err = Files.createTempFile(dir, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).directory(Path.of("/").toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JNATSD_OPTS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        Files.move(out, outputOf(process, "out"));
        Files.move(err, outputOf(process, "err"));
        return process;
    }

    private Path outputOf(Process process, String kind) {
        return dir.resolve(process.pid() + "." + kind);
    }

    private static Path which(String tool) {
        for (String place : System.getenv("PATH").split(":"))
            if (Files.isExecutable(Path.of(place, tool)))
                return Path.of(place, tool);
        throw new AssertionError("no " + tool);
    }

    private static void executable(Path file, String text) throws IOException {
        file(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void file(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
