package io.jnatsd.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jnatsd.packages.Host.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A checkout that is built, and its jar alone. Java is not on the PATH, but is where {@code bin/launch.sh} looks. */
@Timeout(300)
class CheckoutIT {
    private static final Path HOME = Path.of(System.getProperty("jnatsd.home"));

    @TempDir
    private Path dir;
    private Host host;
    private Path jar;

    @BeforeEach
    void copy() throws IOException {
        host = new Host(dir);
        jar = dir.resolve("checkout/target/jnatsd.jar");
        Files.createDirectories(jar.getParent());
        Files.createDirectories(dir.resolve("checkout/src/main"));
        Files.createDirectories(dir.resolve("checkout/bin"));
        Files.copy(HOME.resolve("pom.xml"), dir.resolve("checkout/pom.xml"));
        try (Stream<Path> scripts = Files.list(HOME.resolve("bin"))) {
            for (Path script : scripts.toList())
                Files.copy(script, dir.resolve("checkout/bin").resolve(script.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.copy(HOME.resolve("target/jnatsd.jar"), jar);
        Files.setLastModifiedTime(jar, FileTime.from(Files.getLastModifiedTime(jar).toInstant().plusSeconds(1)));
        Host.protect(dir.resolve("checkout"));
    }

    @Test
    void aCheckoutThatIsBuiltNeedsNoMavenNoHomeAndNoPermissionToWrite() throws Exception {
        Ended version = host.run(dir.resolve("checkout/bin/jnatsd").toString(), "-v");
        assertEquals(0, version.code(), version.text());
        assertTrue(version.text().startsWith("jnatsd version "), version.text());
        Ended server = host.run(dir.resolve("checkout/bin/jnatsd").toString(), "-a", "no.such.host.invalid");
        assertEquals(1, server.code());
        assertTrue(server.text().contains("[INF] Starting jnatsd version "), server.text());
        assertTrue(server.text().contains("[FTL] Error listening on port: no.such.host.invalid:4222"), server.text());
    }

    @Test
    void theJarAloneHasAllCommands() throws Exception {
        assertUsage("jnatsd", "--help");
        assertUsage("nats-bench", "bench", "--help");
        assertUsage("nats-top", "top", "--help");
        assertUsage("mkpasswd", "mkpasswd", "--help");
    }

    private void assertUsage(String name, String... args) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Ended help = host.run(Stream.concat(Stream.of(java, "-jar", jar.toString()), Stream.of(args)).toArray(String[]::new));
        assertEquals(0, help.code(), help.text());
        assertTrue(help.text().startsWith("Usage: " + name), help.text());
    }
}
